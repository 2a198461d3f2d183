#include "jobs/params/manifest.h"

#include <nlohmann/json.hpp>

#include "jobs/sector/output.h"
#include "kernels/base/error.h"

namespace sealyard::params {

namespace fs = std::filesystem;

Manifest::Manifest(const fs::path& path) {
  const auto text = sector::read_file(path);
  try {
    const auto json = nlohmann::json::parse(text);
    for (const auto& [name, entry] : json.items())
      digests_[name] = entry.at("digest").get<std::string>();
  } catch (const nlohmann::json::exception& error) {
    throw Error(Fault::corrupt, "{} is no manifest of parameters: {}", path.string(), error.what());
  }
}

bool Manifest::is_official(std::string_view file_name, std::string_view digest) const {
  const auto found = digests_.find(file_name);
  return found != digests_.end() && found->second == digest;
}

fs::path installed_manifest() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw Error(Fault::io, "/proc/self/exe: {}", error.message());
  return program.parent_path().parent_path() / "share" / "sealyard" / "params" / "parameters.json";
}

}  // namespace sealyard::params
