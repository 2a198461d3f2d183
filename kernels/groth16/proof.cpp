#include "kernels/groth16/proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/curve/encoding.h"

namespace sealyard::groth16 {

ProofBytes to_bytes(const Proof& proof) {
  ProofBytes bytes;
  std::ranges::copy(curve::compress(proof.a), bytes.begin());
  std::ranges::copy(curve::compress(proof.b), bytes.begin() + 48);
  std::ranges::copy(curve::compress(proof.c), bytes.begin() + 144);
  return bytes;
}

DecodedProof decode_proof(std::span<const std::uint8_t, kProofBytes> bytes) {
  const auto a = curve::uncompress<G1>(bytes.first<48>());
  const auto b = curve::uncompress<G2>(bytes.subspan<48, 96>());
  const auto c = curve::uncompress<G1>(bytes.last<48>());
  DecodedProof out{{a.point, b.point, c.point}, {}};
  const auto note = [&](char name, curve::Flaw flaw) {
    if (flaw != curve::Flaw::none && out.flaw.empty())
      out.flaw = fmt::format("{} is {}", name, curve::text(flaw));
  };
  note('A', a.flaw);
  note('B', b.flaw);
  note('C', c.flaw);
  return out;
}

}  // namespace sealyard::groth16
