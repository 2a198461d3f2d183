#include "jobs/params/folder.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace sealyard::params {

namespace fs = std::filesystem;

fs::path default_folder(const std::function<const char*(const char*)>& get) {
  for (const char* variable : {"SEALYARD_PARAMS", "FIL_PROOFS_PARAMETER_CACHE"})
    if (const char* value = get(variable); value && *value)
      return fs::absolute(value).lexically_normal();
  if (const char* home = get("HOME"); home && *home)
    return fs::path(home) / ".cache" / "sealyard" / "params";
  throw Error(Fault::configuration,
              "no folder for parameters: HOME is not set; set SEALYARD_PARAMS");
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(Fault::io, "cannot make {}: {}", folder.string(), error.message());
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory)
    throw Error(Fault::missing, "{}: no such folder; make parameters with seal-params generate",
                folder.string());
  if (error) throw Error(Fault::io, "cannot read {}: {}", folder.string(), error.message());
  std::vector<fs::path> files;
  for (const auto& entry : entries) {
    const auto extension = entry.path().extension();
    if (entry.path().filename().string().starts_with('v') &&
        (extension == ".params" || extension == ".vk"))
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace sealyard::params
