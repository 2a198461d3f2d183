#include "kernels/groth16/verifying_key.h"

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/curve/encoding.h"
#include "kernels/device/share.h"

namespace sealyard::groth16 {
namespace {

constexpr std::string_view kRemedy = "fetch or generate the file again";

template <typename Group>
curve::Affine<Group> point_of(std::span<const std::uint8_t> file, std::size_t at,
                              std::string_view name, std::string_view which) {
  const auto out =
      curve::decode<Group>(file.subspan(at).first<Group::kBytes>(), curve::Inspection::in_group);
  if (out.flaw != curve::Flaw::none)
    throw Error(Fault::corrupt, "{}: {} is {}; {}", name, which, curve::text(out.flaw), kRemedy);
  return out.point;
}

}  // namespace

VerifyingKey read_verifying_key_of(std::span<const std::uint8_t> file, std::string_view name,
                                   unsigned threads) {
  if (file.size() < kIcAt)
    throw Error(Fault::corrupt, "{}: {} bytes, a verifying key has more than {}; {}", name,
                file.size(), kIcAt, kRemedy);
  const auto inputs = load_be<std::uint32_t>(file.data() + kIcAt - 4);
  if (inputs == 0 || file.size() < verifying_key_bytes(inputs))
    throw Error(Fault::corrupt, "{}: {} bytes, want {} for a verifying key of {} inputs; {}", name,
                file.size(), verifying_key_bytes(inputs), inputs, kRemedy);
  VerifyingKey key;
  key.alpha_g1 = point_of<G1>(file, 0, name, "alpha in G1");
  key.beta_g1 = point_of<G1>(file, 96, name, "beta in G1");
  key.beta_g2 = point_of<G2>(file, 192, name, "beta in G2");
  key.gamma_g2 = point_of<G2>(file, 384, name, "gamma in G2");
  key.delta_g1 = point_of<G1>(file, 576, name, "delta in G1");
  key.delta_g2 = point_of<G2>(file, 672, name, "delta in G2");
  key.ic.resize(inputs);
  device::for_ranges(threads, inputs, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      key.ic[i] = point_of<G1>(file, kIcAt + 96 * i, name, fmt::format("ic[{}]", i));
  });
  return key;
}

VerifyingKey read_verifying_key(std::span<const std::uint8_t> file, std::string_view name,
                                unsigned threads) {
  auto key = read_verifying_key_of(file, name, threads);
  if (file.size() != verifying_key_bytes(key.ic.size()))
    throw Error(Fault::corrupt, "{}: {} bytes, want {} for {} inputs; {}", name, file.size(),
                verifying_key_bytes(key.ic.size()), key.ic.size(), kRemedy);
  return key;
}

void write(const VerifyingKey& key, std::uint8_t* to) {
  curve::encode(key.alpha_g1, to);
  curve::encode(key.beta_g1, to + 96);
  curve::encode(key.beta_g2, to + 192);
  curve::encode(key.gamma_g2, to + 384);
  curve::encode(key.delta_g1, to + 576);
  curve::encode(key.delta_g2, to + 672);
  store_be(to + kIcAt - 4, static_cast<std::uint32_t>(key.ic.size()));
  for (std::size_t i = 0; i < key.ic.size(); ++i) curve::encode(key.ic[i], to + kIcAt + 96 * i);
}

}  // namespace sealyard::groth16
