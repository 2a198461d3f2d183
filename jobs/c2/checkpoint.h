// Proofs of single partitions, kept until the whole proof is written.
#pragma once
#include <filesystem>
#include <optional>
#include <string_view>

#include "jobs/sector/lock.h"
#include "kernels/base/node.h"
#include "kernels/groth16/proof.h"

namespace sealyard::c2 {

/// What a proof of one partition is a function of, besides chance.
struct Origin {
  Node c1;                      ///< digest of C1's output
  Node key;                     ///< digest of the verifying key
  std::string_view randomness;  ///< name of the fixed one; empty: drawn
};

/// One file a partition: a digest of all that the proof comes from, then the proof. A file of
/// another origin is as good as none, so a stale one is never used.
class Checkpoints {
 public:
  /// @param stem  the file of partition 3 is "<stem>partition-3".
  Checkpoints(std::filesystem::path stem, const Origin& origin);

  std::optional<groth16::ProofBytes> find(unsigned partition) const;
  /// @param lock  nullptr: outside a sector, or one of several ranks, whose first one holds it.
  /// @throws Error{io}, Error{busy} (fence)
  void keep(unsigned partition, const groth16::ProofBytes& proof, const sector::Lock* lock) const;
  /// All of them, of whatever origin.  @throws Error{io}
  void remove() const;

  std::filesystem::path file(unsigned partition) const;

 private:
  Node key_of(unsigned partition) const;

  std::filesystem::path stem_;
  Node origin_;
};

}  // namespace sealyard::c2
