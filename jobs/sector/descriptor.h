// System calls on files, with errors that name the file. Private to jobs/sector.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

#include "jobs/sector/lock.h"

namespace sealyard::sector {

/// An open file, closed on destruction.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  /// @param named  the file messages speak of.  @throws Error{io}
  static Descriptor open(const std::filesystem::path& path, int flags,
                         const std::filesystem::path& named);
  /// For reading.
  /// @param more_flags  O_NONBLOCK: a FIFO in its place is opened at once, and no regular file.
  /// @throws Error{missing} absent, Error{io}
  static Descriptor open_existing(const std::filesystem::path& path, int more_flags = 0);

  int number() const { return number_; }
  std::uint64_t bytes(const std::filesystem::path& named) const;
  void sync(const std::filesystem::path& named) const;  ///< fsync

 private:
  int number_ = -1;
};

/// As many bytes as there are, up to to.size(); 0 at the end of the file.  @throws Error{io}
std::size_t read_at(const Descriptor& file, const std::filesystem::path& named, std::uint64_t at,
                    std::span<std::uint8_t> to);

/// Takes the blocks now, so that a full disk shows here.  @throws Error{io} wanted and free bytes.
void reserve(const Descriptor& file, const std::filesystem::path& named, std::uint64_t bytes);

/// Fence, rename over `target`, fsync of its folder.
void appear(const std::filesystem::path& temporary, const std::filesystem::path& target,
            const Lock* lock);
void sync_folder(const std::filesystem::path& folder);

/// The folder of temporary names is made for the first and goes with the last.
void make_attempt_folder(const std::filesystem::path& temporary);
void remove_attempt_folder(const std::filesystem::path& temporary);

}  // namespace sealyard::sector
