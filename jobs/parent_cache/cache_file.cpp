#include "jobs/parent_cache/cache_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::parent_cache {

static_assert(std::endian::native == std::endian::little,
              "entries are used as they lie in the file");

CacheFile::CacheFile(std::filesystem::path path, std::uint64_t nodes, For purpose)
    : path_(std::move(path)) {
  const int mode = purpose == For::repair ? O_RDWR : O_RDONLY;
  file_ = ::open(path_.c_str(), mode | O_CLOEXEC);
  if (file_ < 0)
    throw Error(errno == ENOENT ? Fault::missing : Fault::io, "parents cache {}: {}",
                path_.string(), std::strerror(errno));
  struct stat status {};
  const auto want = nodes * graph::kEntryBytes;
  if (::fstat(file_, &status) != 0 || static_cast<std::uint64_t>(status.st_size) != want) {
    ::close(file_);
    throw Error(Fault::corrupt,
                "parents cache {}: {} bytes, want {}; remove it, or run seal-parents",
                path_.string(), status.st_size, want);
  }
}

CacheFile::~CacheFile() { ::close(file_); }

void CacheFile::read(std::uint64_t first, std::span<std::uint32_t> out) const {
  auto* at = reinterpret_cast<std::uint8_t*>(out.data());
  for (std::size_t done = 0; done < out.size_bytes();) {
    const auto n = ::pread(file_, at + done, out.size_bytes() - done,
                           static_cast<off_t>(first * graph::kEntryBytes + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      throw Error(Fault::io, "parents cache {}: cannot be read at node {}: {}", path_.string(),
                  first, n == 0 ? "it was cut off" : std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
}

void CacheFile::write(std::uint64_t first, std::span<const std::uint32_t> entries) const {
  const auto bytes = as_bytes(entries);
  for (std::size_t done = 0; done < bytes.size();) {
    const auto n = ::pwrite(file_, bytes.data() + done, bytes.size() - done,
                            static_cast<off_t>(first * graph::kEntryBytes + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      throw Error(Fault::io, "parents cache {}: cannot be repaired at node {}: {}", path_.string(),
                  first, std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
}

void CacheFile::sync() const {
  if (::fsync(file_) != 0)
    throw Error(Fault::io, "parents cache {}: fsync: {}", path_.string(), std::strerror(errno));
}

void compute(const graph::Graph& graph, std::uint64_t first, std::span<std::uint32_t> out,
             const device::Share& share) {
  constexpr std::size_t kGrainNodes = 256;
  device::for_ranges(share.threads, out.size() / graph::kDegree, kGrainNodes,
                     [&](std::size_t begin, std::size_t end) {
                       graph.generate(
                           first + begin,
                           out.subspan(begin * graph::kDegree, (end - begin) * graph::kDegree),
                           share.backend);
                     });
}

}  // namespace sealyard::parent_cache
