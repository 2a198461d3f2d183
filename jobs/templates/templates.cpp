#include "jobs/templates/templates.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "jobs/sector/folder.h"
#include "jobs/sector/maker_lock.h"
#include "jobs/stage/stage.h"
#include "jobs/templates/record.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/piece/piece.h"
#include "kernels/tree/layout.h"

namespace sealyard::templates {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSliceBytes = std::uint64_t{64} << 20;

std::uint64_t bytes_of(Kind kind, const PorepConfig& porep) {
  return kind == Kind::unsealed ? porep.sector_bytes
                                : tree::data_tree(porep.nodes()).nodes() * kNodeBytes;
}

void set_aside(const fs::path& file) {
  std::error_code error;
  fs::rename(file, file.string() + ".bad", error);
  if (error) throw Error(Fault::io, "template {}: {}", file.string(), error.message());
}

// The root of tree_d is its last node.
bool ends_with(const fs::path& file, const Node& node) {
  std::ifstream in(file, std::ios::binary);
  Node last;
  in.seekg(-static_cast<std::streamoff>(kNodeBytes), std::ios::end);
  in.read(reinterpret_cast<char*>(last.bytes.data()), kNodeBytes);
  return in && last == node;
}

// Every node of a row of tree_d over zeros is the same: one hash a row.
void write_zero_tree(sector::Output& output, std::uint64_t nodes, const Progress& progress) {
  const auto layout = tree::data_tree(nodes);
  const auto total = layout.nodes() * kNodeBytes;
  for (unsigned row = 1; row < layout.rows(); ++row) {
    const Node node = piece::zero_commitment(kNodeBytes << row);
    auto rest = layout.row_nodes(row);
    const std::vector<Node> slice(std::min(rest, kSliceBytes / kNodeBytes), node);
    while (rest > 0) {
      if (progress) progress(output.bytes(), total);
      const auto count = std::min<std::uint64_t>(rest, slice.size());
      output.write(std::span(slice).first(count));
      rest -= count;
    }
  }
}

sector::Written build(const fs::path& file, Kind kind, const PorepConfig& porep,
                      const Progress& progress) {
  const auto total = bytes_of(kind, porep);
  // Zeros are holes; of tree_d the rows above the leaves take room.
  sector::require_space(file.parent_path(),
                        kind == Kind::unsealed ? 0 : total - porep.sector_bytes);
  sector::Output output(file, file.string() + ".part", {});
  for (std::uint64_t done = 0; done < porep.sector_bytes; done += kSliceBytes) {
    if (progress) progress(done, total);
    output.write_zeros(std::min(kSliceBytes, porep.sector_bytes - done));
  }
  if (kind == Kind::tree_d) write_zero_tree(output, porep.nodes(), progress);
  const auto written = output.commit();
  if (::chmod(file.c_str(), 0444) != 0)
    throw Error(Fault::io, "template {}: {}", file.string(), std::strerror(errno));
  const auto look = look_at(file);
  if (!look || look->bytes != total)
    throw Error(Fault::internal, "template {}: {} bytes made, want {}", file.string(),
                look ? look->bytes : 0, total);
  write(file, {written, look->changed_ns});
  return written;
}

// A second name of the same blocks, or of the same file.
std::optional<How> share(const fs::path& from, const fs::path& to) {
  constexpr unsigned long kFiclone = 0x40049409;  // linux/fs.h: _IOW(0x94, 9, int)
  const int source = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  const int target = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const bool cloned =
      source >= 0 && target >= 0 && ::ioctl(target, kFiclone, source) == 0 && ::fsync(target) == 0;
  if (source >= 0) ::close(source);
  if (target >= 0) ::close(target);
  if (cloned) return How::reflink;
  ::unlink(to.c_str());
  if (::link(from.c_str(), to.c_str()) == 0) return How::hard_link;
  return std::nullopt;
}

void copy(const fs::path& from, const sector::Written& written, const fs::path& target,
          const fs::path& temporary, const sector::Lock* lock) {
  std::ifstream in(from, std::ios::binary);
  sector::Output output(target, temporary, {.expected_bytes = written.bytes});
  std::vector<std::uint8_t> slice(std::size_t{1} << 20);
  while (in) {
    in.read(reinterpret_cast<char*>(slice.data()), static_cast<std::streamsize>(slice.size()));
    output.write(std::span(std::as_const(slice)).first(static_cast<std::size_t>(in.gcount())));
  }
  if (output.bytes() == written.bytes && output.sync().sha256 == written.sha256) {
    output.commit(lock);
    return;
  }
  set_aside(from);
  throw Error(Fault::corrupt, "template {}: its copy has not its digest; set aside, run again",
              from.string());
}

void rename_into_place(const fs::path& temporary, const fs::path& target,
                       const sector::Lock* lock) {
  try {
    if (lock) lock->check();
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0)
    throw Error(Fault::io, "{}: {}", target.string(), std::strerror(errno));
  // Two names of one file: rename leaves both.
  ::unlink(temporary.c_str());
  const int folder = ::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) ::close(folder);
  if (!synced) throw Error(Fault::io, "{}: fsync", target.parent_path().string());
}

}  // namespace

fs::path path(const fs::path& root, Kind kind, const PorepConfig& porep) {
  return stage::template_path(root, kind == Kind::unsealed ? "unsealed" : "tree_d",
                              porep.sector_bytes);
}

std::optional<sector::Written> find(const fs::path& root, Kind kind, const PorepConfig& porep,
                                    Check check) {
  const auto file = path(root, kind, porep);
  const auto look = look_at(file);
  const auto record = read(file);
  if (!look || !record) return std::nullopt;
  const bool plausible =
      look->bytes == bytes_of(kind, porep) && record->written.bytes == look->bytes &&
      (kind == Kind::unsealed || ends_with(file, piece::zero_commitment(porep.sector_bytes)));
  const bool touched = look->changed_ns != record->changed_ns;
  if (plausible && !touched && check == Check::quick) return record->written;
  if (plausible && sector::digest(file).sha256 == record->written.sha256) {
    if (touched) write(file, {record->written, look->changed_ns});
    return record->written;
  }
  set_aside(file);
  return std::nullopt;
}

Made make(const fs::path& root, Kind kind, const PorepConfig& porep, Check check,
          const Progress& progress) {
  const auto file = path(root, kind, porep);
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error)
    throw Error(Fault::io, "template folder {}: {}", file.parent_path().string(), error.message());
  const sector::MakerLock lock(file, [&] {
    if (progress) progress(0, bytes_of(kind, porep));
  });
  Made made;
  const bool was_there = look_at(file).has_value();
  if (const auto found = find(root, kind, porep, check)) {
    made.written = *found;
    made.found = true;
    return made;
  }
  made.was_bad = was_there;
  made.written = build(file, kind, porep, progress);
  return made;
}

std::string_view name(How how) {
  switch (how) {
    case How::reflink:
      return "reflink";
    case How::hard_link:
      return "hard link";
    case How::copy:
      return "copy";
  }
  return "?";
}

How place(const fs::path& root, Kind kind, const PorepConfig& porep, const sector::Written& written,
          const fs::path& target, const fs::path& temporary, const sector::Lock* lock) {
  const auto from = path(root, kind, porep);
  std::error_code ignored;
  fs::remove(temporary, ignored);
  if (const auto how = share(from, temporary)) {
    rename_into_place(temporary, target, lock);
    return *how;
  }
  copy(from, written, target, temporary, lock);
  return How::copy;
}

}  // namespace sealyard::templates
