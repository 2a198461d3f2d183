// tree_d of a sector's data, made once and trusted again only with its record.
#pragma once
#include "jobs/launch/launch.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/stage/result.h"

namespace sealyard::pc1 {

/// Makes sc-02-data-tree-d.dat from the unsealed data, or keeps the one whose record fits; a sector
/// without pieces takes the tree from the template of its size where there is one (SEAL-04).
/// @throws Error{corrupt} its root is not the manifest's CommD.
stage::Artefact make_tree_d(launch::Job& job, const sector::Folder& folder,
                            const sector::Manifest& manifest, const sector::Lock& lock);

}  // namespace sealyard::pc1
