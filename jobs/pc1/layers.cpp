#include "jobs/pc1/layers.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <thread>
#include <utility>

#include "jobs/parent_cache/parent_cache.h"
#include "jobs/pc1/layer_writer.h"
#include "jobs/sector/layer_memory.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/label/label.h"

namespace sealyard::pc1 {
namespace {

// How often a stop, a checkpoint and the progress are looked at: 50 ms of labels of one sector,
// half a second of a hundred.
std::uint64_t block_nodes(std::size_t sectors_of_a_core) {
  return std::max<std::uint64_t>((1 << 16) / sectors_of_a_core, 1 << 12);
}

// A file becomes one column of rows of `stride` nodes.
void load(const std::filesystem::path& path, Node* column, std::size_t stride,
          std::uint64_t nodes) {
  const auto file = sector::Mapping::read(path);
  file.sequential();
  const auto from = file.nodes().first(nodes);
  if (stride == 1) {
    std::copy(from.begin(), from.end(), column);
    return;
  }
  for (const auto& node : from) {
    *column = node;
    column += stride;
  }
}

// The sectors of one core.
struct Group {
  std::span<Member> members;
  std::vector<label::Part> split;
  const placement::Unit* unit;
  std::vector<Node> replica_ids;
  sector::LayerMemory previous, current;  // rows of a node of every member
};

class LayerMaker {
 public:
  LayerMaker(launch::Job& job, std::span<Member> members, const std::vector<Share>& shares,
             const placement::Host& host, std::span<const placement::Unit> units)
      : job_(job),
        members_(members),
        host_(host),
        nodes_(members[0].folder.porep().nodes()),
        layers_(members[0].folder.porep().layers()),
        parents_(parent_cache::Parents::open_or_create(
            members[0].order.parents, members[0].folder.porep(), job.threads(),
            [&](std::uint64_t done, std::uint64_t total) {
              job.throw_if_stopping();
              job.progress(done, total, "nodes", "parents cache");
            })) {
    job.log("parents: " + parents_.text());
    std::vector<std::uint64_t> sizes;
    for (const auto& share : shares) sizes.insert(sizes.end(), 2, nodes_ * share.sectors);
    auto taken = sector::take_layers(sizes, members[0].order.pages);
    job.log("layers: " + taken.text);
    std::size_t first = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const auto mine = members.subspan(first, shares[i].sectors);
      first += mine.size();
      largest_ = std::max(largest_, mine.size());
      const auto* unit = shares.size() <= units.size() ? &units[i] : nullptr;
      groups_.push_back({mine,
                         shares[i].split,
                         unit,
                         {},
                         std::move(taken.memory[2 * i]),
                         std::move(taken.memory[2 * i + 1])});
      for (const auto& member : mine) groups_.back().replica_ids.push_back(member.replica_id);
      // Huge pages lie where they are touched first; bound to a node that has none they would
      // fault.
      if (!unit || taken.huge) continue;
      for (auto* layer : {&groups_.back().previous, &groups_.back().current})
        host.bind_memory(layer->nodes().data(), layer->nodes().size_bytes(), unit->numa());
    }
  }

  void make() {
    auto start = members_[0].position();
    for (const auto& member : members_) start = std::min(start, member.position());
    const auto layer = static_cast<unsigned>(start / nodes_ + 1);
    load_start(layer, start % nodes_);
    make_layer(layer, start % nodes_);
    for (auto next = layer + 1; next <= layers_; ++next) {
      for (auto& group : groups_) std::swap(group.previous, group.current);
      make_layer(next, 0);
    }
  }

 private:
  struct Writing {
    Member* member;
    std::unique_ptr<LayerWriter> writer;
  };

  // The layer before, and the beginning of this one where it is not made again.
  void load_start(unsigned layer, std::uint64_t first) {
    for (auto& group : groups_)
      for (std::size_t k = 0; k < group.members.size(); ++k) {
        const auto& member = group.members[k];
        const auto stride = group.members.size();
        if (layer > 1)
          load(member.folder.layer(layer - 1).path, group.previous.nodes().data() + k, stride,
               nodes_);
        if (first > 0)
          load(member.whole.size() >= layer ? member.folder.layer(layer).path
                                            : member.folder.layer_in_progress(layer),
               group.current.nodes().data() + k, stride, first);
      }
  }

