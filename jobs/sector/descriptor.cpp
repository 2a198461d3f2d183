#include "jobs/sector/descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::sector {
namespace fs = std::filesystem;

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor Descriptor::open(const fs::path& path, int flags, const fs::path& named) {
  Descriptor file;
  file.number_ = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (file.number_ < 0)
    throw Error(Fault::io, "cannot open {}: {}", named.string(), std::strerror(errno));
  return file;
}

Descriptor Descriptor::open_existing(const fs::path& path, int more_flags) {
  Descriptor file;
  file.number_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | more_flags);
  if (file.number_ >= 0) return file;
  const bool absent = errno == ENOENT || errno == ENOTDIR;
  throw Error(absent ? Fault::missing : Fault::io, "cannot open {}: {}", path.string(),
              std::strerror(errno));
}

std::uint64_t Descriptor::bytes(const fs::path& named) const {
  struct stat found {};
  if (::fstat(number_, &found) != 0)
    throw Error(Fault::io, "cannot look at {}: {}", named.string(), std::strerror(errno));
  if (!S_ISREG(found.st_mode)) throw Error(Fault::corrupt, "{} is no regular file", named.string());
  return static_cast<std::uint64_t>(found.st_size);
}

void Descriptor::sync(const fs::path& named) const {
  if (::fsync(number_) != 0)
    throw Error(Fault::io, "cannot sync {}: {}", named.string(), std::strerror(errno));
}

std::size_t read_at(const Descriptor& file, const fs::path& named, std::uint64_t at,
                    std::span<std::uint8_t> to) {
  for (;;) {
    const auto got = ::pread(file.number(), to.data(), to.size(), static_cast<off_t>(at));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR)
      throw Error(Fault::io, "cannot read {} at byte {}: {}", named.string(), at,
                  std::strerror(errno));
  }
}

void reserve(const Descriptor& file, const fs::path& named, std::uint64_t bytes) {
  const int error = ::posix_fallocate(file.number(), 0, static_cast<off_t>(bytes));
  if (error == 0) return;
  struct statvfs found {};
  const auto free = ::fstatvfs(file.number(), &found) == 0
                        ? static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize
                        : 0;
  throw Error(Fault::io, "{} needs {} bytes, {} free on its disk: {}", named.string(), bytes, free,
              std::strerror(error));
}

void sync_folder(const fs::path& folder) {
  Descriptor::open(folder, O_RDONLY | O_DIRECTORY, folder).sync(folder);
}

void appear(const fs::path& temporary, const fs::path& target, const Lock* lock) {
  if (lock) lock->check();
  if (::rename(temporary.c_str(), target.c_str()) != 0)
    throw Error(Fault::io, "cannot rename {} to {}: {}", temporary.string(), target.string(),
                std::strerror(errno));
  sync_folder(target.has_parent_path() ? target.parent_path() : fs::path("."));
  remove_attempt_folder(temporary);
}

void make_attempt_folder(const fs::path& temporary) {
  const auto folder = temporary.parent_path();
  if (!folder.filename().string().starts_with("attempt-")) return;
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    throw Error(Fault::io, "cannot make folder {}: {}", folder.string(), std::strerror(errno));
}

void remove_attempt_folder(const fs::path& temporary) {
  const auto folder = temporary.parent_path();
  // Fails while other outputs are still in it: then the last of them removes it.
  if (folder.filename().string().starts_with("attempt-")) ::rmdir(folder.c_str());
}

}  // namespace sealyard::sector
