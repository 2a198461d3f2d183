// One daemon per home folder.
#pragma once
#include <filesystem>

namespace sealyard::ledger {

/// An exclusive flock on HOME/daemon.lock while the object lives; the kernel drops it when the
/// process dies, however it dies. The file says who holds it: "host n01 pid 812".
class InstanceLock {
 public:
  /// @throws Error{busy}  another daemon holds it; the text quotes the holder
  /// @throws Error{io}    the file cannot be made
  explicit InstanceLock(const std::filesystem::path& home);
  ~InstanceLock();
  InstanceLock(const InstanceLock&) = delete;
  InstanceLock& operator=(const InstanceLock&) = delete;

 private:
  int file_;
};

/// "n01", as gethostname() says.
std::string host_name();

}  // namespace sealyard::ledger
