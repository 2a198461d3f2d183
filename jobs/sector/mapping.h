// Files as memory.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

#include "jobs/sector/descriptor.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"
#include "kernels/base/node.h"

namespace sealyard::sector {

/// A whole file, read-only, as bytes or nodes. The length is checked before it is mapped.
class Mapping {
 public:
  /// @throws Error{missing}, Error{corrupt} as Folder::require; Error{io} cannot be mapped.
  static Mapping read(const Folder& folder, const File& file);
  /// Any regular file of any length, 0 included.
  static Mapping read(const std::filesystem::path& path);

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }
  std::span<const Node> nodes() const {
    return {reinterpret_cast<const Node*>(data_), size_ / kNodeBytes};
  }
  /// Hint: read from front to back.
  void sequential() const;
  /// Lets the pages go that were read so far; they come back when they are read again.
  void forget() const;
  /// Hint: read here and there; nothing is read ahead.
  void random() const;

 private:
  Mapping(const std::filesystem::path& path, std::uint64_t size);
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/// An output of known length, written in any order by any number of threads (and, opened by its
/// temporary name, by several ranks of one host). All blocks are reserved first: no space is an
/// Error{io} here and not a SIGBUS later. Destroyed without commit() it is unlinked.
class MappedOutput {
 public:
  /// @throws Error{io} no space: file, wanted bytes, free bytes.
  MappedOutput(std::filesystem::path target, std::filesystem::path temporary, std::uint64_t bytes);
  MappedOutput(const Folder& folder, const File& file)
      : MappedOutput(file.path, folder.temporary(file.path), file.bytes.value()) {}
  MappedOutput(MappedOutput&& other) noexcept;
  ~MappedOutput();

  std::span<std::uint8_t> bytes() { return {data_, size_}; }
  std::span<Node> nodes() { return {reinterpret_cast<Node*>(data_), size_ / kNodeBytes}; }
  const std::filesystem::path& temporary() const { return temporary_; }

  /// Lets its pages go to the file; they come back when they are touched again.
  void forget();
  /// msync, fsync, fence, rename, fsync of the folder; SHA-256 of the whole in one pass.
  Written commit(const Lock* lock = nullptr);

 private:
  std::filesystem::path target_, temporary_;
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  Descriptor file_;
};

}  // namespace sealyard::sector
