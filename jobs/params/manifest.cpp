#include "jobs/params/manifest.h"

#include <nlohmann/json.hpp>

#include "jobs/sector/output.h"
#include "kernels/base/error.h"

namespace sealyard::params {

namespace fs = std::filesystem;

Manifest::Manifest(const fs::path& path)
    : Manifest(parse(sector::read_file(path), path.string())) {}

Manifest Manifest::parse(std::string_view text, std::string_view name) {
  Manifest manifest;
  try {
    const auto json = nlohmann::json::parse(text);
    for (const auto& [file, entry] : json.get<nlohmann::json::object_t>())
      manifest.digests_[file] = entry.at("digest").get<std::string>();
  } catch (const nlohmann::json::exception& error) {
    throw Error(Fault::corrupt, "{} is no manifest of parameters: {}", name, error.what());
  }
  return manifest;
}

bool Manifest::is_official(std::string_view file_name, std::string_view found) const {
  return digest(file_name) == found;
}

std::optional<std::string> Manifest::digest(std::string_view file_name) const {
  const auto found = digests_.find(file_name);
  if (found == digests_.end()) return std::nullopt;
  return found->second;
}

fs::path installed_manifest() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(Fault::io, "/proc/self/exe: {}", error.message());
  return program.parent_path().parent_path() / "share" / "sealyard" / "params" / "parameters.json";
}

}  // namespace sealyard::params
