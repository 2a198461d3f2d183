#include <algorithm>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/tree/tree.h"

namespace sealyard::tree {

Builder::Builder(const Layout& layout, RowSink sink, const device::Share& share)
    : Builder(layout, 0, layout.leaves, std::move(sink), share) {}

Builder::Builder(const Layout& layout, std::uint64_t first, std::uint64_t count, RowSink sink,
                 const device::Share& share)
    : layout_(layout), share_(share), sink_(std::move(sink)), last_leaf_(first + count) {
  std::uint64_t size = 1;
  rows_.push_back({first, {}});
  while (size < count) {
    size *= layout.arity;
    rows_.push_back({first / size, {}});
  }
  if (size != count || first % count != 0 || last_leaf_ > layout.leaves)
    throw Error(Fault::usage, "tree::Builder: leaves {} to {} of {} are no subtree of arity {}",
                first, last_leaf_, layout.leaves, layout.arity);
}

void Builder::add(std::span<const Node> leaves) {
  if (leaves.size() > last_leaf_ - rows_[0].next)
    throw Error(Fault::usage, "tree::Builder: {} leaves more than there are from {} to {}",
                leaves.size() - (last_leaf_ - rows_[0].next), rows_[0].next, last_leaf_);
  raise(0, leaves);
}

// Takes the next nodes of a row, hashes all whole groups and hands them to the row above. First the
// group that waits since the last call is filled, so that the rest is hashed where it lies.
void Builder::raise(unsigned row, std::span<const Node> nodes) {
  if (nodes.empty()) return;
  rows_[row].next += nodes.size();
  if (row + 1 == rows_.size()) {
    root_ = nodes[0];
    return;
  }
  auto& waiting = rows_[row].waiting;
  if (!waiting.empty()) {
    const std::size_t missing = std::min<std::size_t>(layout_.arity - waiting.size(), nodes.size());
    waiting.insert(waiting.end(), nodes.begin(), nodes.begin() + missing);
    nodes = nodes.subspan(missing);
    if (waiting.size() < layout_.arity) return;
  }
  const std::size_t from_waiting = waiting.empty() ? 0 : 1;
  const std::size_t groups = nodes.size() / layout_.arity;
  std::vector<Node> above(from_waiting + groups);
  hash_row(layout_.hash, layout_.arity, waiting, std::span(above).first(from_waiting), share_);
  hash_row(layout_.hash, layout_.arity, nodes.first(groups * layout_.arity),
           std::span(above).subspan(from_waiting), share_);
  waiting.assign(nodes.begin() + groups * layout_.arity, nodes.end());
  if (above.empty()) return;
  sink_(row + 1, rows_[row + 1].next, above);
  raise(row + 1, above);
}

Node Builder::root() const {
  if (rows_[0].next != last_leaf_)
    throw Error(Fault::usage, "tree::Builder: {} leaves are missing", last_leaf_ - rows_[0].next);
  return root_;
}

}  // namespace sealyard::tree
