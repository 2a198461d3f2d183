#include "jobs/pc2/seal.h"

#include <memory>
#include <optional>
#include <vector>

#include "jobs/pc2/inputs.h"
#include "jobs/pc2/one_pass.h"
#include "jobs/pc2/synthetic.h"
#include "jobs/pc2/trees.h"
#include "jobs/ranks/ranks.h"
#include "jobs/sector/clear_cache.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/sector/precommit_json.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/device/cpu.h"
#include "kernels/slice/slice.h"
#include "kernels/tree/layout.h"
#include "kernels/tree/tree.h"
#include "kernels/vanilla/aux_files.h"

namespace sealyard::pc2 {
namespace {

std::string_view text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<stage::Result> done_already(const sector::Folder& folder) {
  auto result = stage::read_result(folder.root(), folder.id(), stage::kPc2);
  if (!result) return std::nullopt;
  try {
    folder.require(folder.sealed());
    folder.require(folder.p_aux());
    folder.require(folder.t_aux());
    folder.require(folder.tree_r_last());
  } catch (const Error&) {
    return std::nullopt;
  }
  return result;
}

void write_reference_output(const sector::Folder& folder, const Order& order, const Node& comm_r,
                            const Node& comm_d) {
  if (!order.pc2_json.empty())
    sector::write_file(order.pc2_json, sector::pc2_json(folder.porep(), comm_r, comm_d));
}

// What only the first rank does at the start: lock, manifest, old attempts.
struct Opening {
  std::unique_ptr<sector::Lock> lock;
  std::optional<stage::Result> done;
};

Opening open(launch::Job& job, const sector::Folder& folder) {
  Opening opening;
  folder.create();
  opening.lock = std::make_unique<sector::Lock>(folder, job.lock_text());
  opening.done = done_already(folder);
  if (opening.done) return opening;
  if (!stage::read_result(folder.root(), folder.id(), stage::kPc1))
    throw Error(Fault::missing, "PC1 is not done: no {}; rerun seal-pc1",
                stage::result_path(folder.root(), folder.id(), stage::kPc1).string());
  stage::remove_result(folder.root(), folder.id(), stage::kPc2);
  folder.clear_dead_attempts(*opening.lock);
  return opening;
}

std::vector<Node> roots(const std::vector<sector::DigestRecord>& records) {
  std::vector<Node> list;
  for (const auto& record : records) list.push_back(record.root);
  return list;
}

struct Made {
  vanilla::Commitments commitments;
  Node comm_r;
  std::vector<stage::Artefact> artefacts;
};

// On a GPU in one pass over the layers; by several ranks, and by CPUs that are not told otherwise,
// one output after the other.
OnePass make_trees(const Work& work, bool one_pass) {
  const auto& porep = work.folder.porep();
  if (work.job.ranks().alone()) {
    const auto plan = slice::plan(porep.layers(), porep.tree().leaves_per_base_tree,
                                  work.job.share(), device::gpu_free_bytes());
    if (one_pass || plan.backend == Backend::cuda) return make_in_one_pass(work, plan);
  } else if (one_pass) {
    throw Error(Fault::usage, "--one-pass: {} ranks, want one", work.job.ranks().size());
  }
  OnePass made;
  made.replica = make_replica(work);
  made.tree_c = make_tree_c(work);
  made.tree_r_last = make_tree_r_last(work);
  return made;
}

Made make(const Work& work, const Node& comm_d, bool one_pass) {
  const auto& folder = work.folder;
  const auto shape = folder.porep().tree();
  Made made;
  const auto declare = [&](const sector::File& file, const sector::Written& written) {
    made.artefacts.push_back(sector::artefact(folder, file.path, written));
  };
  const auto [replica, tree_c, tree_r_last] = make_trees(work, one_pass);
  declare(folder.sealed(), replica);
  for (std::size_t base = 0; base < tree_c.size(); ++base) {
    declare(folder.tree_c()[base], tree_c[base].written);
    declare(folder.tree_r_last()[base], tree_r_last[base].written);
  }
  made.commitments = {comm_d, tree::join_roots(roots(tree_c), shape),
                      tree::join_roots(roots(tree_r_last), shape)};
  made.comm_r = tree::comm_r(made.commitments.comm_c, made.commitments.comm_r_last);
  if (folder.porep().feature == PorepFeature::synthetic)
    declare(folder.synthetic(), make_synthetic_proofs(work, made.commitments, made.comm_r));
  return made;
}

// The two small files, which the first rank writes when the trees are there.
void write_aux(const Work& work, Made& made) {
  const auto& folder = work.folder;
  const auto discarded = tree::rows_to_discard(tree::base_tree(folder.porep().tree()));
  const auto p_aux = vanilla::encode_p_aux({made.commitments.comm_c, made.commitments.comm_r_last});
  const auto t_aux = vanilla::encode_t_aux(
      vanilla::t_aux(folder.porep(), work.job.recorded_cache_path(folder.id()), discarded));
  for (const auto& [file, bytes] : {std::pair{folder.p_aux(), p_aux}, {folder.t_aux(), t_aux}})
    made.artefacts.push_back(
        sector::artefact(folder, file.path, sector::write_file(file.path, text(bytes), work.lock)));
}

void declare(const Work& work, sector::Manifest manifest, const Order& order, const Made& made) {
  auto& result = work.job.result(order.sector);
  result.proof_type = work.folder.porep().name();
  result.inputs["ticket"] = to_hex(manifest.ticket.value());
  result.commitments = {{"comm_d", made.commitments.comm_d},
                        {"comm_c", made.commitments.comm_c},
                        {"comm_r_last", made.commitments.comm_r_last},
                        {"comm_r", made.comm_r},
                        {"replica_id", work.replica_id}};
  result.artefacts = made.artefacts;
  work.job.measure(order.sector);
  manifest.comm_c = made.commitments.comm_c;
  manifest.comm_r_last = made.commitments.comm_r_last;
  manifest.comm_r = made.comm_r;
  manifest.record(result);
  sector::write_manifest(work.folder, manifest, *work.lock);
  write_reference_output(work.folder, order, made.comm_r, made.commitments.comm_d);
  work.job.finish(order.sector, [&] { work.lock->check(); });
}

}  // namespace

void seal(launch::Job& job, const Order& order) {
  auto& ranks = job.ranks();
  const auto folder = sector::Folder::open(job.storage(), order.sector);
  Opening opening;
  if (ranks.first()) opening = open(job, folder);
  if (ranks.any(opening.done.has_value())) {
    if (!ranks.first()) return;
    job.log("already done, nothing to do");
    write_reference_output(folder, order, opening.done->commitments.at("comm_r"),
                           opening.done->commitments.at("comm_d"));
    if (order.clear_cache) sector::clear_cache(folder, *opening.lock);
    job.keep(order.sector, std::move(*opening.done));
    return;
  }
  const auto manifest = sector::read_manifest(folder);
  if (!manifest.ticket || !manifest.replica_id || !manifest.comm_d)
    throw Error(Fault::missing, "no ticket in the manifest; rerun seal-pc1");
  prove_inputs(job, folder, *manifest.replica_id);
  ranks.barrier();  // nobody writes before everything is proven
  const Work work{job, folder, *manifest.replica_id, opening.lock.get()};
  auto made = make(work, *manifest.comm_d, order.one_pass);
  if (!ranks.first()) return;
  write_aux(work, made);
  declare(work, manifest, order, made);
  if (order.clear_cache) sector::clear_cache(folder, *work.lock);
}

}  // namespace sealyard::pc2
