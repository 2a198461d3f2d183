#include "chain/ledger/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::ledger {
namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

[[noreturn]] void failed(const std::filesystem::path& file) {
  throw Error(Fault::io, "{}: {}", file.string(), std::strerror(errno));
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& file)
    : file_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_ < 0) failed(file);
  while (flock(file_, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const int reason = errno;
    close(file_);
    errno = reason;
    failed(file);
  }
}

FileLock::~FileLock() { close(file_); }

void write_whole(const std::filesystem::path& file, std::span<const std::uint8_t> bytes,
                 mode_t mode) {
  const std::filesystem::path part = file.string() + ".part";
  {
    const Descriptor out{open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (out.fd < 0 || fchmod(out.fd, mode) != 0) failed(part);  // the umask, or an old part's mode
    while (!bytes.empty()) {
      const auto count = write(out.fd, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) failed(part);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    if (fsync(out.fd) != 0) failed(part);
  }
  if (rename(part.c_str(), file.c_str()) != 0) failed(file);
  const Descriptor folder{open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd < 0 || fsync(folder.fd) != 0) failed(file.parent_path());
}

}  // namespace sealyard::ledger
