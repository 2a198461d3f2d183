// The processes that run one job together: MPI ranks, or one process alone.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"

namespace sealyard::ranks {

/// [begin, end) of 0 .. n.
struct Range {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t size() const { return end - begin; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// Part `part` of n things dealt to `parts` parts in order: sizes differ by one at most, and all
/// but the last end are multiples of `grain`.
Range split(std::uint64_t n, unsigned parts, unsigned part, std::uint64_t grain = 1);

/// MPI is started only where several ranks were launched (mpiexec, srun --mpi=pmix); a process
/// alone never touches it. One object per process, made in launch::run. Calls are collective: every
/// rank makes the same ones in the same order, from the thread that made the object.
class Ranks {
 public:
  /// @throws Error{configuration} several tasks without a process manager MPI can use: each would
  ///         believe itself alone. "4 tasks of one step but no PMIx; use srun --mpi=pmix"
  Ranks();
  /// MPI_Finalize. Not reached when a rank fails: it leaves through abort().
  ~Ranks();
  Ranks(const Ranks&) = delete;

  unsigned rank() const { return rank_; }
  unsigned size() const { return size_; }
  bool alone() const { return size_ == 1; }
  bool first() const { return rank_ == 0; }
  /// This rank's part of n things.
  Range mine(std::uint64_t n, std::uint64_t grain = 1) const {
    return split(n, size_, rank_, grain);
  }

  void barrier();
  /// Every rank gets the bytes of rank `from`; equal lengths everywhere.
  void broadcast(std::span<std::uint8_t> bytes, unsigned from = 0);
  void broadcast(std::span<Node> nodes, unsigned from = 0);
  /// The nodes of all ranks in rank order, lengths may differ; empty but on rank `to`.
  std::vector<Node> gather(std::span<const Node> mine, unsigned to = 0);
  std::vector<std::string> gather(std::string_view mine, unsigned to = 0);
  std::vector<Node> gather_everywhere(std::span<const Node> mine);
  std::vector<std::uint64_t> gather_everywhere(std::uint64_t mine);
  /// True on every rank when it is on any: "is anyone asked to stop?"
  bool any(bool mine);

  /// Ends every rank of the job at once with this exit code.
  [[noreturn]] void abort(int code);

 private:
  unsigned rank_ = 0, size_ = 1;
};

}  // namespace sealyard::ranks
