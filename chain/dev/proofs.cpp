#include "chain/dev/proofs.h"

#include <type_traits>

#include "jobs/params/key.h"
#include "kernels/base/error.h"
#include "kernels/groth16/proof.h"

namespace sealyard::dev {
namespace {

constexpr std::size_t kMostVerdicts = 10'000;

template <typename Claim>
std::array<std::uint8_t, 32> name_of(const Claim& claim, const std::string& id,
                                     const types::Bytes& proof) {
  types::Bytes all(id.begin(), id.end());
  for (const auto& partition : verify::inputs(claim))
    for (const auto& input : partition) {
      const auto node = field::to_node(input);
      all.insert(all.end(), node.bytes.begin(), node.bytes.end());
    }
  all.insert(all.end(), proof.begin(), proof.end());
  return types::blake2b_256(all);
}

}  // namespace

types::Bytes stand_in(const verify::Seal& seal) {
  const auto name = name_of(seal, verify::params_id(seal), {});
  types::Bytes out;
  while (out.size() < seal.porep.partitions() * groth16::kProofBytes)
    out.insert(out.end(), name.begin(), name.end());
  return out;
}

const groth16::VerifyingKey& Proofs::key(const std::string& id) {
  auto found = keys_.find(id);
  if (found == keys_.end())
    found = keys_.emplace(id, params::read_key(params_, id, {}, 1).key).first;
  return found->second;
}

template <typename Claim>
std::optional<std::string> Proofs::judge_claim(const Claim& claim, const types::Bytes& proof) {
  const auto id = verify::params_id(claim);
  try {
    if constexpr (std::is_same_v<Claim, verify::Seal>)
      if (stand_ins_ && proof == stand_in(claim)) return std::nullopt;
    const auto& verifying_key = key(id);
    const auto name = name_of(claim, id, proof);
    if (const auto known = verdicts_.find(name); known != verdicts_.end()) return known->second;
    if (verdicts_.size() >= kMostVerdicts) verdicts_.clear();
    return verdicts_[name] = verify::refusal(verifying_key, claim, proof);
  } catch (const Error& error) {
    if (error.fault() != Fault::usage) throw;
    return error.what();  // a commitment that is no field element
  }
}

std::optional<std::string> Proofs::judge(const verify::Seal& seal, const types::Bytes& proof) {
  return judge_claim(seal, proof);
}

std::optional<std::string> Proofs::judge(const verify::Post& post, const types::Bytes& proof) {
  return judge_claim(post, proof);
}

}  // namespace sealyard::dev
