#include "jobs/pc1/seal.h"

#include <optional>

#include "jobs/pc1/layers.h"
#include "jobs/pc1/tree_d.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/sector/precommit_json.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/label/label.h"

namespace sealyard::pc1 {
namespace {

bool made_with(const stage::Result& result, const Node& ticket) {
  const auto found = result.inputs.find("ticket");
  return found != result.inputs.end() && found->second == to_hex(ticket);
}

// An earlier attempt's result, when it was for this ticket and its files are still there.
std::optional<stage::Result> done_already(const sector::Folder& folder, const Order& order) {
  auto result = stage::read_result(folder.root(), order.sector, stage::kPc1);
  if (!result || order.recalculate || !made_with(*result, order.ticket)) return std::nullopt;
  try {
    folder.require(folder.layers());
    folder.require(folder.tree_d());
  } catch (const Error&) {
    return std::nullopt;
  }
  return result;
}

// A replica made with another ticket may be on chain: its layers are not thrown away in passing.
void refuse_other_ticket(const sector::Folder& folder, const Order& order) {
  const auto sealed = stage::read_result(folder.root(), order.sector, stage::kPc2);
  if (sealed && !made_with(*sealed, order.ticket) && !order.recalculate)
    throw Error(Fault::usage,
                "already sealed with ticket {}, asked for {}; --recalculate seals it anew",
                sealed->inputs.count("ticket") ? sealed->inputs.at("ticket") : "unknown",
                to_hex(order.ticket));
}

void write_reference_output(launch::Job& job, const sector::Folder& folder, const Order& order,
                            const Node& comm_d) {
  if (order.pc1_json.empty()) return;
  sector::write_file(
      order.pc1_json,
      sector::pc1_json(folder.porep(), job.recorded_cache_path(order.sector), comm_d));
}

void declare(launch::Job& job, const sector::Folder& folder, sector::Manifest manifest,
             const Order& order, const Node& replica_id, const stage::Artefact& tree_d,
             const std::vector<sector::LayerRecord>& layers, const sector::Lock& lock) {
  auto& result = job.result(order.sector);
  result.proof_type = folder.porep().name();
  result.inputs["ticket"] = to_hex(order.ticket);
  result.commitments["comm_d"] = manifest.comm_d.value();
  result.commitments["replica_id"] = replica_id;
  for (const auto& layer : layers)
    result.artefacts.push_back(
        sector::artefact(folder, folder.layer(layer.layer).path, layer.written));
  result.artefacts.push_back(tree_d);
  job.measure(order.sector);
  manifest.ticket = order.ticket;
  manifest.replica_id = replica_id;
  manifest.comm_c = manifest.comm_r_last = manifest.comm_r = std::nullopt;
  manifest.record(result);
  sector::write_manifest(folder, manifest, lock);
  write_reference_output(job, folder, order, manifest.comm_d.value());
  job.finish(order.sector, [&] { lock.check(); });
}

}  // namespace

void seal(launch::Job& job, const Order& order, const placement::Host& host,
          const placement::Unit* unit) {
  const auto folder = sector::Folder::open(job.storage(), order.sector);
  folder.create();
  const sector::Lock lock(folder, job.lock_text());
  const auto manifest = sector::read_manifest(folder);
  if (!manifest.comm_d)
    throw Error(Fault::missing, "no data in the manifest; run seal-add-piece first");
  if (auto result = done_already(folder, order)) {
    job.log("already done with this ticket, nothing to do");
    write_reference_output(job, folder, order, manifest.comm_d.value());
    job.keep(order.sector, std::move(*result));
    return;
  }
  refuse_other_ticket(folder, order);
  folder.require(folder.unsealed());
  stage::remove_result(folder.root(), order.sector, stage::kPc1);
  stage::remove_result(folder.root(), order.sector, stage::kPc2);
  folder.clear_dead_attempts(lock);

  const auto tree_d = make_tree_d(job, folder, manifest, lock);
  job.throw_if_stopping();
  const Node replica_id =
      label::replica_id(label::prover_id(order.sector.miner), order.sector.number, order.ticket,
                        manifest.comm_d.value(), folder.porep().porep_id);
  job.log("replica id " + to_hex(replica_id));
  const auto layers = make_layers(job, order, folder, lock, replica_id, host, unit);
  declare(job, folder, manifest, order, replica_id, tree_d, layers, lock);
}

}  // namespace sealyard::pc1
