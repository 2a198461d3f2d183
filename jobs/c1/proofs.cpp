#include "jobs/c1/proofs.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "jobs/sector/mapping.h"
#include "jobs/sector/vanilla_sector.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/challenges/challenges.h"
#include "kernels/device/share.h"
#include "kernels/vanilla/synthetic.h"

namespace sealyard::c1 {
namespace {

using Partitions = std::vector<std::vector<vanilla::Proof>>;

bool trimmed(const sector::Folder& folder) {
  auto files = folder.layers();
  const auto tree_c = folder.tree_c();
  files.insert(files.end(), tree_c.begin(), tree_c.end());
  files.push_back(folder.tree_d());
  return !std::all_of(files.begin(), files.end(),
                      [&](const auto& file) { return folder.has(file); });
}

// Proofs made at a time: each waits for pages of the files most of its time, and a disk answers
// many reads together as fast as one.
constexpr unsigned kReaders = 64;

// One proof for each position of the challenge sequence.
Partitions for_positions(launch::Job& job, const PorepConfig& porep,
                         const std::function<vanilla::Proof(std::size_t position)>& proof) {
  Partitions all(porep.partitions());
  const std::size_t count = porep.challenges_per_partition(), total = all.size() * count;
  for (auto& partition : all) partition.resize(count);
  device::for_ranges(std::max(job.threads(), kReaders), total, 1,
                     [&](std::size_t begin, std::size_t end) {
                       for (auto i = begin; i < end; ++i) {
                         job.throw_if_stopping();
                         all[i / count][i % count] = proof(i);
                       }
                     });
  job.progress(total, total, "proofs", "vanilla proofs");
  return all;
}

// Which label of a node is not the hash of those below it: the lowest layer that was damaged.
std::optional<std::string> bad_label(const vanilla::Sector& sector, std::uint64_t node) {
  const auto label = [&](unsigned layer, std::uint64_t of) {
    Node out;
    sector.layers.at(layer - 1)(of, {&out, 1});
    return out;
  };
  vanilla::Proof proof;
  proof.challenge = node;
  const auto parents = sector.parents(node);
  for (unsigned layer = 1; layer <= sector.layers.size(); ++layer) {
    proof.column.rows.push_back(label(layer, node));
    for (unsigned i = 0; i < vanilla::kParents; ++i)
      proof.parents[i].rows.push_back(label(layer, parents[i]));
  }
  for (unsigned layer = 1; layer <= sector.layers.size(); ++layer) {
    const auto want = vanilla::label(sector.replica_id, vanilla::labeling(proof, layer));
    if (const auto& found = proof.column.rows[layer - 1]; found != want)
      return fmt::format("layer {}: the label of node {} is {}, want {}", layer, node,
                         to_hex(found), to_hex(want));
  }
  return std::nullopt;
}

// A column that does not hash says nothing of the layer; the labels do.
std::string explained(const vanilla::Sector& sector, const vanilla::Proof& proof,
                      const std::string& flaw) {
  auto bad = bad_label(sector, proof.challenge);
  // Node 0 has no parents.
  for (std::size_t i = 0; !bad && i < proof.parents.size(); ++i)
    if (const auto node = proof.parents[i].index; node > 0) bad = bad_label(sector, node);
  return bad ? flaw + "; " + *bad + "; rerun seal-pc1" : flaw;
}

Partitions from_files(launch::Job& job, const sector::Folder& folder, const Question& question) {
  const auto& porep = folder.porep();
  const sector::VanillaSector files(folder, question.replica_id, 0, job.share());
  const auto& sector = files.sector();
  for (const auto& [tree, want] : {std::pair{&sector.tree_d, &question.roots.comm_d},
                                   {&sector.tree_c, &question.roots.comm_c},
                                   {&sector.tree_r_last, &question.roots.comm_r_last}})
    if (tree->root() != *want)
      throw Error(Fault::corrupt, "{} has root {}, want {}: files of another sealing",
                  tree->tree().name, to_hex(tree->root()), to_hex(*want));
  const auto challenges = challenges::derive(porep, question.replica_id, question.comm_r,
                                             question.seed, challenges::all(porep));
  return for_positions(job, porep, [&](std::size_t position) {
    auto proof = vanilla::prove(sector, challenges[position]);
    if (const auto flaw = vanilla::check_hashes(proof, porep, question.replica_id,
                                                sector.parents(proof.challenge), question.roots))
      throw Error(Fault::corrupt, "{}", explained(sector, proof, *flaw));
    return proof;
  });
}

Partitions from_synthetic(launch::Job& job, const sector::Folder& folder,
                          const Question& question) {
  const auto& porep = folder.porep();
  const auto file = sector::Mapping::read(folder, folder.synthetic());
  file.random();
  const auto roots = vanilla::decode_synthetic_head(file.bytes());
  if (roots != question.roots)
    throw Error(
        Fault::corrupt,
        "{} has CommD {}, CommC {}, CommRLast {}, want {}, {}, {}: proofs of another sealing",
        folder.synthetic().what, to_hex(roots.comm_d), to_hex(roots.comm_c),
        to_hex(roots.comm_r_last), to_hex(question.roots.comm_d), to_hex(question.roots.comm_c),
        to_hex(question.roots.comm_r_last));
  const auto indexes = challenges::synthetic_indexes(
      question.replica_id, question.seed, porep.synthetic_challenges(), challenges::all(porep));
  const auto record = vanilla::synthetic_record_bytes(porep);
  return for_positions(job, porep, [&](std::size_t position) {
    const auto at = vanilla::kSyntheticHeadBytes + indexes[position] * record;
    return vanilla::decode_synthetic_record(file.bytes().subspan(at, record), porep, roots);
  });
}

}  // namespace

Partitions prove(launch::Job& job, const sector::Folder& folder, const Question& question) {
  const bool synthetic = folder.porep().feature == PorepFeature::synthetic;
  if (synthetic && trimmed(folder)) {
    job.log("layers or trees are trimmed: the proofs come from the synthetic file");
    return from_synthetic(job, folder, question);
  }
  return from_files(job, folder, question);
}

}  // namespace sealyard::c1
