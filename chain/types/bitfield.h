// Sets of sector numbers and partitions, kept as runs: a whole miner is a few bytes.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "chain/types/bytes.h"

namespace sealyard::types {

/// A set of numbers below 2^64 - 1. Sizes and times are those of its runs, not of its members.
class Bitfield {
 public:
  struct Run {
    std::uint64_t first, count;
    friend bool operator==(const Run&, const Run&) = default;
  };

  Bitfield() = default;
  Bitfield(std::initializer_list<std::uint64_t> members);
  static Bitfield of(const std::vector<std::uint64_t>& members);
  /// All of [first, first + count).
  static Bitfield range(std::uint64_t first, std::uint64_t count);

  /// RLE+ as on chain; of every set there is one encoding, every other one is refused.
  /// Source: filecoin-project/specs, data structures, RLE+; ref-fvm, ipld/bitfield.
  /// @throws Error{corrupt} not RLE+ in canonical form, above 32 KiB, or a number of 2^64 - 1 or
  /// more.
  static Bitfield from_rle_plus(ByteView bytes);
  Bytes rle_plus() const;

  /// Run lengths by turns out and in, the first out: {0,1,2,8,9} = [0,3,5,2], {} = [0]. The JSON
  /// form.
  /// @throws Error{usage} a run of 0 that is not the first, or an overflow.
  static Bitfield from_run_lengths(const std::vector<std::uint64_t>& lengths);
  std::vector<std::uint64_t> run_lengths() const;

  void insert(std::uint64_t first, std::uint64_t count = 1);
  bool contains(std::uint64_t member) const;
  bool empty() const { return runs_.empty(); }
  std::uint64_t size() const;
  /// Every member in order.  @throws Error{usage} more than `limit` members.
  std::vector<std::uint64_t> members(std::uint64_t limit) const;
  /// Sorted, apart from one another, none empty.
  const std::vector<Run>& runs() const { return runs_; }

  Bitfield operator|(const Bitfield& other) const;
  Bitfield operator-(const Bitfield& other) const;

  friend bool operator==(const Bitfield&, const Bitfield&) = default;

 private:
  std::vector<Run> runs_;
};

/// Largest RLE+ encoding that the chain reads.  Source: ref-fvm, ipld/bitfield, MAX_ENCODED_SIZE.
inline constexpr std::size_t kMaxRlePlusBytes = 32 << 10;

}  // namespace sealyard::types
