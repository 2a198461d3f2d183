#include "jobs/sector/folder.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "jobs/sector/digest_record.h"
#include "jobs/sector/layer_record.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "kernels/base/error.h"
#include "kernels/tree/layout.h"
#include "kernels/vanilla/aux_files.h"
#include "kernels/vanilla/synthetic.h"

namespace sealyard::sector {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kAttemptPrefix = "attempt-";

std::vector<File> split(std::string_view what, std::string_view id, const fs::path& folder,
                        std::uint64_t base_trees, std::uint64_t bytes) {
  std::vector<File> files;
  if (base_trees == 1) {
    files.push_back(
        {std::string(what), folder / fmt::format("sc-02-data-{}.dat", id), bytes, "seal-pc2"});
    return files;
  }
  for (std::uint64_t i = 0; i < base_trees; ++i)
    files.push_back({fmt::format("{} {}", what, i),
                     folder / fmt::format("sc-02-data-{}-{}.dat", id, i), bytes, "seal-pc2"});
  return files;
}

void make(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder))
    throw Error(Fault::io, "cannot make folder {}: {}; check owner and mount", folder.string(),
                error ? error.message() : "a file has its name");
}

void remove_dead(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error)
    throw Error(Fault::io, "cannot remove {}: {}; left by an earlier attempt", path.string(),
                error.message());
}

bool left_half_written(const std::string& name) {
  return name.ends_with(".part") || name.ends_with("..tmp");
}

}  // namespace

Folder::Folder(fs::path root, SectorId id, PorepConfig porep)
    : root_(std::move(root)), id_(id), porep_(std::move(porep)) {}

Folder Folder::open(const fs::path& root, SectorId id) {
  Folder folder(root, id, {});
  folder.porep_ = read_manifest(folder).porep;
  return folder;
}

fs::path Folder::cache() const { return root_ / "cache" / name(); }
fs::path Folder::manifest() const { return root_ / "manifest" / (name() + ".h5"); }
fs::path Folder::work() const { return root_ / "work" / name(); }
fs::path Folder::lock() const { return work() / "lock"; }
fs::path Folder::c1() const { return work() / "c1.h5"; }
fs::path Folder::proof() const { return work() / "proof.bin"; }

fs::path Folder::layer_record(unsigned number) const {
  return work() / fmt::format("layer-{}.json", number);
}
fs::path Folder::layer_in_progress(unsigned number) const {
  return work() / fmt::format("layer-{}.part", number);
}
fs::path Folder::in_progress(std::string_view name) const {
  return work() / fmt::format("{}.part", name);
}

File Folder::unsealed() const {
  return {"unsealed file", root_ / "unsealed" / name(), porep_.sector_bytes, "seal-add-piece"};
}
File Folder::sealed() const {
  return {"replica", root_ / "sealed" / name(), porep_.sector_bytes, "seal-pc2"};
}
File Folder::layer(unsigned number) const {
  return {fmt::format("layer {}", number), cache() / fmt::format("sc-02-data-layer-{}.dat", number),
          porep_.sector_bytes, "seal-pc1"};
}
std::vector<File> Folder::layers() const {
  std::vector<File> files;
  for (unsigned number = 1; number <= porep_.layers(); ++number) files.push_back(layer(number));
  return files;
}
File Folder::tree_d() const {
  return {"tree_d", cache() / "sc-02-data-tree-d.dat",
          tree::data_tree(porep_.nodes()).nodes() * kNodeBytes, "seal-pc1"};
}
std::vector<File> Folder::tree_c() const {
  return split("tree_c", "tree-c", cache(), porep_.tree().base_trees,
               tree::base_tree(porep_.tree()).nodes() * kNodeBytes);
}
std::vector<File> Folder::tree_r_last() const {
  const auto layout = tree::base_tree(porep_.tree());
  return split("tree_r_last", "tree-r-last", cache(), porep_.tree().base_trees,
               layout.stored_nodes(tree::rows_to_discard(layout)) * kNodeBytes);
}
File Folder::p_aux() const { return {"p_aux", cache() / "p_aux", vanilla::kPAuxBytes, "seal-pc2"}; }
File Folder::t_aux() const { return {"t_aux", cache() / "t_aux", std::nullopt, "seal-pc2"}; }
File Folder::synthetic() const {
  return {"synthetic proof file", cache() / "syn-porep-vanilla-proofs.dat",
          vanilla::synthetic_file_bytes(porep_), "seal-pc2"};
}

