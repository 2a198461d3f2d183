#include "jobs/finalize/parts.h"

#include "jobs/sector/output.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::finalize {
namespace {

std::optional<Node> recorded(const sector::Manifest& manifest, const sector::Folder& folder,
                             const sector::File& file) {
  const auto name = sector::artefact(folder, file.path, {}).name;
  for (auto stage = manifest.stages.rbegin(); stage != manifest.stages.rend(); ++stage)
    for (const auto& artefact : stage->artefacts)
      if (artefact.name == name) return artefact.sha256;
  return std::nullopt;
}

std::vector<sector::File> kept_in_cache(const sector::Folder& folder, bool synthetic) {
  auto files = folder.tree_r_last();
  files.push_back(folder.p_aux());
  files.push_back(folder.t_aux());
  if (synthetic) files.push_back(folder.synthetic());
  return files;
}

}  // namespace

std::vector<sector::File> cleared(const sector::Folder& folder) {
  auto files = folder.layers();
  for (const auto& file : folder.tree_c()) files.push_back(file);
  files.push_back(folder.tree_d());
  return files;
}

std::vector<Part> parts(const sector::Folder& from, const sector::Folder& to,
                        const sector::Manifest& manifest, Choice choice) {
  const bool synthetic = from.porep().feature == PorepFeature::synthetic && choice.synthetic;
  Part cache{from.cache(), to.cache(), {}, true};
  const auto here = kept_in_cache(from, synthetic), there = kept_in_cache(to, synthetic);
  for (std::size_t i = 0; i < here.size(); ++i)
    cache.files.push_back({here[i], there[i], recorded(manifest, from, here[i])});
  const auto single = [&](const sector::File& source, const sector::File& target) {
    return Part{source.path, target.path, {{source, target, recorded(manifest, from, source)}}};
  };
  std::vector<Part> list{cache, single(from.sealed(), to.sealed())};
  if (choice.unsealed) list.push_back(single(from.unsealed(), to.unsealed()));
  return list;
}

void require(const sector::Folder& folder, const Part& part, sector::File Kept::*at, bool read) {
  for (const auto& kept : part.files) {
    const auto& file = kept.*at;
    folder.require(file);
    if (!read || !kept.sha256) continue;
    if (const auto found = sector::digest(file.path).sha256; found != *kept.sha256)
      throw Error(Fault::corrupt, "{} has SHA-256 {}, want {}: {}; rerun {}", file.what,
                  to_hex(found), to_hex(*kept.sha256), file.path.string(), file.maker);
  }
}

}  // namespace sealyard::finalize
