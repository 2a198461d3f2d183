// The parents cache: 14 parents of every node in a file that every Filecoin implementation shares.
// Name and bytes are the reference's; beside it lies a record with the digest of every block, so
// that what is read is proven while it is read and only bad blocks are made again (CHK-02).
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/cache.rs.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jobs/sector/output.h"
#include "kernels/base/porep.h"
#include "kernels/device/share.h"

namespace sealyard::parent_cache {

/// Nodes of a block: 3.5 MiB, read, hashed and repaired as one.
inline constexpr std::uint64_t kBlockNodes = std::uint64_t{1} << 16;

/// Nodes done of all; may throw to stop.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

std::filesystem::path cache_path(const std::filesystem::path& folder, const PorepConfig& porep);
/// "<cache file>.blocks"
std::filesystem::path record_path(const std::filesystem::path& cache);

/// What make() and verify() leave.
struct Made {
  std::filesystem::path path;
  sector::Written written;
  bool found = false;                   ///< it was there already
  std::vector<std::uint64_t> repaired;  ///< numbers of the blocks that were bad
};

/// Makes the cache where there is none, under a temporary name, and renames. One that is there with
/// a record of its blocks is left as it is; one without (another program made it) is proven by the
/// published digest of its proof type, else by making every block again, and gets its record.
/// One process makes a cache at a time, others wait.
/// @throws Error{io} no space, read-only folder; Error{internal} the new file has not the published
///         digest; what `progress` throws: nothing is left then.
Made make(const std::filesystem::path& folder, const PorepConfig& porep, const device::Share& share,
          const Progress& progress = {});

/// As make(), but reads every block and makes the bad ones again.
Made verify(const std::filesystem::path& folder, const PorepConfig& porep,
            const device::Share& share, const Progress& progress = {});

/// Parents by ranges of nodes, from the file or, without one, computed as they are asked for. The
/// block behind the last one asked for is fetched by a thread of its own meanwhile. For one thread.
class Parents {
 public:
  /// From the cache under `folder`, which is made when missing. Where it cannot be made (read-only,
  /// no space) parents are computed as they are asked for; text() says so.
  static Parents open_or_create(const std::filesystem::path& folder, const PorepConfig& porep,
                                unsigned threads, const Progress& progress = {});
  /// Never from a file.
  static Parents computed(const PorepConfig& porep, unsigned threads,
                          std::string why = "asked for");

  Parents(Parents&&) noexcept;
  ~Parents();

  /// 14 indexes a node of [first, first + count); valid until the next call. Fast when called in
  /// ascending order. A block that has not its digest is computed and, where we may, repaired.
  /// @throws Error{usage} behind the last node; Error{io}
  std::span<const std::uint32_t> block(std::uint64_t first, std::uint64_t count);

  std::uint64_t repaired() const;  ///< blocks that had not their digest so far
  /// "v28-sdr-parent-494d...cache, 4 blocks checked while read", "computed: no space ..."
  std::string text() const;

 private:
  struct State;
  explicit Parents(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sealyard::parent_cache
