#include "jobs/pc1/seal.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>

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

// A sector that is not done.
struct Opened {
  const Order& order;
  sector::Folder folder;
  sector::Lock lock;
  sector::Manifest manifest;
  std::optional<stage::Artefact> tree_d;
  std::optional<Member> layers;

  Opened(launch::Job& job, const Order& asked)
      : order(asked),
        folder(create(job, asked.sector)),
        lock(folder, job.lock_text()),
        manifest(sector::read_manifest(folder)) {}

  static sector::Folder create(launch::Job& job, SectorId sector) {
    auto folder = sector::Folder::open(job.storage(), sector);
    folder.create();
    return folder;
  }
};

// Everything before the labels; null when there is nothing left to do.
std::unique_ptr<Opened> open(launch::Job& job, const Order& order) {
  job.about(order.sector);
  auto opened = std::make_unique<Opened>(job, order);
  const auto& [folder, lock] = std::tie(opened->folder, opened->lock);
  const auto& manifest = opened->manifest;
  if (!manifest.comm_d)
    throw Error(Fault::missing, "no data in the manifest; run seal-add-piece first");
  if (auto result = done_already(folder, order)) {
    job.log("already done with this ticket, nothing to do");
    write_reference_output(job, folder, order, manifest.comm_d.value());
    job.keep(order.sector, std::move(*result));
    return nullptr;
  }
  refuse_other_ticket(folder, order);
  folder.require(folder.unsealed());
  stage::remove_result(folder.root(), order.sector, stage::kPc1);
  stage::remove_result(folder.root(), order.sector, stage::kPc2);
  folder.clear_dead_attempts(lock);

  opened->tree_d = make_tree_d(job, folder, manifest, lock);
  job.throw_if_stopping();
  const Node replica_id =
      label::replica_id(label::prover_id(order.sector.miner), order.sector.number, order.ticket,
                        manifest.comm_d.value(), folder.porep().porep_id);
  job.log("replica id " + to_hex(replica_id));
  opened->layers.emplace(open_member(job, order, folder, lock, replica_id));
  return opened;
}

void declare_all(launch::Job& job, std::vector<Opened*>& batch) {
  for (auto* one : batch) {
    job.about(one->order.sector);
    declare(job, one->folder, one->manifest, one->order, one->layers->replica_id, *one->tree_d,
            one->layers->whole, one->lock);
  }
}

// Sectors that are labelled with the same parents.
bool alike(const sector::Folder& a, const sector::Folder& b) {
  const auto &x = a.porep(), &y = b.porep();
  return x.porep_id == y.porep_id && x.sector_bytes == y.sector_bytes && x.api == y.api;
}

Plan plan_of(launch::Job& job, const Means& means, const sector::Folder& folder, unsigned sectors) {
  auto kernels = label::kernels(job.backend());
  // One sector on a core: the last kernel that takes no more, without asking the clock.
  if (sectors == 1)
    while (kernels.back().most > 1) kernels.pop_back();
  if (sectors == 1) kernels.erase(kernels.begin(), kernels.end() - 1);
  std::vector<double> ns;
  std::string times;
  for (const auto& kernel : kernels) {
    ns.push_back(label::measure(kernel));
    times += fmt::format("{}{} {:.0f} ns", times.empty() ? "" : ", ", kernel.name,
                         ns.back() / kernel.most);
  }
  job.log("a label takes: " + times);
  auto plan = pc1::plan({.sectors = sectors,
                         .cores = means.cores,
                         .memory_bytes = means.memory_bytes,
                         .deadline_s = means.deadline_s,
                         .nodes = folder.porep().nodes(),
                         .layers = folder.porep().layers()},
                        kernels, ns);
  job.log("plan: " + plan.why);
  return plan;
}

// Labels sectors that are alike, those ahead first: they are then among others of their kind.
void label_all(launch::Job& job, std::vector<Opened*> sectors, const Means& means) {
  std::stable_sort(sectors.begin(), sectors.end(), [](const Opened* a, const Opened* b) {
    return a->layers->position() > b->layers->position();
  });
  const auto done = std::find_if(sectors.begin(), sectors.end(),
                                 [](const Opened* one) { return !one->layers->done(); });
  std::vector<Opened*> ready(sectors.begin(), done);
  declare_all(job, ready);
  sectors.erase(sectors.begin(), done);
  if (sectors.empty()) return;
  const auto all = [&job](const std::vector<Opened*>& these) {
    std::vector<SectorId> ids;
    for (const auto* one : these) ids.push_back(one->order.sector);
    job.about(ids);
  };
  all(sectors);
  const auto plan = plan_of(job, means, sectors[0]->folder, static_cast<unsigned>(sectors.size()));
  auto next = sectors.begin();
  for (const auto& shares : plan.waves) {
    std::vector<Opened*> wave;
    std::vector<Member> members;
    for (const auto& share : shares)
      for (unsigned i = 0; i < share.sectors; ++i) {
        wave.push_back(*next++);
        members.push_back(std::move(*wave.back()->layers));
      }
    all(wave);
    make_layers(job, members, shares, means.host, means.units);
    for (std::size_t i = 0; i < wave.size(); ++i) wave[i]->layers.emplace(std::move(members[i]));
    declare_all(job, wave);
  }
}

}  // namespace

void seal(launch::Job& job, const std::vector<Order>& orders, const Means& means) {
  std::vector<std::unique_ptr<Opened>> opened;
  for (const auto& order : orders)
    if (auto one = open(job, order)) opened.push_back(std::move(one));
  while (!opened.empty()) {
    const auto others = std::stable_partition(opened.begin(), opened.end(), [&](const auto& one) {
      return alike(one->folder, opened.front()->folder);
    });
    std::vector<Opened*> batch;
    for (auto it = opened.begin(); it != others; ++it) batch.push_back(it->get());
    label_all(job, batch, means);
    opened.erase(opened.begin(), others);
  }
}

}  // namespace sealyard::pc1
