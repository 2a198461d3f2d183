#include "jobs/pc2/one_pass.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "jobs/pc2/growing.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/device/cpu.h"
#include "kernels/tree/layout.h"
#include "kernels/tree/tree.h"

namespace sealyard::pc2 {
namespace {

// Pages of mapped files that were read are let go after so many nodes of each.
constexpr std::uint64_t kPagesNodes = std::uint64_t{1} << 20;

// A base tree whose leaves and low rows come in slices, in order; the rows above those are hashed
// here. Stored leaves are written as they come, the other rows wait in memory.
class RisingTree {
 public:
  RisingTree(const Work& work, const sector::File& file, std::string name,
             const tree::Layout& layout, unsigned discarded, unsigned low_rows)
      : layout_(layout),
        low_rows_(low_rows),
        stores_leaves_(discarded == 0),
        above_from_(stores_leaves_ ? layout.leaves : layout.stored_from(discarded)),
        above_(layout.nodes() - above_from_),
        file_(work, file, std::move(name)),
        upper_({layout.hash, layout.arity, layout.row_nodes(low_rows)},
               [this](unsigned row, std::uint64_t first, std::span<const Node> nodes) {
                 keep(low_rows_ + row, first, nodes);
               },
               {work.job.threads(), device::best_cpu()}) {
    tree::Builder low(layout_,
                      [this](unsigned row, std::uint64_t first, std::span<const Node> nodes) {
                        if (row <= low_rows_) keep(row, first, nodes);
                        if (row == low_rows_) upper_.add(nodes);
                      },
                      {work.job.threads(), device::best_cpu()});
    file_.see_kept(kPagesNodes, [&](std::span<const Node> leaves) { low.add(leaves); });
  }

  /// Leaves that an earlier attempt wrote.
  std::uint64_t kept_leaves() const { return file_.nodes(); }

  /// Where the rows above a slice go whose first leaf is `first`.
  std::array<Node*, slice::kMostRows + 1> rows_at(std::uint64_t first) {
    std::array<Node*, slice::kMostRows + 1> rows{};
    for (unsigned row = 1; row <= low_rows_; ++row)
      if (layout_.row_start(row) >= above_from_) rows[row] = place(row, first >> 3 * row);
    return rows;
  }

  /// The rows are there.
  void add(std::uint64_t first, std::span<const Node> leaves) {
    if (stores_leaves_) file_.write(leaves);
    const auto shift = 3 * low_rows_;
    upper_.add({place(low_rows_, first >> shift), leaves.size() >> shift});
  }
  void checkpoint(bool at_once) {
    if (!stores_leaves_) return;
    if (at_once)
      file_.checkpoint();
    else
      file_.checkpoint_if_due();
  }
  sector::DigestRecord commit() {
    file_.write(above_);
    return file_.commit(upper_.root());
  }

 private:
  Node* place(unsigned row, std::uint64_t node) {
    return above_.data() + (layout_.row_start(row) + node - above_from_);
  }
  void keep(unsigned row, std::uint64_t first, std::span<const Node> nodes) {
    if (layout_.row_start(row) >= above_from_)
      std::copy(nodes.begin(), nodes.end(), place(row, first));
  }

  const tree::Layout& layout_;
  unsigned low_rows_;
  bool stores_leaves_;
  std::uint64_t above_from_;
  std::vector<Node> above_;
  Growing file_;
  tree::Builder upper_;
};

std::string record_of(std::string name, const std::vector<sector::File>& files, std::size_t base) {
  return files.size() == 1 ? name : name + "-" + std::to_string(base);
}

class Maker {
 public:
  Maker(const Work& work, const slice::Plan& plan)
      : work_(work),
        folder_(work.folder),
        plan_(plan),
        layout_(tree::base_tree(folder_.porep().tree())),
        discarded_(tree::rows_to_discard(layout_)),
        data_(sector::Mapping::read(folder_, folder_.unsealed())) {
    for (const auto& file : folder_.layers())
      layers_.push_back(sector::Mapping::read(folder_, file));
    turns_.resize(plan.lanes);
  }

  OnePass make() {
    OnePass made;
    const auto kept = sector::find_trusted(folder_, folder_.sealed(), "sealed", work_.replica_id);
    if (kept)
      work_.job.log("replica: kept, its digest is the recorded one");
    else
      replica_.emplace(work_, folder_.sealed(), "sealed");
    for (std::size_t base = 0; base < folder_.porep().tree().base_trees; ++base)
      make_base_tree(base, made);
    made.replica = kept ? kept->written : replica_->commit(Node{}).written;
    return made;
  }

 private:
  // A slice on its way.
  struct Turn {
    std::unique_ptr<slice::Lane> lane;
    std::vector<Node> replica, columns;
    std::uint64_t first = 0, nodes = 0;  // within the base tree; none: the lane is free
    bool new_replica = false, new_columns = false, new_rows = false;
  };

