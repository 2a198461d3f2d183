// One process at a time makes a file that many use: a cache, a template, parameters.
#pragma once
#include <filesystem>
#include <functional>

namespace sealyard::sector {

/// An exclusive flock on "<target>.lock", held while the object lives. The kernel drops it when the
/// process dies, however it dies; the empty lock file stays.
class MakerLock {
 public:
  /// Waits for another maker.
  /// @param waiting  called ten times a second meanwhile; may throw to give up.
  /// @throws Error{io}  the file cannot be made or locked
  MakerLock(const std::filesystem::path& target, const std::function<void()>& waiting);
  ~MakerLock();
  MakerLock(const MakerLock&) = delete;

 private:
  int file_;
};

}  // namespace sealyard::sector
