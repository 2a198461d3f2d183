#include "jobs/stage/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "kernels/base/error.h"

namespace sealyard::stage {
namespace {

constexpr std::size_t kLimitBytes = std::size_t{16} << 20;

// A file descriptor that is closed, and a name that is unlinked unless it was renamed.
struct File {
  int fd = -1;
  std::string unlink_name;
  ~File() {
    if (fd >= 0) ::close(fd);
    if (!unlink_name.empty()) ::unlink(unlink_name.c_str());
  }
};

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
  throw Error(Fault::io, "{}: {}: {}", path.string(), what, std::strerror(errno));
}

}  // namespace

void replace_file(const std::filesystem::path& path, std::string_view text, Durable durable,
                  const std::function<void()>& fence) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) throw Error(Fault::io, "{}: {}", path.parent_path().string(), error.message());
  const auto part =
      path.parent_path() / fmt::format(".{}.{}.part", path.filename().string(), ::getpid());
  File file;
  file.fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file.fd < 0) fail(part, "cannot be made");
  file.unlink_name = part.string();
  for (std::size_t at = 0; at < text.size();) {
    const auto n = ::write(file.fd, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(part, "cannot be written");
    at += static_cast<std::size_t>(n);
  }
  if (durable == Durable::yes && ::fsync(file.fd) != 0) fail(part, "fsync");
  if (fence) fence();
  if (::rename(part.c_str(), path.c_str()) != 0) fail(path, "cannot be renamed from its .part");
  file.unlink_name.clear();
  if (durable == Durable::no) return;
  File folder;
  folder.fd = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder.fd < 0 || ::fsync(folder.fd) != 0) fail(path.parent_path(), "fsync");
}

std::optional<std::string> slurp(const std::filesystem::path& path) {
  File file;
  file.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.fd < 0) fail(path, "cannot be opened");
  std::string text;
  char buffer[16384];
  for (;;) {
    const auto n = ::read(file.fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "cannot be read");
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > kLimitBytes)
      throw Error(Fault::corrupt, "{}: more than {} bytes, want a small record", path.string(),
                  kLimitBytes);
  }
}

}  // namespace sealyard::stage