  // Of the members that have this layer not whole.
  std::vector<Writing> open_writers(unsigned layer) {
    std::vector<Writing> all;
    for (auto& group : groups_)
      for (std::size_t k = 0; k < group.members.size(); ++k) {
        auto& member = group.members[k];
        if (member.whole.size() >= layer) continue;
        sector::LayerRecord record;
        record.layer = layer;
        record.replica_id = member.replica_id;
        if (layer > 1) record.previous_sha256 = member.whole.back().written.sha256;
        if (member.checkpoint) record = *std::exchange(member.checkpoint, std::nullopt);
        const Column column{group.current.nodes().data() + k, group.members.size(), nodes_};
        all.push_back(
            {&member, std::make_unique<LayerWriter>(member.folder, member.lock, record, column)});
      }
    return all;
  }

  void make_layer(unsigned layer, std::uint64_t start) {
    auto writing = open_writers(layer);
    const auto what = fmt::format("layer {} of {}", layer, layers_);
    const auto period = std::chrono::seconds(members_[0].order.checkpoint_s);
    auto last_checkpoint = std::chrono::steady_clock::now();
    for (auto first = start; first < nodes_;) {
      const auto count = std::min(block_nodes(largest_), nodes_ - first);
      fill(layer, first, parents_.block(first, count));
      first += count;
      for (const auto& one : writing) one.writer->computed(first);
      job_.progress((layer - 1) * nodes_ + first, layers_ * nodes_, "nodes", what);
      const bool due = std::chrono::steady_clock::now() - last_checkpoint >= period;
      if (first < nodes_ && (due || job_.stop_wanted())) {
        for (const auto& one : writing) one.writer->checkpoint();
        last_checkpoint = std::chrono::steady_clock::now();
        job_.log(fmt::format("checkpoint: layer {}, {} of {} nodes", layer, first, nodes_));
        job_.throw_if_stopping();
      }
    }
    for (auto& [member, writer] : writing) {
      member->whole.push_back(writer->finish());
      const auto which = members_.size() == 1 ? std::string() : member->folder.name() + " ";
      job_.log(fmt::format("{}layer {} of {} done, sha256 {}", which, layer, layers_,
                           to_hex(member->whole.back().written.sha256)));
    }
    job_.throw_if_stopping();
  }

  // In threads of their own: those that read parents and write layers stay off their cores.
  void fill(unsigned layer, std::uint64_t first, std::span<const std::uint32_t> parents) {
    std::vector<std::exception_ptr> failed(groups_.size());
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < groups_.size(); ++i)
        threads.emplace_back([this, i, layer, first, parents, &failed] {
          auto& group = groups_[i];
          try {
            if (group.unit) host_.bind_thread(*group.unit);
            label::fill({.replica_ids = group.replica_ids,
                         .number = layer,
                         .previous = layer == 1 ? std::span<const Node>{} : group.previous.nodes(),
                         .current = group.current.nodes()},
                        first, parents, group.split);
          } catch (...) {
            failed[i] = std::current_exception();
          }
        });
    }
    for (const auto& failure : failed)
      if (failure) std::rethrow_exception(failure);
  }

  launch::Job& job_;
  std::span<Member> members_;
  const placement::Host& host_;
  std::uint64_t nodes_;
  unsigned layers_;
  std::size_t largest_ = 0;
  std::vector<Group> groups_;
  parent_cache::Parents parents_;
};

}  // namespace

std::uint64_t Member::position() const {
  return whole.size() * folder.porep().nodes() + (checkpoint ? checkpoint->nodes : 0);
}

bool Member::done() const { return whole.size() == folder.porep().layers(); }

Member open_member(launch::Job& job, const Order& order, const sector::Folder& folder,
                   const sector::Lock& lock, const Node& replica_id) {
  if (order.recalculate) sector::remove_layers(folder, 1, lock);
  auto resume = sector::find_resume(folder, replica_id, job.threads());
  job.log("resume: " + resume.why);
  Member member{order, folder, lock, replica_id, std::move(resume.whole), resume.checkpoint};
  if (member.done()) return member;
  const auto whole = static_cast<unsigned>(member.whole.size());
  if (!member.checkpoint) sector::remove_layers(folder, whole + 1, lock);
  sector::require_space(folder.cache(), folder.porep().layers() * folder.porep().sector_bytes -
                                            member.position() * kNodeBytes);
  return member;
}

void make_layers(launch::Job& job, std::span<Member> members, const std::vector<Share>& shares,
                 const placement::Host& host, std::span<const placement::Unit> units) {
  LayerMaker(job, members, shares, host, units).make();
}

}  // namespace sealyard::pc1