fs::path Folder::temporary(const fs::path& target) const {
  struct stat ours {
  }, theirs{};
  const auto folder = target.parent_path();
  if (::stat(work().c_str(), &ours) != 0 || ::stat(folder.c_str(), &theirs) != 0 ||
      ours.st_dev != theirs.st_dev)
    return Output::beside(target);
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return work() / fmt::format("{}{}-{}", kAttemptPrefix, host, ::getpid()) / target.filename();
}

void Folder::create() const {
  for (const auto& folder :
       {root_ / "unsealed", root_ / "sealed", cache(), root_ / "manifest", work()})
    make(folder);
}

bool Folder::has(const File& file) const {
  struct stat found {};
  if (::stat(file.path.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw Error(Fault::io, "cannot look at {}: {}: {}", file.what, std::strerror(errno),
                file.path.string());
  }
  if (!S_ISREG(found.st_mode))
    throw Error(Fault::corrupt, "{} is no regular file: {}", file.what, file.path.string());
  const auto bytes = static_cast<std::uint64_t>(found.st_size);
  if (file.bytes && bytes != *file.bytes)
    throw Error(Fault::corrupt, "{} is {} bytes, want {}: {}; rerun {}", file.what, bytes,
                *file.bytes, file.path.string(), file.maker);
  if (bytes == 0)
    throw Error(Fault::corrupt, "{} is empty: {}; rerun {}", file.what, file.path.string(),
                file.maker);
  return true;
}

void Folder::require(const File& file) const {
  if (!has(file))
    throw Error(Fault::missing, "{} is missing: {}; rerun {}", file.what, file.path.string(),
                file.maker);
}

void Folder::require(const std::vector<File>& files) const {
  for (const auto& file : files) require(file);
}

void Folder::clear_dead_attempts(const Lock& lock) const {
  lock.check();
  std::vector<fs::path> dead;
  const auto collect = [&](const fs::path& folder, auto&& is_dead) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
      if (is_dead(entry.path().filename().string())) dead.push_back(entry.path());
  };
  std::vector<std::string> kept;  // layers in progress that a checkpoint speaks of
  for (unsigned number = 1; number <= porep_.layers(); ++number)
    if (const auto record = read_layer_record(*this, number); record && !record->whole(*this))
      kept.push_back(layer_in_progress(number).filename().string());
  collect(work(), [&](const std::string& file) {
    if (std::find(kept.begin(), kept.end(), file) != kept.end()) return false;
    if (const auto stem = fs::path(file).stem().string();
        file.ends_with(".part") && read_digest_record(*this, stem + "-part"))
      return false;
    return file.starts_with(kAttemptPrefix) || left_half_written(file);
  });
  collect(cache(), left_half_written);
  for (const auto* kind : {"unsealed", "sealed"}) {
    const auto beside = Output::beside(root_ / kind / name());
    if (fs::exists(beside)) dead.push_back(beside);
  }
  for (const auto& target : {manifest(), cache()})
    if (const auto beside = Output::beside(target); fs::exists(beside)) dead.push_back(beside);
  for (const auto& path : dead) remove_dead(path);
}

void require_space(const fs::path& folder, std::uint64_t bytes) {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0)
    throw Error(Fault::io, "cannot ask for the free space of {}: {}", folder.string(),
                std::strerror(errno));
  const auto free = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize;
  if (free < bytes)
    throw Error(Fault::io, "needs {} bytes, {} free on {}", bytes, free, folder.string());
}

}  // namespace sealyard::sector
