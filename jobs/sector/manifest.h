// The manifest: where every byte of a sector comes from, in one HDF5 file beside it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"
#include "jobs/stage/result.h"
#include "kernels/base/node.h"
#include "kernels/base/porep.h"
#include "kernels/base/sector_id.h"

namespace sealyard::sector {

/// A piece as it lies in the sector, filler included, in order.
struct Piece {
  std::uint64_t unpadded_bytes = 0;  ///< 127 * 2^k: what the piece takes of the sector
  std::uint64_t data_bytes = 0;      ///< of these, from the file; the rest is zeros. 0: filler
  Node comm_p;
  std::string file;  ///< name as given, without folders; empty for filler

  std::uint64_t padded_bytes() const { return unpadded_bytes / 127 * 128; }
  friend bool operator==(const Piece&, const Piece&) = default;
};

/// Everything on record of one sector. A stage reads it, adds what it found and its own Result (of
/// launch::Job::measure), and writes it back before its result file, under the sector's lock:
///
///   manifest.comm_r = comm_r;
///   job.measure(id);
///   manifest.record(job.result(id));
///   sector::write_manifest(folder, manifest, lock);
///   job.finish(id, [&] { lock.check(); });
struct Manifest {
  SectorId id;
  PorepConfig porep;
  std::vector<Piece> pieces;
  std::optional<Node> ticket, replica_id, comm_d, comm_c, comm_r_last, comm_r;
  std::vector<stage::Result> stages;  ///< in the order they first ended

  const stage::Result* stage(std::string_view name) const;
  /// Puts the result in place of an earlier one of the same stage, or last.
  void record(stage::Result result);
};

/// @throws Error{missing} no file: "...; run seal-add-piece first"; Error{corrupt} damaged, no
///         manifest, or the manifest of another sector (miner or number differ from the folder's).
Manifest read_manifest(const Folder& folder);
/// Any manifest, by path; compares it with nothing.
Manifest read_manifest(const std::filesystem::path& path);

/// The whole manifest into a new file, then renamed: killed at any moment, the old one or the new
/// one is there.
void write_manifest(const Folder& folder, const Manifest& manifest, const Lock& lock);
void write_manifest(const std::filesystem::path& path, const Manifest& manifest,
                    const Lock* lock = nullptr);

/// The ticket a stage was given against the one on record.
/// @throws Error{corrupt} both are there and differ: this is the manifest of another sealing.
void require_ticket(const Manifest& manifest, const Node& ticket);

/// A finished file as the result declares it, named from the storage root.
stage::Artefact artefact(const Folder& folder, const std::filesystem::path& path,
                         const Written& written);

}  // namespace sealyard::sector
