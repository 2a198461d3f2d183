#include "jobs/sector/maker_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "kernels/base/error.h"

namespace sealyard::sector {

MakerLock::MakerLock(const std::filesystem::path& target, const std::function<void()>& waiting) {
  const auto path = target.string() + ".lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw Error(Fault::io, "cannot make the lock {}: {}", path, std::strerror(errno));
  try {
    while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR)
        throw Error(Fault::io, "cannot lock {}: {}; mount it with flock", path,
                    std::strerror(errno));
      if (waiting) waiting();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  } catch (...) {
    ::close(file_);
    throw;
  }
}

MakerLock::~MakerLock() { ::close(file_); }

}  // namespace sealyard::sector
