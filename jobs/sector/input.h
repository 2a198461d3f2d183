// A file read from front to back.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

#include "jobs/sector/descriptor.h"

namespace sealyard::sector {

class Input {
 public:
  /// @throws Error{missing}, Error{io}
  explicit Input(std::filesystem::path path);

  /// Fills `to` as far as the file goes; 0 at its end.  @throws Error{io}
  std::size_t read(std::span<std::uint8_t> to);
  std::uint64_t bytes() const { return file_.bytes(path_); }  ///< of the whole file, now

 private:
  std::filesystem::path path_;
  Descriptor file_;
  std::uint64_t at_ = 0;
};

}  // namespace sealyard::sector
