// The result of a message that may do a part of its work.
#pragma once
#include <cstdint>
#include <vector>

#include "chain/types/bytes.h"

namespace sealyard::message {

/// What ProveCommitSectors3 returns: how many sectors went through, and each one that did not.
/// Source: builtin-actors v18, runtime/src/util/batch_return.rs.
struct BatchReturn {
  struct Failure {
    std::uint64_t index;      ///< in the order of the message
    std::uint64_t exit_code;  ///< as of a message of its own
    friend bool operator==(const Failure&, const Failure&) = default;
  };
  std::uint64_t successes = 0;
  std::vector<Failure> failures;  ///< by rising index

  types::Bytes cbor() const;
  /// @throws Error{corrupt}
  static BatchReturn from_cbor(types::ByteView bytes);
  /// 0, or why item `index` failed.
  std::uint64_t exit_code(std::uint64_t index) const;
};

}  // namespace sealyard::message
