// What of a sector is kept, and where it is on its way from the sealing to the storing folder.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "jobs/sector/folder.h"
#include "jobs/sector/manifest.h"

namespace sealyard::finalize {

/// One file and the digest on record for it.
struct Kept {
  sector::File from, to;
  std::optional<Node> sha256;  ///< absent: no stage recorded it
};

/// What moves as one: the sealed file, the unsealed file, or the whole cache folder.
struct Part {
  std::filesystem::path from, to;
  std::vector<Kept> files;
  bool folder = false;
};

struct Choice {
  bool unsealed = false;  ///< --keep-unsealed
  bool synthetic = true;  ///< until C1 is done: --clear-synthetic
};

/// Cache first, then the replica, then the data: a replica without its cache proves nothing.
/// @throws Error{missing} a synthetic sector that has neither its proof file nor its layers' use.
std::vector<Part> parts(const sector::Folder& from, const sector::Folder& to,
                        const sector::Manifest& manifest, Choice choice);

/// What clear_cache of the reference removes: tree_d, tree_c and all layers.
/// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/clear_files.rs.
std::vector<sector::File> cleared(const sector::Folder& folder);

/// Lengths of all files and, where `read`, their digests against the record.
/// @param at  which end of the way: &Kept::from or &Kept::to.
/// @throws Error{missing}, Error{corrupt}, Error{io}
void require(const sector::Folder& folder, const Part& part, sector::File Kept::*at, bool read);

}  // namespace sealyard::finalize
