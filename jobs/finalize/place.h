// Brings one part of a sector to its place for good.
#pragma once
#include <cstdint>
#include <functional>

#include "jobs/finalize/parts.h"
#include "jobs/sector/lock.h"

namespace sealyard::finalize {

/// Called with the bytes of each block that was copied; may throw to stop.
using Copied = std::function<void(std::uint64_t bytes)>;

/// True when `part` can be renamed into place: both ends on one file system.
bool by_rename(const sector::Folder& to, const Part& part);

/// Bytes that place() is going to write.
std::uint64_t bytes_to_copy(const sector::Folder& to, const Part& part);

/// The part appears at its target whole, or not at all. On one file system by rename: the source is
/// then gone. Else by copy, fsync, comparison of the copy read back with the source and its record,
/// rename: the source then stays, remove_source() takes it.
/// @throws Error{corrupt} the source has not the recorded bytes; Error{io}; Error{busy}
void place(const sector::Folder& to, const Part& part, const sector::Lock& lock,
           const Copied& copied);

/// Removes a file that is expected to be there or gone.  @throws Error{io}
void remove_file(const std::filesystem::path& path);

}  // namespace sealyard::finalize
