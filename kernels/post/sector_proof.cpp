#include "kernels/post/sector_proof.h"

#include <algorithm>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/tree/tree.h"

namespace sealyard::post {
namespace {

using circuit::PostSector;
using tree::InclusionProof;

// Which of base, sub and top a proof has: the variant's number in the reference's enum.
enum class Kind : std::uint32_t { single, sub, top };

Kind kind_of(const InclusionProof& proof) {
  if (!proof.top.empty()) return Kind::top;
  return proof.sub.empty() ? Kind::single : Kind::sub;
}

class Writer {
 public:
  template <typename T>
  void number(T value) {
    bytes_.resize(bytes_.size() + sizeof value);
    store_le(bytes_.data() + bytes_.size() - sizeof value, value);
  }
  void length(std::uint64_t value) { number(value); }
  void node(const Node& node) { bytes_.insert(bytes_.end(), node.bytes.begin(), node.bytes.end()); }

  void path(const tree::Path& path) {
    length(path.levels());
    for (std::size_t level = 0; level < path.levels(); ++level) {
      const auto siblings = path.siblings_at(level);
      length(siblings.size());
      for (const auto& sibling : siblings) node(sibling);
      number<std::uint64_t>(path.positions[level]);
    }
  }

  void inclusion(const InclusionProof& proof) {
    const auto kind = kind_of(proof);
    number(static_cast<std::uint32_t>(kind));
    if (kind == Kind::single) {
      node(proof.root);
      node(proof.leaf);
      return path(proof.base);
    }
    path(proof.base);
    path(proof.sub);
    if (kind == Kind::top) path(proof.top);
    node(proof.root);
    node(proof.leaf);
  }

  void sector(const PostSector& sector) {
    length(sector.proofs.size());
    for (const auto& proof : sector.proofs) inclusion(proof);
    node(sector.comm_c);
    node(sector.comm_r_last);
  }

  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

// Reads what Writer wrote of known shapes. The length of the whole was checked before.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : at_(bytes.data()) {}

