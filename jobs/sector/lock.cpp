#include "jobs/sector/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "kernels/base/error.h"

namespace sealyard::sector {
namespace {

constexpr std::size_t kHolderBytes = 512;

std::string read_holder(int file) {
  char text[kHolderBytes];
  const auto got = ::pread(file, text, sizeof text, 0);
  if (got <= 0) return "";
  const std::string_view all(text, static_cast<std::size_t>(got));
  return std::string(all.substr(0, all.find('\n')));
}

bool same_file(int file, const std::filesystem::path& path) {
  struct stat held {
  }, named{};
  return ::fstat(file, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

// An open descriptor until it is handed over.
struct Open {
  int file;
  ~Open() {
    if (file >= 0) ::close(file);
  }
};

}  // namespace

Lock::Lock(const Folder& folder, std::string holder)
    : path_(folder.lock()), holder_(std::move(holder)), file_(-1) {
  if (holder_.size() >= kHolderBytes) holder_.resize(kHolderBytes - 1);
  for (int round = 0; round < 3; ++round) {
    Open open{::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
    if (open.file < 0)
      throw Error(Fault::io, "cannot make the lock {}: {}", path_.string(), std::strerror(errno));
    if (::flock(open.file, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK)
        throw Error(Fault::io, "cannot lock {}: {}; mount it with flock", path_.string(),
                    std::strerror(errno));
      const auto other = read_holder(open.file);
      throw Error(Fault::busy, "in use by {}; lock {}", other.empty() ? "another process" : other,
                  path_.string());
    }
    if (!same_file(open.file, path_)) continue;  // it was replaced between open and flock
    const auto line = holder_ + "\n";
    if (::ftruncate(open.file, 0) != 0 ||
        ::pwrite(open.file, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size()) ||
        ::fsync(open.file) != 0)
      throw Error(Fault::io, "cannot write the lock {}: {}", path_.string(), std::strerror(errno));
    file_ = std::exchange(open.file, -1);
    return;
  }
  throw Error(Fault::busy, "the lock {} is replaced again and again", path_.string());
}

Lock::~Lock() {
  if (file_ < 0) return;
  // An empty lock file: nobody. When it cannot be emptied, flock alone says so.
  if (same_file(file_, path_) && read_holder(file_) == holder_) [[maybe_unused]]
    const int done = ::ftruncate(file_, 0);
  ::close(file_);
}

void Lock::check() const {
  if (!same_file(file_, path_))
    throw Error(Fault::busy, "the lock {} was replaced while {} worked; nothing committed",
                path_.string(), holder_);
  // Opened again: a shared file system then asks its server.
  const Open open{::open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
  if (const auto found = open.file < 0 ? "" : read_holder(open.file); found != holder_)
    throw Error(Fault::busy, "the lock {} now names '{}', not {}; nothing committed",
                path_.string(), found, holder_);
}

}  // namespace sealyard::sector
