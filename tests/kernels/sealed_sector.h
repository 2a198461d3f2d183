// A sealed sector held in memory, as tests prove it: layers, data, replica and trees.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "kernels/graph/graph.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/tree/source.h"
#include "kernels/tree/tree.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::tests {

/// Builds all trees from the layers, the data and the replica.
struct SealedSector {
  PorepConfig config;
  Node replica_id;
  std::vector<std::vector<Node>> layers;
  std::vector<Node> data, sealed;
  std::vector<Node> tree_d;
  std::vector<std::vector<Node>> tree_c, tree_r_last;  // base trees; the second as stored
  vanilla::Commitments roots;

  void build_trees(const device::Share& share = {2, device::best_cpu()}) {
    const auto base = tree::base_tree(config.tree());
    std::vector<const Node*> starts;
    for (const auto& layer : layers) starts.push_back(layer.data());
    std::vector<Node> columns(config.nodes());
    device::for_ranges(share.threads, columns.size(), 64, [&](std::size_t begin, std::size_t end) {
      auto from = starts;
      for (auto& start : from) start += begin;
      poseidon::hash_columns(from, std::span(columns).subspan(begin, end - begin), share.backend);
    });
    tree_d = whole_tree(tree::data_tree(config.nodes()), data, share);
    std::vector<Node> c_roots, r_roots;
    for (std::size_t at = 0; at < columns.size(); at += base.leaves) {
      tree_c.push_back(whole_tree(base, std::span(columns).subspan(at, base.leaves), share));
      c_roots.push_back(tree_c.back().back());
      auto nodes = whole_tree(base, std::span(sealed).subspan(at, base.leaves), share);
      nodes.erase(nodes.begin(), nodes.begin() + base.stored_from(discarded()));
      tree_r_last.push_back(std::move(nodes));
      r_roots.push_back(tree_r_last.back().back());
    }
    roots = {tree_d.back(), tree::join_roots(c_roots, config.tree()),
             tree::join_roots(r_roots, config.tree())};
  }

  unsigned discarded() const { return tree::rows_to_discard(tree::base_tree(config.tree())); }

  static std::vector<Node> whole_tree(const tree::Layout& layout, std::span<const Node> leaves,
                                      const device::Share& share) {
    std::vector<Node> nodes(layout.nodes());
    std::copy(leaves.begin(), leaves.end(), nodes.begin());
    tree::build(layout, nodes, share);
    return nodes;
  }
};

/// The sources of proofs over a sealed sector, which must outlive it.
class ProofSources {
 public:
  explicit ProofSources(const SealedSector& sealed, std::uint64_t held_nodes = 0)
      : graph_(sealed.config),
        tree_d_(stored("tree-d", tree::data_tree(sealed.config.nodes()), {sealed.tree_d}, 0, {}),
                held_nodes),
        tree_c_(stored("tree-c", sealed.config, sealed.tree_c, 0, {}), held_nodes),
        tree_r_last_(stored("tree-r-last", sealed.config, sealed.tree_r_last, sealed.discarded(),
                            tree::reader_of(sealed.sealed)),
                     held_nodes),
        sector_{sealed.config,
                sealed.replica_id,
                {},
                tree_d_,
                tree_c_,
                tree_r_last_,
                [this](std::uint64_t node) { return parents(node); }} {
    for (const auto& layer : sealed.layers) sector_.layers.push_back(tree::reader_of(layer));
  }
  ProofSources(const ProofSources&) = delete;

  const vanilla::Sector& sector() const { return sector_; }

  vanilla::Parents parents(std::uint64_t node) const {
    vanilla::Parents out{};
    graph_.parents(node, out);
    return out;
  }

 private:
  // Readers of nodes that live as long as the sealed sector.
  static tree::StoredTree stored(const char* name, const tree::Layout& layout,
                                 const std::vector<std::span<const Node>>& files,
                                 unsigned discarded, const tree::Reader& leaves,
                                 const TreeShape* shape = nullptr) {
    tree::StoredTree out{name, layout, shape ? *shape : tree::whole(layout), discarded, leaves, {}};
    for (const auto& nodes : files) out.stored.push_back(tree::reader_of(nodes));
    return out;
  }
  static tree::StoredTree stored(const char* name, const PorepConfig& config,
                                 const std::vector<std::vector<Node>>& files, unsigned discarded,
                                 const tree::Reader& leaves) {
    const auto shape = config.tree();
    return stored(name, tree::base_tree(shape),
                  std::vector<std::span<const Node>>(files.begin(), files.end()), discarded, leaves,
                  &shape);
  }

  graph::Graph graph_;
  tree::Source tree_d_, tree_c_, tree_r_last_;
  vanilla::Sector sector_;
};

}  // namespace sealyard::tests
