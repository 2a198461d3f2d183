#include "jobs/finalize/place.h"

#include <sys/stat.h>

#include "jobs/sector/input.h"
#include "jobs/sector/output.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::finalize {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBlockBytes = std::size_t{4} << 20;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(Fault::io, "cannot make folder {}: {}", folder.string(), error.message());
}

void copy(const Kept& kept, const fs::path& target, const fs::path& temporary,
          const sector::Lock& lock, const Copied& copied) {
  sector::Input input(kept.from.path);
  const auto bytes = input.bytes();
  sector::Output output(target, temporary, {.expected_bytes = bytes});
  std::vector<std::uint8_t> block(kBlockBytes);
  while (const auto got = input.read(block)) {
    output.write(std::span<const std::uint8_t>(block).first(got));
    copied(got);
  }
  const auto written = output.sync();
  if (kept.sha256 && written.sha256 != *kept.sha256)
    throw Error(Fault::corrupt, "{} has SHA-256 {}, want {}: {}; rerun {}", kept.from.what,
                to_hex(written.sha256), to_hex(*kept.sha256), kept.from.path.string(),
                kept.from.maker);
  if (const auto back = sector::digest(temporary, sector::Read::from_disk).sha256;
      back != written.sha256)
    throw Error(Fault::io, "the copy of {} reads back with SHA-256 {}, want {}: {}", kept.from.what,
                to_hex(back), to_hex(written.sha256), target.string());
  output.commit(&lock);
}

// A folder that goes away unless it was renamed.
struct Temporary {
  fs::path path;
  ~Temporary() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

void copy_folder(const sector::Folder& to, const Part& part, const sector::Lock& lock,
                 const Copied& copied) {
  const Temporary folder{to.temporary(part.to)};
  make_folder(folder.path);
  for (const auto& kept : part.files) {
    const auto target = folder.path / kept.to.path.filename();
    copy(kept, target, sector::Output::beside(target), lock, copied);
  }
  sector::rename_durably(folder.path, part.to, &lock);
}

}  // namespace

bool by_rename(const sector::Folder& to, const Part& part) {
  struct stat here {
  }, there{};
  make_folder(part.to.parent_path());
  make_folder(to.work());
  return ::stat(part.from.c_str(), &here) == 0 &&
         ::stat(part.to.parent_path().c_str(), &there) == 0 && here.st_dev == there.st_dev;
}

std::uint64_t bytes_to_copy(const sector::Folder& to, const Part& part) {
  if (by_rename(to, part)) return 0;
  std::uint64_t bytes = 0;
  for (const auto& kept : part.files) bytes += fs::file_size(kept.from.path);
  return bytes;
}

void place(const sector::Folder& to, const Part& part, const sector::Lock& lock,
           const Copied& copied) {
  if (by_rename(to, part)) return sector::rename_durably(part.from, part.to, &lock);
  if (part.folder) return copy_folder(to, part, lock, copied);
  copy(part.files.front(), part.to, to.temporary(part.to), lock, copied);
}

void remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) throw Error(Fault::io, "cannot remove {}: {}", path.string(), error.message());
}

}  // namespace sealyard::finalize
