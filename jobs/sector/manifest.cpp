#include "jobs/sector/manifest.h"

#include <algorithm>

#include "jobs/sector/manifest_hdf5.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::sector {
namespace fs = std::filesystem;
namespace {

// HDF5 finds no flipped bit by itself. Its files may begin with a block of the user's; ours holds
// one line with the digest of the rest, so that any tool still reads the file.
constexpr std::size_t kHeadBytes = 512;
constexpr std::string_view kHead = "sealyard manifest 1 sha256 ";

std::string head(std::string_view image) {
  sha256::Hasher hash;
  hash.update(image);
  auto text = fmt::format("{}{}\n", kHead, to_hex(hash.finish()));
  text.resize(kHeadBytes, '\0');
  return text;
}

std::string load(const fs::path& path) {
  auto file = read_file(path);
  if (file.size() <= kHeadBytes || !file.starts_with(kHead))
    throw Error(Fault::corrupt, "{} is no sector manifest", path.string());
  auto image = file.substr(kHeadBytes);
  if (head(image) != file.substr(0, kHeadBytes))
    throw Error(Fault::corrupt, "{} is damaged: its bytes have not the SHA-256 it names",
                path.string());
  return image;
}

}  // namespace

const stage::Result* Manifest::stage(std::string_view name) const {
  const auto found = std::find_if(stages.begin(), stages.end(), [&](const stage::Result& result) {
    return result.stage == name;
  });
  return found == stages.end() ? nullptr : &*found;
}

void Manifest::record(stage::Result result) {
  for (auto& earlier : stages)
    if (earlier.stage == result.stage) {
      earlier = std::move(result);
      return;
    }
  stages.push_back(std::move(result));
}

Manifest read_manifest(const fs::path& path) { return from_hdf5(load(path), path.string()); }

Manifest read_manifest(const Folder& folder) {
  const auto path = folder.manifest();
  if (!fs::exists(path))
    throw Error(Fault::missing, "no manifest {}; run seal-add-piece first", path.string());
  auto manifest = read_manifest(path);
  if (manifest.id != folder.id())
    throw Error(Fault::corrupt, "{} is the manifest of {}, want {}; put the right one back",
                path.string(), manifest.id.text(), folder.name());
  return manifest;
}

void write_manifest(const fs::path& path, const Manifest& manifest, const Lock* lock) {
  const auto image = to_hdf5(manifest);
  write_file(path, head(image) + image, lock);
}

void write_manifest(const Folder& folder, const Manifest& manifest, const Lock& lock) {
  if (manifest.id != folder.id())
    throw Error(Fault::internal, "{}: manifest of {} about to be written", folder.name(),
                manifest.id.text());
  write_manifest(folder.manifest(), manifest, &lock);
}

void require_ticket(const Manifest& manifest, const Node& ticket) {
  if (manifest.ticket && *manifest.ticket != ticket)
    throw Error(Fault::corrupt, "sealed with ticket {}, asked for {}; a sector has one ticket",
                to_hex(*manifest.ticket), to_hex(ticket));
}

stage::Artefact artefact(const Folder& folder, const fs::path& path, const Written& written) {
  return {path.lexically_relative(folder.root()).generic_string(), written.bytes, written.sha256};
}

}  // namespace sealyard::sector
