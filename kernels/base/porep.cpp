#include "kernels/base/porep.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard {
namespace {

constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

// Source: rust-fil-proofs, filecoin-proofs/src/constants.rs, SUPPORTED_SECTOR_SIZES.
constexpr std::array<std::uint64_t, 10> kSectorSizes{2 * kKiB,   4 * kKiB, 16 * kKiB,  32 * kKiB,
                                                     8 * kMiB,   16 * kMiB, 512 * kMiB, kGiB,
                                                     32 * kGiB, 64 * kGiB};
// The published sizes, in the order of the registered numbers.
constexpr std::array<std::uint64_t, 5> kRegisteredSizes{2 * kKiB, 8 * kMiB, 512 * kMiB, 32 * kGiB,
                                                        64 * kGiB};

struct Family {
  std::string_view suffix, go_suffix;
  ApiVersion api;
  PorepFeature feature;
};
// Source: rust-filecoin-proofs-api, src/registry.rs, RegisteredSealProof.
constexpr std::array<Family, 4> kFamilies{{
    {"V1", "V1", ApiVersion::v1_0_0, PorepFeature::none},
    {"V1_1", "V1_1", ApiVersion::v1_1_0, PorepFeature::none},
    {"V1_1_Feat_SyntheticPoRep", "V1_1_Feat_SyntheticPoRep", ApiVersion::v1_2_0,
     PorepFeature::synthetic},
    {"V1_2_Feat_NonInteractivePoRep", "V1_2_Feat_NiPoRep", ApiVersion::v1_2_0,
     PorepFeature::non_interactive},
}};

constexpr std::uint64_t kMaxBaseLeaves = std::uint64_t{1} << 27;
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/challenges.rs.
constexpr std::uint64_t kMaxSyntheticChallenges = std::uint64_t{1} << 18;

bool production(std::uint64_t sector_bytes) { return sector_bytes >= 32 * kGiB; }

}  // namespace

// Source: rust-fil-proofs, filecoin-proofs/src/constants.rs, LAYERS.
unsigned PorepConfig::layers() const { return production(sector_bytes) ? 11 : 2; }

// Source: rust-fil-proofs, filecoin-proofs/tests/constants.rs: base arity 8, at most 2^27 leaves a
// base tree, a power of 8; the rest goes to the sub tree (up to 8), then to the top tree.
TreeShape PorepConfig::tree() const {
  const auto log_nodes = static_cast<unsigned>(std::countr_zero(nodes()));
  const unsigned log_max = static_cast<unsigned>(std::countr_zero(kMaxBaseLeaves));
  unsigned log_base = std::min(log_nodes, log_max) / 3 * 3;
  // The small shapes 8-2-0, 8-8-0 and 8-8-2 keep 64 leaves a base tree, as the tests of the
  // reference do, although a power of 8 would fit.
  if (sector_bytes <= 32 * kKiB) log_base = 6;
  const unsigned rest = log_nodes - log_base;
  const unsigned sub = std::min(rest, 3u), top = rest - sub;
  return {std::uint64_t{1} << rest, std::uint64_t{1} << log_base, sub ? 1u << sub : 0,
          top ? 1u << top : 0};
}

// Source: rust-fil-proofs, filecoin-proofs/src/constants.rs, get_porep_interactive_partitions(),
// get_porep_non_interactive_partitions().
unsigned PorepConfig::partitions() const {
  if (feature == PorepFeature::non_interactive) return production(sector_bytes) ? 126 : 13;
  return production(sector_bytes) ? 10 : 1;
}

// Source: rust-fil-proofs, filecoin-proofs/src/parameters.rs, select_challenges().
unsigned PorepConfig::challenges_per_partition() const { return production(sector_bytes) ? 18 : 2; }

std::uint64_t PorepConfig::synthetic_challenges() const {
  return std::min(nodes(), kMaxSyntheticChallenges);
}

std::string PorepConfig::size_key() const { return "StackedDrg" + size_text(sector_bytes) + "V1"; }

std::string PorepConfig::name() const {
  if (registered)
    return "StackedDrg" + size_text(sector_bytes) + std::string(kFamilies[*registered / 5].suffix);
  return fmt::format("porep {}:{}:{}", to_hex(porep_id), sector_bytes, text(api));
}

