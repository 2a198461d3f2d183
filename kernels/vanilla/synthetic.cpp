#include "kernels/vanilla/synthetic.h"

#include <algorithm>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/device/share.h"

namespace sealyard::vanilla {
namespace {

constexpr std::size_t kIdBytes = sizeof(std::uint64_t);

struct Shapes {
  explicit Shapes(const PorepConfig& config)
      : data(tree::data_tree(config.nodes())),
        base(tree::base_tree(config.tree())),
        split(config.tree()) {}

  tree::Layout data, base;
  TreeShape split;
};

// Leaf and siblings, bottom up: the part of an inclusion proof that a record holds.
class Writer {
 public:
  explicit Writer(std::span<std::uint8_t> out) : out_(out) {}

  void id(std::uint64_t number) { store_le(take(kIdBytes).data(), number); }
  void nodes(std::span<const Node> nodes) {
    for (const auto& node : nodes)
      std::copy(node.bytes.begin(), node.bytes.end(), take(kNodeBytes).begin());
  }
  void inclusion(const tree::InclusionProof& proof) {
    nodes({&proof.leaf, 1});
    for (const auto* path : {&proof.base, &proof.sub, &proof.top}) nodes(path->siblings);
  }
  bool full() const { return out_.empty(); }

 private:
  std::span<std::uint8_t> take(std::size_t n) {
    if (n > out_.size())
      throw Error(Fault::usage, "synthetic record: the proof is larger than the sector's records");
    const auto taken = out_.first(n);
    out_ = out_.subspan(n);
    return taken;
  }

  std::span<std::uint8_t> out_;
};

// The reverse; the size of the record was checked before.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> in) : in_(in) {}

  std::uint64_t id() { return load_le<std::uint64_t>(take(kIdBytes).data()); }
  void nodes(std::span<Node> nodes) {
    for (auto& node : nodes) std::copy_n(take(kNodeBytes).begin(), kNodeBytes, node.bytes.begin());
  }
  tree::InclusionProof inclusion(const tree::Layout& layout, const TreeShape& shape,
                                 std::uint64_t leaf, const Node& root) {
    auto proof = tree::blank_proof(layout, shape, leaf);
    proof.root = root;
    nodes({&proof.leaf, 1});
    for (auto* path : {&proof.base, &proof.sub, &proof.top}) nodes(path->siblings);
    return proof;
  }

 private:
  std::span<const std::uint8_t> take(std::size_t n) {
    const auto taken = in_.first(n);
    in_ = in_.subspan(n);
    return taken;
  }

  std::span<const std::uint8_t> in_;
};

}  // namespace

std::array<std::uint8_t, kSyntheticHeadBytes> encode_synthetic_head(const Commitments& roots) {
  std::array<std::uint8_t, kSyntheticHeadBytes> head{};
  Writer(head).nodes(std::array{roots.comm_d, roots.comm_c, roots.comm_r_last});
  return head;
}

Commitments decode_synthetic_head(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kSyntheticHeadBytes)
    throw Error(Fault::corrupt, "synthetic proofs: {} bytes, want at least {}", bytes.size(),
                kSyntheticHeadBytes);
  std::array<Node, 3> roots;
  Input(bytes).nodes(roots);
  return {roots[0], roots[1], roots[2]};
}

std::uint64_t synthetic_record_bytes(const PorepConfig& config) {
  const Shapes shapes(config);
  const auto path = 1 + tree::path_siblings(shapes.base, shapes.split);
  const auto data_path = 1 + tree::path_siblings(shapes.data, tree::whole(shapes.data));
  const auto columns = (kParents + 1) * (config.layers() + path);
  return (kParents + 1) * kIdBytes + kNodeBytes * (data_path + columns + path);
}

std::uint64_t synthetic_file_bytes(const PorepConfig& config) {
  return kSyntheticHeadBytes + config.synthetic_challenges() * synthetic_record_bytes(config);
}

void encode_synthetic_record(const Proof& proof, const PorepConfig& config,
                             std::span<std::uint8_t> out) {
  if (out.size() != synthetic_record_bytes(config))
    throw Error(Fault::usage, "synthetic record: room for {} bytes, want {}", out.size(),
                synthetic_record_bytes(config));
  Writer to(out);
  to.id(proof.challenge);
  for (const auto& parent : proof.parents) to.id(parent.index);
  to.inclusion(proof.comm_d);
  to.nodes(proof.column.rows);
  to.inclusion(proof.column.inclusion);
  for (const auto& parent : proof.parents) {
    to.nodes(parent.rows);
    to.inclusion(parent.inclusion);
  }
  to.inclusion(proof.comm_r_last);
  if (!to.full())
    throw Error(Fault::usage, "synthetic record: the proof is smaller than the sector's records");
}

Proof decode_synthetic_record(std::span<const std::uint8_t> record, const PorepConfig& config,
                              const Commitments& roots) {
  if (record.size() != synthetic_record_bytes(config))
    throw Error(Fault::corrupt, "synthetic record: {} bytes, want {}", record.size(),
                synthetic_record_bytes(config));
  const Shapes shapes(config);
  Input from(record);
  const auto node = [&](std::string_view what) {
    const auto id = from.id();
    if (id >= config.nodes())
      throw Error(Fault::corrupt, "synthetic record: {} is node {}, want below {}", what, id,
                  config.nodes());
    return static_cast<std::uint32_t>(id);
  };
  const auto read_column = [&](ColumnProof& column) {
    column.rows.resize(config.layers());
    from.nodes(column.rows);
    column.inclusion = from.inclusion(shapes.base, shapes.split, column.index, roots.comm_c);
  };
  Proof proof;
  proof.column.index = node("the challenge");
  proof.challenge = proof.column.index;
  for (auto& parent : proof.parents) parent.index = node("a parent");
  proof.comm_d =
      from.inclusion(shapes.data, tree::whole(shapes.data), proof.challenge, roots.comm_d);
  read_column(proof.column);
  for (auto& parent : proof.parents) read_column(parent);
  proof.comm_r_last = from.inclusion(shapes.base, shapes.split, proof.challenge, roots.comm_r_last);
  return proof;
}

void write_synthetic_records(const Sector& sector, std::span<const std::uint64_t> challenges,
                             std::span<std::uint8_t> out, unsigned threads) {
  const auto record = synthetic_record_bytes(sector.config);
  if (out.size() != challenges.size() * record)
    throw Error(Fault::usage, "synthetic records: room for {} bytes, want {} for {} challenges",
                out.size(), challenges.size() * record, challenges.size());
  const Commitments roots{sector.tree_d.root(), sector.tree_c.root(), sector.tree_r_last.root()};
  device::for_ranges(threads, challenges.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Proof proof = prove(sector, challenges[i]);
      if (const auto flaw = check_hashes(proof, sector.config, sector.replica_id,
                                         sector.parents(challenges[i]), roots))
        throw Error(Fault::corrupt, "vanilla proof: {}", *flaw);
      encode_synthetic_record(proof, sector.config, out.subspan(i * record, record));
    }
  });
}

}  // namespace sealyard::vanilla
