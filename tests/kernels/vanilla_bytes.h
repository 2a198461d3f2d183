// The reference's vanilla proofs of PoSt and sector updates in tests/vectors: bincode 1.3.3,
// integers little-endian, lengths of 8 bytes, tags of 4. Source: rust-fil-proofs,
// filecoin-proofs/src/types/mod.rs, storage-proofs-core/src/merkle/proof.rs,
// storage-proofs-update/src/vanilla.rs.
#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/base/bytes.h"
#include "kernels/circuit/post.h"
#include "kernels/circuit/update.h"
#include "tests/vectors.h"

namespace sealyard::tests {

class VanillaBytes {
 public:
  explicit VanillaBytes(const std::string& path) : bytes_(vectors::bytes(path)) {}

  /// The one proof of a sector of a PoSt case.
  circuit::PostSector post_sector() {
    circuit::PostSector sector;
    number<std::uint64_t>();  // of the sector
    sector.comm_r = node();
    if (length() != 1) throw std::runtime_error("not one proof");
    sector.proofs.resize(length());
    for (auto& proof : sector.proofs) proof = inclusion(tree::Hash::poseidon);
    sector.comm_c = node();
    sector.comm_r_last = node();
    end();
    return sector;
  }

  circuit::UpdatePartition update_partition(unsigned index) {
    circuit::UpdatePartition partition;
    partition.number = index;
    partition.comm_c = node();
    partition.apex_leaves.resize(length());
    for (auto& leaf : partition.apex_leaves) leaf = node();
    partition.challenges.resize(length());
    for (auto& challenge : partition.challenges) {
      challenge.r_old = inclusion(tree::Hash::poseidon);
      challenge.d_new = inclusion(tree::Hash::sha256);
      challenge.r_new = inclusion(tree::Hash::poseidon);
    }
    end();
    return partition;
  }

 private:
  template <typename T>
  T number() {
    return load_le<T>(bytes_.data() + take(sizeof(T)));
  }
  std::size_t length() {
    const auto value = number<std::uint64_t>();
    if (value > bytes_.size()) throw std::runtime_error("a length beyond the end");
    return value;
  }
  Node node() {
    Node made;
    std::copy_n(bytes_.begin() + take(kNodeBytes), kNodeBytes, made.bytes.begin());
    return made;
  }
  std::ptrdiff_t take(std::size_t count) {
    if (bytes_.size() - at_ < count) throw std::runtime_error("cut off");
    at_ += count;
    return static_cast<std::ptrdiff_t>(at_ - count);
  }
  void end() const {
    if (at_ != bytes_.size()) throw std::runtime_error("bytes behind the end");
  }

  tree::Path path() {
    tree::Path made;
    const auto levels = length();
    for (std::size_t level = 0; level < levels; ++level) {
      const auto siblings = length();
      made.arity = static_cast<unsigned>(siblings + 1);
      for (std::size_t i = 0; i < siblings; ++i) made.siblings.push_back(node());
      made.positions.push_back(static_cast<std::uint8_t>(number<std::uint64_t>()));
    }
    return made;
  }
  tree::InclusionProof inclusion(tree::Hash hash) {
    tree::InclusionProof proof;
    proof.hash = hash;
    const auto kind = number<std::uint32_t>();
    if (kind == 0) {
      proof.root = node();
      proof.leaf = node();
      proof.base = path();
      return proof;
    }
    proof.base = path();
    proof.sub = path();
    if (kind == 2) proof.top = path();
    proof.root = node();
    proof.leaf = node();
    return proof;
  }

  std::vector<std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

}  // namespace sealyard::tests
