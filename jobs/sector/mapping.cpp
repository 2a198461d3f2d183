#include "jobs/sector/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "jobs/sector/descriptor.h"
#include "kernels/base/error.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::sector {
namespace fs = std::filesystem;
namespace {

// Of a file that is read once, front to back: no more of it need be in memory.
constexpr std::size_t kForgetBytes = std::size_t{64} << 20;

}  // namespace

Mapping::Mapping(const fs::path& path, std::uint64_t size) : size_(size) {
  const auto file = Descriptor::open_existing(path);
  // Looked at through this descriptor: the file may have changed since it was checked.
  if (const auto now = file.bytes(path); now != size)
    throw Error(Fault::corrupt, "{} is {} bytes, was {} a moment ago", path.string(), now, size);
  if (size == 0) return;
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (at == MAP_FAILED)
    throw Error(Fault::io, "cannot map {} ({} bytes): {}", path.string(), size,
                std::strerror(errno));
  data_ = static_cast<const std::uint8_t*>(at);
}

Mapping Mapping::read(const Folder& folder, const File& file) {
  folder.require(file);
  if (file.bytes) return Mapping(file.path, *file.bytes);
  return read(file.path);
}

Mapping Mapping::read(const fs::path& path) {
  return Mapping(path, Descriptor::open_existing(path).bytes(path));
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Mapping::~Mapping() {
  if (data_) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

void Mapping::sequential() const {
  if (data_) ::madvise(const_cast<std::uint8_t*>(data_), size_, MADV_SEQUENTIAL);
}

void Mapping::forget() const {
  if (data_) ::madvise(const_cast<std::uint8_t*>(data_), size_, MADV_DONTNEED);
}

void Mapping::random() const {
  if (data_) ::madvise(const_cast<std::uint8_t*>(data_), size_, MADV_RANDOM);
}

MappedOutput::MappedOutput(fs::path target, fs::path temporary, std::uint64_t bytes)
    : target_(std::move(target)), temporary_(std::move(temporary)), size_(bytes) {
  if (bytes == 0) throw Error(Fault::internal, "{}: an output of 0 bytes", target_.string());
  make_attempt_folder(temporary_);
  auto file = Descriptor::open(temporary_, O_RDWR | O_CREAT | O_TRUNC, target_);
  try {
    reserve(file, target_, bytes);
    void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.number(), 0);
    if (at == MAP_FAILED)
      throw Error(Fault::io, "cannot map {} ({} bytes): {}", target_.string(), bytes,
                  std::strerror(errno));
    data_ = static_cast<std::uint8_t*>(at);
  } catch (...) {
    ::unlink(temporary_.c_str());
    remove_attempt_folder(temporary_);
    throw;
  }
  file_ = std::move(file);
}

MappedOutput::MappedOutput(MappedOutput&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      file_(std::move(other.file_)) {}

MappedOutput::~MappedOutput() {
  if (!data_) return;
  ::munmap(data_, size_);
  ::unlink(temporary_.c_str());
  remove_attempt_folder(temporary_);
}

void MappedOutput::forget() { ::madvise(data_, size_, MADV_DONTNEED); }

Written MappedOutput::commit(const Lock* lock) {
  if (::msync(data_, size_, MS_SYNC) != 0)
    throw Error(Fault::io, "cannot write {}: {}", target_.string(), std::strerror(errno));
  file_.sync(target_);
  sha256::Hasher hash;
  for (std::size_t at = 0; at < size_; at += kForgetBytes) {
    hash.update(std::span<const std::uint8_t>(data_ + at, std::min(kForgetBytes, size_ - at)));
    forget();
  }
  appear(temporary_, target_, lock);
  ::munmap(std::exchange(data_, nullptr), size_);
  return {size_, hash.finish()};
}

}  // namespace sealyard::sector
