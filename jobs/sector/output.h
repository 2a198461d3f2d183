// Files that appear whole or not at all.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "kernels/base/node.h"

namespace sealyard::sector {

/// What a finished file is, for records.
struct Written {
  std::uint64_t bytes = 0;
  Node sha256;  ///< plain SHA-256, not trimmed
};

/// A file written from front to back. Until commit() it has a temporary name; destroyed without
/// commit() it is unlinked. SHA-256 runs along, so the digest costs no second read.
///
///   Output layer(folder.layer(3).path, folder.temporary(...), {.expected_bytes = S});
///   layer.write(bytes); ...
///   const Written done = layer.commit(&lock);
///
/// Keeps 1 MiB of buffer. Not for several threads at once.
/// @throws Error{io} everywhere: which file, how many bytes of how many, the system's reason.
class Output {
 public:
  struct Options {
    std::uint64_t expected_bytes = 0;  ///< reserved at once (posix_fallocate) and checked by commit
    bool keep = false;                 ///< not committed: stays under its temporary name
  };

  Output(std::filesystem::path target, std::filesystem::path temporary, Options options);
  /// Small files and files outside a sector folder: the temporary name is ".<name>.part" beside it.
  explicit Output(std::filesystem::path target) : Output(target, beside(target), Options{}) {}

  /// Goes on after `bytes` of a kept file; what lies behind them is cut off. The kept bytes are
  /// read once and must have `sha256`.  @throws Error{corrupt} they have not, or are fewer.
  static Output resume(std::filesystem::path target, std::filesystem::path temporary,
                       const Written& kept, Options options);
  /// Goes on after all bytes of a kept file, whatever they are, or begins one that is not there.
  /// @param see  is shown the kept bytes, in order.
  static Output resume(std::filesystem::path target, std::filesystem::path temporary,
                       const std::function<void(std::span<const std::uint8_t>)>& see,
                       Options options);

  Output(Output&&) noexcept;
  ~Output();

  void write(std::span<const std::uint8_t> bytes);
  void write(std::span<const Node> nodes);
  /// Zero bytes: hashed, not written; they are holes or reserved blocks of the file.
  void write_zeros(std::uint64_t bytes);
  std::uint64_t bytes() const;  ///< written so far

  /// Everything written so far is on the disk; its digest, for a checkpoint.
  Written sync();

  /// fsync, fence, rename, fsync of the folder.
  /// @param lock  checked right before the rename; nullptr outside a sector.
  Written commit(const Lock* lock = nullptr);

  static std::filesystem::path beside(const std::filesystem::path& target);

 private:
  struct State;
  explicit Output(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Small whole files (records, JSON).  @throws Error{io}
Written write_file(const std::filesystem::path& target, std::string_view text,
                   const Lock* lock = nullptr);
/// @throws Error{missing}, Error{io}; Error{corrupt} longer than `limit_bytes`.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit_bytes = 64 << 20);

enum class Read { as_cached, from_disk };

/// Reads the file once; from_disk asks the system to forget what it has of it in memory.
/// @throws Error{missing}, Error{io}
Written digest(const std::filesystem::path& path, Read read = Read::as_cached);

/// Fence, rename of a file or folder, fsync of both parents. The same file system on both sides.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to,
                    const Lock* lock);

}  // namespace sealyard::sector
