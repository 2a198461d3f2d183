#include "jobs/params/check.h"

#include <algorithm>
#include <optional>

#include "jobs/params/set.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/circuit/density.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/params.h"

namespace sealyard::params {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

// What the circuit that the file is named after wants; nothing for other names.
std::optional<groth16::QuerySizes> wanted(const std::string& file_name) {
  const auto name = name_of(file_name);
  if (!name) return std::nullopt;
  circuit::Density density;
  set_of(name->circuit, name->sector_bytes).circuit(density);
  return groth16::query_sizes(density);
}

void check_key(const fs::path& file, Bytes bytes, unsigned threads) {
  const auto name = file.filename().string();
  const auto key = groth16::read_verifying_key(bytes, name, threads);
  if (const auto sizes = wanted(name); sizes && key.ic.size() != sizes->ic)
    throw Error(Fault::configuration, "{}: {} inputs; {} has {}: another circuit's file?", name,
                key.ic.size(), describe(name), sizes->ic);
  auto whole = file;
  whole.replace_extension(".params");
  if (!fs::exists(whole)) return;
  const auto params = sector::Mapping::read(whole);
  if (params.bytes().size() < bytes.size() ||
      !std::equal(bytes.begin(), bytes.end(), params.bytes().begin()))
    throw Error(Fault::corrupt, "{} is not how {} begins; fetch or generate both again", name,
                whole.filename().string());
}

void check_params(const fs::path& file, Bytes bytes, unsigned threads) {
  const auto name = file.filename().string();
  const groth16::Params params(bytes, name, threads);
  if (const auto sizes = wanted(name)) params.require(*sizes);
  params.check_points(threads);
}

}  // namespace

std::string_view text(Origin origin) {
  return origin == Origin::official ? "official" : "development";
}

Origin check(const fs::path& file, const Manifest& manifest, unsigned threads) {
  const auto name = file.filename().string();
  const auto mapping = sector::Mapping::read(file);
  mapping.sequential();
  if (manifest.is_official(name, groth16::manifest_digest(mapping.bytes())))
    return Origin::official;
  file.extension() == ".vk" ? check_key(file, mapping.bytes(), threads)
                            : check_params(file, mapping.bytes(), threads);
  return Origin::development;
}

}  // namespace sealyard::params
