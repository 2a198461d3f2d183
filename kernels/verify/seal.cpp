#include "kernels/verify/seal.h"

#include <algorithm>

#include "kernels/challenges/challenges.h"
#include "kernels/circuit/porep.h"
#include "kernels/graph/graph.h"
#include "kernels/groth16/identity.h"
#include "kernels/label/label.h"
#include "kernels/verify/claim.h"

namespace sealyard::verify {
namespace {

std::optional<std::string> flaw(const Seal& seal) {
  if (auto bad = not_a_commitment("CommD", seal.comm_d)) return bad;
  return not_a_commitment("CommR", seal.comm_r);
}

}  // namespace

std::string params_id(const Seal& seal) { return groth16::porep_id(seal.porep); }

std::vector<std::vector<groth16::Fr>> inputs(const Seal& seal) {
  require_none(flaw(seal));
  const auto& porep = seal.porep;
  const auto replica_id = label::replica_id(label::prover_id(seal.sector.miner), seal.sector.number,
                                            seal.ticket, seal.comm_d, porep.porep_id);
  const graph::Graph graph(porep);
  const auto parents = [&](std::uint64_t node) {
    vanilla::Parents made{};
    graph.parents(node, made);
    return made;
  };
  const auto nodes =
      challenges::derive(porep, replica_id, seal.comm_r, seal.seed, challenges::all(porep));
  const auto count = porep.challenges_per_partition();
  std::vector<std::vector<groth16::Fr>> made;
  for (unsigned k = 0; k < porep.partitions(); ++k)
    made.push_back(circuit::porep_inputs({replica_id, seal.comm_d, seal.comm_r},
                                         std::span(nodes).subspan(k * count, count), parents));
  return made;
}

std::optional<std::string> refusal(const groth16::VerifyingKey& key, const Seal& seal,
                                   std::span<const std::uint8_t> proof) {
  if (auto bad = flaw(seal)) return bad;
  return refusal_by(key, inputs(seal), proof);
}

}  // namespace sealyard::verify
