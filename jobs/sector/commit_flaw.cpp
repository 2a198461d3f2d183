// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/proof_scheme.rs,
// verify_all_partitions().
#include <algorithm>
#include <mutex>

#include "jobs/sector/commit_json.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/challenges/challenges.h"
#include "kernels/graph/graph.h"
#include "kernels/tree/tree.h"

namespace sealyard::sector {
namespace {

using Flaw = std::optional<std::string>;

Flaw wrong_counts(const C1Output& output) {
  const auto partitions = output.porep.partitions();
  const auto challenges = output.porep.challenges_per_partition();
  if (output.partitions.size() != partitions)
    return fmt::format("{} partitions, want {}", output.partitions.size(), partitions);
  for (std::size_t k = 0; k < partitions; ++k)
    if (output.partitions[k].size() != challenges)
      return fmt::format("partition {}: {} proofs, want {}", k, output.partitions[k].size(),
                         challenges);
  return std::nullopt;
}

Flaw wrong_commitments(const C1Output& output, const vanilla::Commitments& roots) {
  for (const auto& [name, node] :
       {std::pair{"CommR", &output.comm_r}, {"CommD", &output.comm_d}, {"the seed", &output.seed}})
    if (*node == Node{}) return fmt::format("{} is all zero", name);
  if (const auto comm_r = tree::comm_r(roots.comm_c, roots.comm_r_last); comm_r != output.comm_r)
    return fmt::format(
        "CommR of the roots of c_x and comm_r_last_proof of challenge {} is {}, want {}",
        output.partitions[0][0].challenge, to_hex(comm_r), to_hex(output.comm_r));
  return std::nullopt;
}

}  // namespace

Flaw flaw(const C1Output& output, unsigned threads,
          const std::function<void(std::uint64_t)>& progress) {
  if (auto bad = wrong_counts(output)) return bad;
  const auto& first = output.partitions.at(0).at(0);
  const vanilla::Commitments roots{output.comm_d, first.column.inclusion.root,
                                   first.comm_r_last.root};
  if (auto bad = wrong_commitments(output, roots)) return bad;
  const graph::Graph graph(output.porep);
  std::uint64_t done = 0;
  for (unsigned k = 0; k < output.partitions.size(); ++k) {
    const auto& proofs = output.partitions[k];
    const auto challenges = challenges::derive(output.porep, output.replica_id, output.comm_r,
                                               output.seed, challenges::partition(output.porep, k));
    std::vector<Flaw> flaws(proofs.size());
    device::for_ranges(threads, proofs.size(), 1, [&](std::size_t begin, std::size_t end) {
      for (auto i = begin; i < end; ++i) {
        if (proofs[i].challenge != challenges[i]) {
          flaws[i] = fmt::format("challenge {}, want {}", proofs[i].challenge, challenges[i]);
          continue;
        }
        vanilla::Parents parents;
        graph.parents(challenges[i], parents);
        flaws[i] = vanilla::check(proofs[i], output.porep, output.replica_id, parents, roots);
      }
    });
    const auto bad = std::find_if(flaws.begin(), flaws.end(), [](const Flaw& f) { return f; });
    if (bad != flaws.end()) return fmt::format("partition {}: {}", k, **bad);
    done += proofs.size();
    if (progress) progress(done);
  }
  return std::nullopt;
}

}  // namespace sealyard::sector
