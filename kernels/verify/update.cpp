#include "kernels/verify/update.h"

#include "kernels/circuit/update.h"
#include "kernels/groth16/identity.h"
#include "kernels/verify/claim.h"

namespace sealyard::verify {
namespace {

std::optional<std::string> flaw(const Update& update) {
  if (auto bad = not_a_commitment("old CommR", update.comm_r_old)) return bad;
  if (auto bad = not_a_commitment("new CommR", update.comm_r_new)) return bad;
  return not_a_commitment("new CommD", update.comm_d_new);
}

}  // namespace

std::string params_id(const Update& update) { return groth16::update_id(update.sector_bytes); }

std::vector<std::vector<groth16::Fr>> inputs(const Update& update) {
  require_none(flaw(update));
  const auto shape = circuit::update_shape(update.sector_bytes);
  std::vector<std::vector<groth16::Fr>> made;
  for (unsigned k = 0; k < shape.partitions(); ++k)
    made.push_back(circuit::update_inputs(
        shape, {update.comm_r_old, update.comm_d_new, update.comm_r_new}, k));
  return made;
}

std::optional<std::string> refusal(const groth16::VerifyingKey& key, const Update& update,
                                   std::span<const std::uint8_t> proof) {
  if (auto bad = flaw(update)) return bad;
  return refusal_by(key, inputs(update), proof);
}

}  // namespace sealyard::verify
