#include "jobs/sector/vanilla_sector.h"

#include <vector>

#include "jobs/sector/mapping.h"
#include "kernels/graph/graph.h"
#include "kernels/tree/layout.h"
#include "kernels/tree/source.h"

namespace sealyard::sector {
namespace {

std::vector<Mapping> map(const Folder& folder, const std::vector<File>& files, bool few) {
  std::vector<Mapping> list;
  for (const auto& file : files) {
    list.push_back(Mapping::read(folder, file));
    if (few) list.back().random();
  }
  return list;
}

std::vector<tree::Reader> readers(const std::vector<Mapping>& files) {
  std::vector<tree::Reader> list;
  list.reserve(files.size());
  for (const auto& file : files) list.push_back(tree::reader_of(file.nodes()));
  return list;
}

struct Files {
  Files(const Folder& folder, bool few)
      : layers(map(folder, folder.layers(), few)),
        sealed(map(folder, {folder.sealed()}, few)),
        tree_d(map(folder, {folder.tree_d()}, few)),
        tree_c(map(folder, folder.tree_c(), few)),
        tree_r_last(map(folder, folder.tree_r_last(), few)) {}

  std::vector<Mapping> layers, sealed, tree_d, tree_c, tree_r_last;
};

}  // namespace

struct VanillaSector::State {
  State(const Folder& folder, const Node& replica_id, std::uint64_t held_nodes,
        const device::Share& share)
      : porep(folder.porep()),
        files(folder, held_nodes == 0),
        base(tree::base_tree(porep.tree())),
        data(tree::data_tree(porep.nodes())),
        graph(porep),
        tree_d({"tree-d", data, tree::whole(data), 0, {}, readers(files.tree_d)}, held_nodes,
               share),
        tree_c({"tree-c", base, porep.tree(), 0, {}, readers(files.tree_c)}, held_nodes, share),
        tree_r_last({"tree-r-last", base, porep.tree(), tree::rows_to_discard(base),
                     tree::reader_of(files.sealed[0].nodes()), readers(files.tree_r_last)},
                    held_nodes, share),
        sector{.config = porep,
               .replica_id = replica_id,
               .layers = readers(files.layers),
               .tree_d = tree_d,
               .tree_c = tree_c,
               .tree_r_last = tree_r_last,
               .parents = [this](std::uint64_t node) {
                 vanilla::Parents parents;
                 graph.parents(node, parents);
                 return parents;
               }} {}

  PorepConfig porep;
  Files files;
  tree::Layout base, data;
  graph::Graph graph;
  tree::Source tree_d, tree_c, tree_r_last;
  vanilla::Sector sector;
};

VanillaSector::VanillaSector(const Folder& folder, const Node& replica_id, std::uint64_t held_nodes,
                             const device::Share& share)
    : state_(std::make_unique<State>(folder, replica_id, held_nodes, share)) {}
VanillaSector::~VanillaSector() = default;

const vanilla::Sector& VanillaSector::sector() const { return state_->sector; }

}  // namespace sealyard::sector
