#include "kernels/verify/claim.h"

#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::verify {

std::optional<std::string> not_a_commitment(std::string_view name, const Node& node) {
  if (node == Node{}) return fmt::format("{} is all zero, no commitment", name);
  if (!field::is_canonical(node))
    return fmt::format("{} {} is no field element", name, to_hex(node));
  return std::nullopt;
}

void require_none(const std::optional<std::string>& flaw) {
  if (flaw) throw Error(Fault::usage, "{}", *flaw);
}

std::optional<std::string> refusal_by(const groth16::VerifyingKey& key,
                                      std::span<const std::vector<groth16::Fr>> inputs,
                                      std::span<const std::uint8_t> proof) {
  const auto want = inputs.front().size() + 1;
  if (key.ic.size() != want)
    throw Error(Fault::configuration,
                "the verifying key has {} inputs, the circuit {}: a key of another circuit",
                key.ic.size(), want);
  return groth16::refusal(key, inputs, proof);
}

}  // namespace sealyard::verify