  // One of a kind, or what is kept of it.
  std::optional<sector::DigestRecord> open(std::optional<RisingTree>& tree, const std::string& kind,
                                           const std::vector<sector::File>& files, std::size_t base,
                                           unsigned discarded) const {
    const auto name = record_of(kind, files, base);
    auto kept = sector::find_trusted(folder_, files[base], name, work_.replica_id);
    if (!kept) tree.emplace(work_, files[base], name, layout_, discarded, plan_.shape.rows);
    return kept;
  }

  void make_base_tree(std::size_t base, OnePass& made) {
    start_ = base * layout_.leaves;
    const auto kept_c = open(tree_c_, "tree-c", folder_.tree_c(), base, 0);
    const auto kept_r = open(tree_r_, "tree-r-last", folder_.tree_r_last(), base, discarded_);
    const auto columns_from = tree_c_ ? tree_c_->kept_leaves() : layout_.leaves;
    const auto rows_from = tree_r_ ? 0 : layout_.leaves;
    const auto replica_from =
        replica_ ? std::clamp(replica_->nodes(), start_, start_ + layout_.leaves) - start_
                 : layout_.leaves;
    std::size_t turn = 0;
    for (auto at = std::min({columns_from, rows_from, replica_from}); at < layout_.leaves;) {
      auto end = std::min(layout_.leaves, at + plan_.shape.most_nodes);
      for (const auto cut : {columns_from, replica_from})  // no slice is made in part
        if (at < cut) end = std::min(end, cut);
      Turn& next = turns_[turn++ % turns_.size()];
      complete(next);
      next.new_columns = at >= columns_from;
      next.new_rows = at >= rows_from;
      next.new_replica = at >= replica_from;
      begin(next, at, end - at);
      at = end;
    }
    for (std::size_t i = 0; i < turns_.size(); ++i) complete(turns_[turn++ % turns_.size()]);
    made.tree_c.push_back(kept_c ? *kept_c : tree_c_->commit());
    made.tree_r_last.push_back(kept_r ? *kept_r : tree_r_->commit());
    tree_c_.reset();
    tree_r_.reset();
  }

  void begin(Turn& turn, std::uint64_t first, std::uint64_t nodes) {
    if (!turn.lane)
      turn.lane = slice::lane_backends.at(plan_.backend)(plan_.shape, work_.job.threads());
    if (nodes % plan_.shape.group() != 0)
      throw Error(Fault::internal, "one pass: a slice of {} nodes, want a multiple of {}", nodes,
                  plan_.shape.group());
    turn.first = first;
    turn.nodes = nodes;
    slice::Input in{{}, data_.nodes().data() + start_ + first, nodes};
    for (const auto& layer : layers_) in.layers.push_back(layer.nodes().data() + start_ + first);
    slice::Output out;
    if (turn.new_columns) {
      turn.columns.resize(nodes);
      out.tree_c = tree_c_->rows_at(first);
      out.tree_c[0] = turn.columns.data();
    }
    if (turn.new_rows) out.tree_r = tree_r_->rows_at(first);
    if (turn.new_replica || turn.new_rows) {
      turn.replica.resize(nodes);
      if (turn.new_replica || discarded_ == 0) out.replica = turn.replica.data();
    }
    turn.lane->start(in, out);
  }

  void complete(Turn& turn) {
    if (turn.nodes == 0) return;
    turn.lane->finish();
    if (turn.new_replica) replica_->write(turn.replica);
    if (turn.new_columns) tree_c_->add(turn.first, turn.columns);
    if (turn.new_rows) tree_r_->add(turn.first, turn.replica);
    const auto done = turn.first + turn.nodes;
    turn.nodes = 0;
    if (done % kPagesNodes == 0) {
      data_.forget();
      for (const auto& layer : layers_) layer.forget();
    }
    work_.job.progress(start_ + done, folder_.porep().nodes(), "nodes", "replica and trees");
    const bool stopping = work_.job.stop_wanted();
    if (tree_c_) tree_c_->checkpoint(stopping);
    if (replica_ && stopping) replica_->checkpoint();
    work_.job.throw_if_stopping();
  }

  const Work& work_;
  const sector::Folder& folder_;
  slice::Plan plan_;
  tree::Layout layout_;
  unsigned discarded_;
  sector::Mapping data_;
  std::vector<sector::Mapping> layers_;
  std::optional<Growing> replica_;
  std::optional<RisingTree> tree_c_, tree_r_;  // of the base tree under way, unless kept
  std::uint64_t start_ = 0;                    // its first node
  std::vector<Turn> turns_;
};

}  // namespace

OnePass make_in_one_pass(const Work& work, const slice::Plan& plan) {
  std::string line =
      fmt::format("one pass: {}, slices of {} nodes", name(plan.backend), plan.shape.most_nodes);
  if (plan.backend == Backend::cuda)
    line += fmt::format(
        ", {} at a time; {} MiB of the GPU, {} MiB of locked memory; what is free takes {} such "
        "jobs",
        plan.lanes, slice::gpu_bytes(plan) >> 20, slice::pinned_bytes(plan) >> 20,
        slice::jobs_per_gpu(device::gpu_free_bytes(), plan.shape.layers));
  work.job.log(line);
  return Maker(work, plan).make();
}

}  // namespace sealyard::pc2
