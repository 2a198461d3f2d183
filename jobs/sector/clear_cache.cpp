#include "jobs/sector/clear_cache.h"

#include <system_error>

#include "kernels/base/error.h"

namespace sealyard::sector {

std::vector<File> cleared_files(const Folder& folder) {
  auto files = folder.layers();
  const auto tree_c = folder.tree_c();
  files.insert(files.end(), tree_c.begin(), tree_c.end());
  files.push_back(folder.tree_d());
  return files;
}

void clear_cache(const Folder& folder, const Lock& lock) {
  lock.check();
  for (const auto& file : cleared_files(folder)) {
    std::error_code error;
    std::filesystem::remove(file.path, error);
    if (error) throw Error(Fault::io, "cannot remove {}: {}", file.path.string(), error.message());
  }
}

}  // namespace sealyard::sector
