// One process at a time works on a sector.
#pragma once
#include <filesystem>
#include <string>

#include "jobs/sector/folder.h"

namespace sealyard::sector {

/// An exclusive flock on work/<sector>/lock, held while the object lives. The kernel drops it when
/// the process dies, however it dies. The file's one line says who holds it.
class Lock {
 public:
  /// @param holder  one line without newline: "seal-pc1 job 4711 restart 0 node n03 pid 812".
  /// @throws Error{busy}  another process has it; the text quotes the holder it found
  /// @throws Error{io}    the file cannot be made or written
  Lock(const Folder& folder, std::string holder);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  const std::string& holder() const { return holder_; }

  /// The fence before every rename of an artefact: the lock file at its path is still the one we
  /// hold and still names us. Guards against a lock folder that was removed or replaced, and
  /// against file systems whose server dropped the lock.  @throws Error{busy} it does not.
  void check() const;

 private:
  std::filesystem::path path_;
  std::string holder_;
  int file_;
};

}  // namespace sealyard::sector