PorepConfig registered_porep(unsigned number) {
  if (number >= kRegisteredSizes.size() * kFamilies.size())
    throw Error(Fault::usage, "proof type: {}, want 0 to 19", number);
  const auto& family = kFamilies[number / kRegisteredSizes.size()];
  PorepConfig config;
  config.sector_bytes = kRegisteredSizes[number % kRegisteredSizes.size()];
  // porep_id = LE64(number) || LE64(nonce 0) || 16 zero bytes.
  // Source: rust-filecoin-proofs-api, src/registry.rs, porep_id().
  store_le<std::uint64_t>(config.porep_id.bytes.data(), number);
  config.api = family.api;
  config.feature = family.feature;
  config.registered = number;
  return config;
}

PorepConfig parse_porep(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return registered_porep(number);
  for (unsigned i = 0; i < kRegisteredSizes.size() * kFamilies.size(); ++i) {
    const auto config = registered_porep(i);
    const auto& family = kFamilies[i / kRegisteredSizes.size()];
    if (text == config.name() ||
        text == "StackedDrg" + size_text(config.sector_bytes) + std::string(family.go_suffix))
      return config;
  }
  throw Error(Fault::usage,
              "proof type: \"{}\", want 0 to 19 or StackedDrg<2KiB|8MiB|512MiB|32GiB|64GiB>"
              "<V1|V1_1|V1_1_Feat_SyntheticPoRep|V1_2_Feat_NonInteractivePoRep>",
              text);
}

PorepConfig raw_porep(std::uint64_t sector_bytes, const Node& porep_id, ApiVersion api,
                      PorepFeature feature) {
  if (std::find(kSectorSizes.begin(), kSectorSizes.end(), sector_bytes) == kSectorSizes.end())
    throw Error(Fault::usage,
                "sector size: {} bytes, want 2KiB, 4KiB, 16KiB, 32KiB, 8MiB, 16MiB, 512MiB, 1GiB, "
                "32GiB or 64GiB",
                sector_bytes);
  if (feature != PorepFeature::none && api != ApiVersion::v1_2_0)
    throw Error(Fault::usage, "api version: {}, want 1.2.0 for a synthetic or non-interactive PoRep",
                text(api));
  PorepConfig config;
  config.sector_bytes = sector_bytes;
  config.porep_id = porep_id;
  config.api = api;
  config.feature = feature;
  return config;
}

std::string_view text(ApiVersion api) {
  switch (api) {
    case ApiVersion::v1_0_0:
      return "1.0.0";
    case ApiVersion::v1_1_0:
      return "1.1.0";
    case ApiVersion::v1_2_0:
      return "1.2.0";
  }
  return "?";
}

ApiVersion parse_api_version(std::string_view wanted) {
  for (const auto api : {ApiVersion::v1_0_0, ApiVersion::v1_1_0, ApiVersion::v1_2_0})
    if (wanted == text(api)) return api;
  throw Error(Fault::usage, "api version: \"{}\", want 1.0.0, 1.1.0 or 1.2.0", wanted);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes >= kGiB && bytes % kGiB == 0) return fmt::format("{}GiB", bytes / kGiB);
  if (bytes >= kMiB && bytes % kMiB == 0) return fmt::format("{}MiB", bytes / kMiB);
  if (bytes >= kKiB && bytes % kKiB == 0) return fmt::format("{}KiB", bytes / kKiB);
  return fmt::format("{}B", bytes);
}

std::uint64_t parse_size(std::string_view wanted) {
  std::uint64_t number = 0;
  const char* last = wanted.data() + wanted.size();
  const auto [end, error] = std::from_chars(wanted.data(), last, number);
  std::string unit(end, last);
  std::erase_if(unit, [](unsigned char c) { return std::isspace(c); });
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::uint64_t factor = unit.empty() || unit == "b" ? 1
                               : unit == "kib"             ? kKiB
                               : unit == "mib"             ? kMiB
                               : unit == "gib"             ? kGiB
                                                           : 0;
  if (error != std::errc() || factor == 0 || number > ~std::uint64_t{0} / factor)
    throw Error(Fault::usage, "size: \"{}\", want bytes or a number with KiB, MiB or GiB", wanted);
  return number * factor;
}

}  // namespace sealyard
