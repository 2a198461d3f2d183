#include "jobs/sector/input.h"

#include <fcntl.h>

namespace sealyard::sector {

Input::Input(std::filesystem::path path)
    : path_(std::move(path)), file_(Descriptor::open_existing(path_)) {
  ::posix_fadvise(file_.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

std::size_t Input::read(std::span<std::uint8_t> to) {
  std::size_t filled = 0;
  while (filled < to.size()) {
    const auto got = read_at(file_, path_, at_, to.subspan(filled));
    if (got == 0) break;
    filled += got;
    at_ += got;
  }
  return filled;
}

}  // namespace sealyard::sector
