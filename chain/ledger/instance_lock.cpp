#include "chain/ledger/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "kernels/base/error.h"

namespace sealyard::ledger {

InstanceLock::InstanceLock(const std::filesystem::path& home) {
  const auto path = home / "daemon.lock";
  file_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) throw Error(Fault::io, "{}: {}", path.string(), std::strerror(errno));
  if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    std::array<char, 256> text{};
    const auto count = pread(file_, text.data(), text.size() - 1, 0);
    close(file_);
    if (reason != EWOULDBLOCK)
      throw Error(Fault::io, "{}: {}", path.string(), std::strerror(reason));
    std::string holder(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    while (!holder.empty() && holder.back() == '\n') holder.pop_back();
    throw Error(Fault::busy, "{}: another sealyard-chain works here ({}); one home, one daemon",
                home.string(), holder);
  }
  const auto holder = fmt::format("host {} pid {}\n", host_name(), getpid());
  if (ftruncate(file_, 0) != 0 ||
      pwrite(file_, holder.data(), holder.size(), 0) != static_cast<ssize_t>(holder.size())) {
    const int reason = errno;
    close(file_);
    throw Error(Fault::io, "{}: {}", path.string(), std::strerror(reason));
  }
}

InstanceLock::~InstanceLock() { close(file_); }

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

}  // namespace sealyard::ledger
