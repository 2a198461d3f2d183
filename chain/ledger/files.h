// Small files that several programs of one home folder share.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <span>

namespace sealyard::ledger {

/// An exclusive flock while the object lives; waits for whoever holds it. The kernel drops it when
/// the process dies, however it dies.
class FileLock {
 public:
  /// Makes the file where it is not there, readable by its owner only.  @throws Error{io}
  explicit FileLock(const std::filesystem::path& file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int file_;
};

/// Written under "<file>.part", fsynced, renamed, the folder fsynced: a reader, and whoever comes
/// after a crash, sees the old bytes or the new ones. One writer at a time.
/// @throws Error{io}
void write_whole(const std::filesystem::path& file, std::span<const std::uint8_t> bytes,
                 mode_t mode);

}  // namespace sealyard::ledger
