#include "jobs/pc1/layers.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

#include "jobs/parent_cache/parent_cache.h"
#include "jobs/pc1/layer_writer.h"
#include "jobs/sector/layer_memory.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/graph/graph.h"
#include "kernels/label/label.h"

namespace sealyard::pc1 {
namespace {

// 30 ms of labels: how often a stop, a checkpoint and the progress are looked at.
constexpr std::uint64_t kBlockNodes = std::uint64_t{1} << 16;

void load(const std::filesystem::path& path, std::span<Node> nodes) {
  const auto file = sector::Mapping::read(path);
  file.sequential();
  std::memcpy(nodes.data(), file.bytes().data(), nodes.size_bytes());
}

class LayerMaker {
 public:
  LayerMaker(launch::Job& job, const Order& order, const sector::Folder& folder,
             const sector::Lock& lock, const Node& replica_id, const placement::Host& host,
             const placement::Unit* unit)
      : job_(job),
        order_(order),
        folder_(folder),
        lock_(lock),
        replica_id_(replica_id),
        nodes_(folder.porep().nodes()),
        layers_(folder.porep().layers()),
        previous_(nodes_),
        current_(nodes_),
        parents_(parent_cache::Parents::open_or_create(
            order.parents, folder.porep(), job.threads(),
            [&](std::uint64_t done, std::uint64_t total) {
              job.throw_if_stopping();
              job.progress(done, total, "nodes", "parents cache");
            })) {
    job.log("parents: " + parents_.text());
    if (!unit) return;
    for (auto* layer : {&previous_, &current_})
      host.bind_memory(layer->nodes().data(), layer->nodes().size_bytes(), unit->numa());
  }

  std::vector<sector::LayerRecord> make(sector::Resume resume) {
    auto records = std::move(resume.whole);
    if (records.size() == layers_) return records;
    if (!records.empty()) load(folder_.layer(records.back().layer).path, previous_.nodes());
    while (records.size() < layers_) {
      sector::LayerRecord record;
      record.layer = static_cast<unsigned>(records.size() + 1);
      record.replica_id = replica_id_;
      if (!records.empty()) record.previous_sha256 = records.back().written.sha256;
      if (resume.checkpoint) record = *std::exchange(resume.checkpoint, std::nullopt);
      records.push_back(make_layer(record));
      std::swap(previous_, current_);
    }
    return records;
  }

 private:
  sector::LayerRecord make_layer(const sector::LayerRecord& start) {
    LayerWriter writer(folder_, lock_, start, current_.nodes());
    if (start.nodes > 0)
      load(folder_.layer_in_progress(start.layer), current_.nodes().first(start.nodes));
    const label::Layer layer{
        .replica_id = replica_id_,
        .number = start.layer,
        .previous = start.layer == 1 ? std::span<const Node>{} : previous_.nodes(),
        .current = current_.nodes()};
    const auto what = fmt::format("layer {} of {}", start.layer, layers_);
    auto last_checkpoint = std::chrono::steady_clock::now();
    for (auto first = start.nodes; first < nodes_;) {
      const auto count = std::min(kBlockNodes, nodes_ - first);
      label::fill(layer, first, parents_.block(first, count), job_.backend());
      first += count;
      writer.computed(first);
      job_.progress((start.layer - 1) * nodes_ + first, layers_ * nodes_, "nodes", what);
      const auto now = std::chrono::steady_clock::now();
      const bool due = now - last_checkpoint >= std::chrono::seconds(order_.checkpoint_s);
      if (first < nodes_ && (due || job_.stop_wanted())) {
        writer.checkpoint();
        last_checkpoint = std::chrono::steady_clock::now();
        job_.log(fmt::format("checkpoint: layer {}, {} of {} nodes", start.layer, first, nodes_));
        job_.throw_if_stopping();
      }
    }
    auto record = writer.finish();
    job_.log(fmt::format("layer {} of {} done, sha256 {}", start.layer, layers_,
                         to_hex(record.written.sha256)));
    job_.throw_if_stopping();
    return record;
  }

  launch::Job& job_;
  const Order& order_;
  const sector::Folder& folder_;
  const sector::Lock& lock_;
  const Node& replica_id_;
  std::uint64_t nodes_;
  unsigned layers_;
  sector::LayerMemory previous_, current_;
  parent_cache::Parents parents_;
};

}  // namespace

std::vector<sector::LayerRecord> make_layers(launch::Job& job, const Order& order,
                                             const sector::Folder& folder, const sector::Lock& lock,
                                             const Node& replica_id, const placement::Host& host,
                                             const placement::Unit* unit) {
  if (order.recalculate) sector::remove_layers(folder, 1, lock);
  auto resume = sector::find_resume(folder, replica_id, job.threads());
  job.log("resume: " + resume.why);
  const auto whole = static_cast<unsigned>(resume.whole.size());
  if (whole == folder.porep().layers()) return resume.whole;
  if (!resume.checkpoint) sector::remove_layers(folder, whole + 1, lock);
  sector::require_space(folder.cache(),
                        (folder.porep().layers() - whole) * folder.porep().sector_bytes -
                            (resume.checkpoint ? resume.checkpoint->nodes * kNodeBytes : 0));
  LayerMaker maker(job, order, folder, lock, replica_id, host, unit);
  if (unit) host.bind_thread(*unit);
  return maker.make(std::move(resume));
}

}  // namespace sealyard::pc1
