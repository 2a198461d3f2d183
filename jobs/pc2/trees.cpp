#include "jobs/pc2/trees.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <sstream>

#include "jobs/pc2/growing.h"
#include "jobs/ranks/ranks.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/device/share.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/replica/replica.h"
#include "kernels/tree/layout.h"
#include "kernels/tree/tree.h"

namespace sealyard::pc2 {
namespace {

// Leaves hashed between two looks at progress and stop: a second of one core at most.
constexpr std::uint64_t kBlockNodes = std::uint64_t{1} << 15;
// Pages of mapped files that were read are let go after so many nodes of each.
constexpr std::uint64_t kForgetNodes = std::uint64_t{1} << 20;
// A thread's share of a block is a multiple of this.
constexpr std::size_t kGrain = 64;

// Gives leaves first .. first + out.size() - 1 of the whole tree, over all base trees.
using Leaves = std::function<void(std::uint64_t first, std::span<Node> out)>;

struct Kind {
  std::string name;  // "tree-c", "tree-r-last": of the records too
  std::vector<sector::File> files;
  unsigned discarded;
  Leaves leaves;
};

std::string record_name(const Kind& kind, std::size_t base) {
  return kind.files.size() == 1 ? kind.name : kind.name + "-" + std::to_string(base);
}

// A base tree on the way to its file: leaves that are stored are written as they come, the rows
// above them wait in memory, a seventh of that or less.
class TreeFile {
 public:
  TreeFile(const Work& work, const Kind& kind, const tree::Layout& layout, std::size_t base)
      : layout_(layout),
        stores_leaves_(kind.discarded == 0),
        above_from_(stores_leaves_ ? layout.leaves : layout.stored_from(kind.discarded)),
        above_(layout.nodes() - above_from_),
        file_(work, kind.files[base], record_name(kind, base)),
        builder_(
            layout,
            [this](unsigned row, std::uint64_t first, std::span<const Node> nodes) {
              if (layout_.row_start(row) < above_from_) return;
              const auto to = layout_.row_start(row) + first - above_from_;
              std::copy(nodes.begin(), nodes.end(),
                        above_.begin() + static_cast<std::ptrdiff_t>(to));
            },
            work.job.share()) {
    file_.see_kept(kBlockNodes, [this](std::span<const Node> leaves) { builder_.add(leaves); });
  }

  std::uint64_t leaves() const { return stores_leaves_ ? file_.nodes() : 0; }

  void add(std::span<const Node> leaves) {
    if (stores_leaves_) file_.write(leaves);
    builder_.add(leaves);
    if (stores_leaves_) file_.checkpoint_if_due();
  }
  void checkpoint() {
    if (stores_leaves_) file_.checkpoint();
  }
  sector::DigestRecord commit() {
    file_.write(above_);
    return file_.commit(builder_.root());
  }

 private:
  const tree::Layout& layout_;
  bool stores_leaves_;
  std::uint64_t above_from_;
  std::vector<Node> above_;
  Growing file_;
  tree::Builder builder_;
};

class TreeMaker {
 public:
  TreeMaker(const Work& work, Kind kind)
      : work_(work),
        kind_(std::move(kind)),
        layout_(tree::base_tree(work.folder.porep().tree())),
        ranks_(work.job.ranks()) {}

  std::vector<sector::DigestRecord> make() {
    const bool whole_trees = kind_.files.size() >= ranks_.size();
    std::vector<sector::DigestRecord> mine;
    for (std::size_t base = 0; base < kind_.files.size(); ++base) {
      if (whole_trees && base % ranks_.size() != ranks_.rank()) continue;
      auto record = whole_trees || ranks_.first() ? kept(base) : std::nullopt;
      if (!whole_trees && ranks_.any(record.has_value())) {
        if (record) mine.push_back(*record);
        continue;
      }
      if (!record) record = make_base_tree(base, !whole_trees);
      if (record) mine.push_back(*record);
    }
    return exchange(mine, whole_trees);
  }

 private:
  std::optional<sector::DigestRecord> kept(std::size_t base) const {
    return sector::find_trusted(work_.folder, kind_.files[base], record_name(kind_, base),
                                work_.replica_id);
  }

  // Leaves of one block, computed by this rank alone or by all and gathered by the first.
  void block(std::uint64_t first, std::span<Node> out, bool together) {
    if (!together) return kind_.leaves(first, out);
    const auto part = ranks_.mine(out.size());
    std::vector<Node> mine(part.size());
    kind_.leaves(first + part.begin, mine);
    const auto all = ranks_.gather(mine);
    if (ranks_.first()) std::copy(all.begin(), all.end(), out.begin());
  }

  // Nothing on the ranks that only computed leaves.
  std::optional<sector::DigestRecord> make_base_tree(std::size_t base, bool together) {
    std::optional<TreeFile> file;
    if (!together || ranks_.first()) file.emplace(work_, kind_, layout_, base);
    std::uint64_t at = file ? file->leaves() : 0;
    if (together) at = ranks_.gather_everywhere(at).front();
    const auto start = base * layout_.leaves;
    for (std::vector<Node> leaves; at < layout_.leaves; at += leaves.size()) {
      leaves.resize(std::min(kBlockNodes, layout_.leaves - at));
      block(start + at, leaves, together);
      if (file) {
        file->add(leaves);
        report(start + at + leaves.size());
      }
      stop_if_wanted(file, together);
    }
    if (!file) return std::nullopt;
    return file->commit();
  }

