// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/params.rs, Proof::verify();
// column_proof.rs, labeling_proof.rs, encoding_proof.rs.
#include <algorithm>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::vanilla {
namespace {

using Flaw = std::optional<std::string>;

bool canonical(std::span<const Node> nodes) {
  return std::all_of(nodes.begin(), nodes.end(), field::is_canonical);
}

// What one check needs to know; `where` starts every message.
struct Checker {
  const Proof& proof;
  const PorepConfig& config;
  const Node& replica_id;
  const Parents& parents;
  const Commitments& want;
  bool paths;

  template <typename... Args>
  Flaw flaw(fmt::format_string<Args...> text, Args&&... args) const {
    return fmt::format("challenge {}: {}", proof.challenge,
                       fmt::format(text, std::forward<Args>(args)...));
  }

  Flaw differ(std::string_view field, const Node& found, const Node& wanted) const {
    if (found == wanted) return std::nullopt;
    return flaw("{} is {}, want {}", field, to_hex(found), to_hex(wanted));
  }

  Flaw inclusion(const std::string& field, const tree::InclusionProof& found,
                 const tree::Layout& layout, const TreeShape& shape, std::uint64_t leaf,
                 const Node& root) const {
    const auto blank = tree::blank_proof(layout, shape, leaf);
    const auto fits = [](const tree::Path& a, const tree::Path& b) {
      return a.arity == b.arity && a.positions == b.positions &&
             a.siblings.size() == b.siblings.size();
    };
    if (found.hash != blank.hash || !fits(found.base, blank.base) || !fits(found.sub, blank.sub) ||
        !fits(found.top, blank.top))
      return flaw("{}: the path is not that of node {} in a tree of {}", field, leaf,
                  size_text(config.sector_bytes));
    for (const auto* path : {&found.base, &found.sub, &found.top})
      if (!canonical(path->siblings)) return flaw("{}: a sibling is no field element", field);
    if (!field::is_canonical(found.leaf))
      return flaw("{}: leaf {} is no field element", field, to_hex(found.leaf));
    if (auto bad = differ(field + ": root", found.root, root)) return bad;
    if (!paths) return std::nullopt;
    return differ(field + ": root hashed from leaf and siblings", found.folded_root(), root);
  }

  Flaw column(const std::string& field, const ColumnProof& found, std::uint64_t node) const {
    if (found.index != node) return flaw("{}: column {}, want {}", field, found.index, node);
    if (found.rows.size() != config.layers())
      return flaw("{}: {} labels, want {}", field, found.rows.size(), config.layers());
    if (!canonical(found.rows)) return flaw("{}: a label is no field element", field);
    if (auto bad =
            differ(field + ": leaf of tree-c", found.inclusion.leaf, poseidon::hash(found.rows)))
      return bad;
    return inclusion(field, found.inclusion, tree::base_tree(config.tree()), config.tree(), node,
                     want.comm_c);
  }

  // Parents before the labels made of theirs, these before the column of all layers: so a wrong
  // label is found with its layer.
  Flaw columns() const {
    for (unsigned i = 0; i < kParents; ++i) {
      const auto field = i < kBaseParents ? fmt::format("drg_parents[{}]", i)
                                          : fmt::format("exp_parents[{}]", i - kBaseParents);
      if (auto bad = column(field, proof.parents[i], parents[i])) return bad;
    }
    if (auto bad = labels()) return bad;
    return column("c_x", proof.column, proof.challenge);
  }

  Flaw labels() const {
    if (const auto found = proof.column.rows.size(); found != config.layers())
      return flaw("c_x: {} labels, want {}", found, config.layers());
    for (unsigned layer = 1; layer <= config.layers(); ++layer)
      if (auto bad =
              differ(fmt::format("c_x: label of layer {}", layer), proof.column.rows[layer - 1],
                     label(replica_id, labeling(proof, layer))))
        return bad;
    return std::nullopt;
  }

  Flaw all() const {
    if (proof.challenge == 0 || proof.challenge >= config.nodes())
      return flaw("no node of the sector, want 1 to {}", config.nodes() - 1);
    const auto data = tree::data_tree(config.nodes());
    if (auto bad = inclusion("comm_d_proofs", proof.comm_d, data, tree::whole(data),
                             proof.challenge, want.comm_d))
      return bad;
    if (auto bad = columns()) return bad;
    if (auto bad = inclusion("comm_r_last_proof", proof.comm_r_last, tree::base_tree(config.tree()),
                             config.tree(), proof.challenge, want.comm_r_last))
      return bad;
    return differ("comm_r_last_proof: leaf", proof.comm_r_last.leaf,
                  field::add(proof.comm_d.leaf, proof.column.rows.back()));
  }
};

}  // namespace

std::optional<std::string> check_hashes(const Proof& proof, const PorepConfig& config,
                                        const Node& replica_id, const Parents& parents,
                                        const Commitments& want) {
  return Checker{proof, config, replica_id, parents, want, false}.all();
}

std::optional<std::string> check(const Proof& proof, const PorepConfig& config,
                                 const Node& replica_id, const Parents& parents,
                                 const Commitments& want) {
  return Checker{proof, config, replica_id, parents, want, true}.all();
}

}  // namespace sealyard::vanilla
