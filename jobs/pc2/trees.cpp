#include "jobs/pc2/trees.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <sstream>

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
    const auto& file = kind_.files[base];
    const bool owner = !together || ranks_.first();
    const auto stored_from = layout_.stored_from(kind_.discarded);
    std::optional<sector::MappedOutput> output;
    std::optional<tree::Builder> builder;
    if (owner) {
      sector::require_space(work_.folder.cache(), file.bytes.value());
      output.emplace(work_.folder, file);
      const auto stored = output->nodes();
      builder.emplace(
          layout_,
          [&, stored](unsigned row, std::uint64_t first, std::span<const Node> nodes) {
            if (row <= kind_.discarded && kind_.discarded > 0) return;
            std::copy(nodes.begin(), nodes.end(),
                      stored.begin() + static_cast<std::ptrdiff_t>(layout_.row_start(row) + first -
                                                                   stored_from));
          },
          work_.job.share());
    }
    std::vector<Node> leaves(std::min(kBlockNodes, layout_.leaves));
    const auto start = base * layout_.leaves;
    for (std::uint64_t at = 0; at < layout_.leaves; at += leaves.size()) {
      block(start + at, leaves, together);
      if (owner) {
        if (kind_.discarded == 0)
          std::copy(leaves.begin(), leaves.end(),
                    output->nodes().begin() + static_cast<std::ptrdiff_t>(at));
        builder->add(leaves);
        report(start + at + leaves.size());
      }
      work_.job.throw_if_stopping();
    }
    if (!owner) return std::nullopt;
    sector::DigestRecord record{work_.replica_id, builder->root(), output->commit(work_.lock)};
    sector::write_digest_record(work_.folder, record_name(kind_, base), record, work_.lock);
    return record;
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
      sector::require_space(folder.root(), file.bytes.value());
      const auto data = sector::Mapping::read(folder, folder.unsealed());
      const auto label = sector::Mapping::read(folder, folder.layer(folder.porep().layers()));
      sector::MappedOutput output(folder, file);
      const auto nodes = folder.porep().nodes();
      const auto backend = replica::encode_backends.choose(work.job.backend());
      device::for_ranges(work.job.threads(), nodes, 1024, [&](std::size_t begin, std::size_t end) {
        const auto count = end - begin;
        replica::encode(data.nodes().subspan(begin, count), label.nodes().subspan(begin, count),
                        output.nodes().subspan(begin, count), backend);
      });
      work.job.progress(nodes, nodes, "nodes", "replica");
      written = output.commit(work.lock);
      sector::write_digest_record(folder, "sealed", {work.replica_id, Node{}, written}, work.lock);
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
  };
  return TreeMaker(work, {"tree-c", work.folder.tree_c(), 0, leaves}).make();
}

std::vector<sector::DigestRecord> make_tree_r_last(const Work& work) {
  const auto sealed = sector::Mapping::read(work.folder, work.folder.sealed());
  const auto leaves = [&](std::uint64_t first, std::span<Node> out) {
    const auto from = sealed.nodes().subspan(first, out.size());
    std::copy(from.begin(), from.end(), out.begin());
  };
  return TreeMaker(work,
                   {"tree-r-last", work.folder.tree_r_last(),
                    tree::rows_to_discard(tree::base_tree(work.folder.porep().tree())), leaves})
      .make();
}

}  // namespace sealyard::pc2