  template <typename T>
  T number() {
    const T value = load_le<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  void expect(std::uint64_t found, std::uint64_t want, std::string_view what) {
    if (found != want)
      throw Error(Fault::corrupt, "vanilla proof: {} {}, want {}", what, found, want);
  }
  Node node() {
    Node node;
    std::copy_n(at_, kNodeBytes, node.bytes.begin());
    at_ += kNodeBytes;
    return node;
  }

  // `path` has the wanted shape; positions and siblings are filled in.
  void path(tree::Path& path) {
    expect(number<std::uint64_t>(), path.levels(), "levels");
    for (std::size_t level = 0; level < path.levels(); ++level) {
      expect(number<std::uint64_t>(), path.arity - 1, "siblings");
      for (unsigned i = 0; i + 1 < path.arity; ++i)
        path.siblings[level * (path.arity - 1) + i] = node();
      const auto position = number<std::uint64_t>();
      if (position >= path.arity)
        throw Error(Fault::corrupt, "vanilla proof: position {}, want below {}", position,
                    path.arity);
      path.positions[level] = static_cast<std::uint8_t>(position);
    }
  }

  InclusionProof inclusion(InclusionProof proof) {
    const auto kind = kind_of(proof);
    expect(number<std::uint32_t>(), static_cast<std::uint32_t>(kind), "tag");
    if (kind == Kind::single) {
      proof.root = node();
      proof.leaf = node();
      path(proof.base);
      return proof;
    }
    path(proof.base);
    path(proof.sub);
    if (kind == Kind::top) path(proof.top);
    proof.root = node();
    proof.leaf = node();
    return proof;
  }

 private:
  const std::uint8_t* at_;
};

InclusionProof blank(const TreeShape& tree) {
  return tree::blank_proof(tree::base_tree(tree), tree, 0);
}

bool same_shape(const InclusionProof& found, const InclusionProof& want) {
  const auto same = [](const tree::Path& a, const tree::Path& b) {
    return a.arity == b.arity && a.levels() == b.levels() && a.siblings.size() == b.siblings.size();
  };
  return found.hash == want.hash && same(found.base, want.base) && same(found.sub, want.sub) &&
         same(found.top, want.top);
}

bool canonical(const InclusionProof& proof) {
  const auto all = [](const std::vector<Node>& nodes) {
    return std::all_of(nodes.begin(), nodes.end(), field::is_canonical);
  };
  return field::is_canonical(proof.leaf) && all(proof.base.siblings) && all(proof.sub.siblings) &&
         all(proof.top.siblings);
}

std::optional<std::string> path_flaw(const InclusionProof& proof, const InclusionProof& want,
                                     const Node& root, std::uint64_t leaf) {
  if (!same_shape(proof, want)) return "a path of another shape";
  if (proof.leaf_index() != leaf)
    return fmt::format("proves leaf {}, want {}", proof.leaf_index(), leaf);
  if (proof.root != root)
    return fmt::format("root {}, CommRLast is {}", to_hex(proof.root), to_hex(root));
  if (!canonical(proof)) return "a node that is no field element";
  if (const auto found = proof.folded_root(); found != root)
    return fmt::format("hashes to {}, want {}", to_hex(found), to_hex(root));
  return std::nullopt;
}

}  // namespace

std::vector<std::uint8_t> encode(const SectorProof& proof) {
  Writer writer;
  writer.number(proof.number);
  writer.node(proof.sector.comm_r);
  writer.length(1);
  writer.sector(proof.sector);
  return writer.take();
}

std::size_t encoded_bytes(const TreeShape& tree, unsigned challenges) {
  PostSector sector;
  sector.proofs.assign(challenges, blank(tree));
  return encode({0, std::move(sector)}).size();
}

SectorProof decode(std::span<const std::uint8_t> bytes, const TreeShape& tree,
                   unsigned challenges) {
  if (const auto want = encoded_bytes(tree, challenges); bytes.size() != want)
    throw Error(Fault::corrupt, "vanilla proof: {} bytes, want {}", bytes.size(), want);
  Reader reader(bytes);
  SectorProof proof;
  proof.number = reader.number<std::uint64_t>();
  proof.sector.comm_r = reader.node();
  reader.expect(reader.number<std::uint64_t>(), 1, "proofs of sectors");
  reader.expect(reader.number<std::uint64_t>(), challenges, "challenges");
  for (unsigned i = 0; i < challenges; ++i)
    proof.sector.proofs.push_back(reader.inclusion(blank(tree)));
  proof.sector.comm_c = reader.node();
  proof.sector.comm_r_last = reader.node();
  return proof;
}

std::vector<std::uint8_t> encode_partition(const circuit::PostShape& shape,
                                           std::span<const PostSector> sectors) {
  if (sectors.empty() || sectors.size() > shape.sectors)
    throw Error(Fault::usage, "post: {} sectors in a partition of 1 to {}", sectors.size(),
                shape.sectors);
  Writer writer;
  writer.length(shape.sectors);
  for (std::size_t i = 0; i < shape.sectors; ++i)
    writer.sector(sectors[std::min(i, sectors.size() - 1)]);
  return writer.take();
}

std::optional<std::string> flaw(const SectorProof& proof, const TreeShape& tree, const Node& comm_r,
                                std::span<const std::uint64_t> leaves) {
  const auto& sector = proof.sector;
  if (sector.comm_r != comm_r)
    return fmt::format("CommR {}, want {}", to_hex(sector.comm_r), to_hex(comm_r));
  if (!field::is_canonical(sector.comm_c) || !field::is_canonical(sector.comm_r_last))
    return "CommC or CommRLast is no field element";
  if (const auto found = tree::comm_r(sector.comm_c, sector.comm_r_last); found != comm_r)
    return fmt::format("CommC and CommRLast give CommR {}, want {}", to_hex(found), to_hex(comm_r));
  if (sector.proofs.size() != leaves.size())
    return fmt::format("{} challenges, want {}", sector.proofs.size(), leaves.size());
  const auto want = blank(tree);
  for (std::size_t i = 0; i < leaves.size(); ++i)
    if (auto bad = path_flaw(sector.proofs[i], want, sector.comm_r_last, leaves[i]))
      return fmt::format("challenge {}: {}", i, *bad);
  return std::nullopt;
}

}  // namespace sealyard::post