  // After a checkpoint: nobody leaves before the one that writes it.
  void stop_if_wanted(std::optional<TreeFile>& file, bool together) {
    const bool wanted = work_.job.stop_wanted();
    if (!(together ? ranks_.any(wanted) : wanted)) return;
    if (file) file->checkpoint();
    if (together) ranks_.barrier();
    work_.job.throw_if_stopping();
  }

  void report(std::uint64_t done) {
    if (ranks_.first()) work_.job.progress(done, work_.folder.porep().nodes(), "nodes", kind_.name);
  }

  // Every rank learns every record, in the order of the base trees.
  std::vector<sector::DigestRecord> exchange(const std::vector<sector::DigestRecord>& mine,
                                             bool whole_trees) {
    if (ranks_.alone()) return mine;
    std::vector<Node> flat;  // root, SHA-256 of each; lengths are known from the files
    for (const auto& record : mine) flat.insert(flat.end(), {record.root, record.written.sha256});
    const auto all = ranks_.gather_everywhere(flat);
    std::vector<sector::DigestRecord> records;
    for (std::size_t base = 0; base < kind_.files.size(); ++base) {
      const auto at = 2 * (whole_trees ? dealt_position(base) : base);
      records.push_back(
          {work_.replica_id, all.at(at), {kind_.files[base].bytes.value(), all.at(at + 1)}});
    }
    return records;
  }

  // Where base tree `base` stands when the trees of rank 0 come first, then those of rank 1 ...
  std::size_t dealt_position(std::size_t base) const {
    const std::size_t size = ranks_.size(), rank = base % size;
    std::size_t before = 0;
    for (std::size_t r = 0; r < rank; ++r) before += (kind_.files.size() - r + size - 1) / size;
    return before + base / size;
  }

  const Work& work_;
  Kind kind_;
  tree::Layout layout_;
  ranks::Ranks& ranks_;
};

// Slice by slice, so that only a slice of each file is in memory.
sector::DigestRecord encode(const Work& work, const sector::File& file) {
  const auto& folder = work.folder;
  const auto data = sector::Mapping::read(folder, folder.unsealed());
  const auto label = sector::Mapping::read(folder, folder.layer(folder.porep().layers()));
  const auto nodes = folder.porep().nodes();
  const auto backend = replica::encode_backends.choose(work.job.backend());
  Growing output(work, file, "sealed");
  std::vector<Node> out;
  for (auto first = output.nodes(); first < nodes; first += out.size()) {
    out.resize(std::min(kForgetNodes, nodes - first));
    device::for_ranges(work.job.threads(), out.size(), 1024,
                       [&](std::size_t begin, std::size_t end) {
                         replica::encode(data.nodes().subspan(first + begin, end - begin),
                                         label.nodes().subspan(first + begin, end - begin),
                                         std::span(out).subspan(begin, end - begin), backend);
                       });
    output.write(out);
    data.forget();
    label.forget();
    work.job.progress(first + out.size(), nodes, "nodes", "replica");
    if (work.job.stop_wanted()) output.checkpoint();
    work.job.throw_if_stopping();
  }
  return output.commit(Node{});
}

}  // namespace

sector::Written make_replica(const Work& work) {
  auto& ranks = work.job.ranks();
  const auto& folder = work.folder;
  sector::Written written;
  if (ranks.first()) {
    const auto file = folder.sealed();
    if (const auto kept = sector::find_trusted(folder, file, "sealed", work.replica_id)) {
      work.job.log("replica: kept, its digest is the recorded one");
      written = kept->written;
    } else {
      written = encode(work, file).written;
    }
  }
  ranks.barrier();
  return written;
}

std::vector<sector::DigestRecord> make_tree_c(const Work& work) {
  std::vector<sector::Mapping> layers;
  for (const auto& file : work.folder.layers())
    layers.push_back(sector::Mapping::read(work.folder, file));
  const auto leaves = [&](std::uint64_t first, std::span<Node> out) {
    device::for_ranges(
        work.job.threads(), out.size(), kGrain, [&](std::size_t begin, std::size_t end) {
          std::vector<const Node*> columns;
          for (const auto& layer : layers) columns.push_back(layer.nodes().data() + first + begin);
          poseidon::hash_columns(columns, out.subspan(begin, end - begin), work.job.backend());
        });
    if ((first + out.size()) % kForgetNodes == 0)
      for (const auto& layer : layers) layer.forget();
  };
  return TreeMaker(work, {"tree-c", work.folder.tree_c(), 0, leaves}).make();
}

std::vector<sector::DigestRecord> make_tree_r_last(const Work& work) {
  const auto sealed = sector::Mapping::read(work.folder, work.folder.sealed());
  const auto leaves = [&](std::uint64_t first, std::span<Node> out) {
    const auto from = sealed.nodes().subspan(first, out.size());
    std::copy(from.begin(), from.end(), out.begin());
    if ((first + out.size()) % kForgetNodes == 0) sealed.forget();
  };
  return TreeMaker(work,
                   {"tree-r-last", work.folder.tree_r_last(),
                    tree::rows_to_discard(tree::base_tree(work.folder.porep().tree())), leaves})
      .make();
}

}  // namespace sealyard::pc2
