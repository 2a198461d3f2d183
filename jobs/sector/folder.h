// The files of one sector under a storage root: names, sizes, checks, room on the disk.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/base/sector_id.h"

namespace sealyard::sector {

class Lock;

/// One file of a sector: what a message calls it, where it is, how long it must be, who makes it.
struct File {
  std::string what;                    ///< "layer 11", "tree_r_last 3", "replica"
  std::filesystem::path path;          ///< under the storage root
  std::optional<std::uint64_t> bytes;  ///< exact length; absent: any but 0 (t_aux holds a path)
  std::string_view maker;              ///< program to rerun when it is bad: "seal-pc1"
};

/// ROOT/{unsealed,sealed,cache,manifest,work}/s-t01000-7. The first three are lotus layout, names
/// and bytes of the reference and nothing else; manifest holds provenance; work everything else of
/// ours. Names are made here and nowhere else.
/// Source: rust-fil-proofs, storage-proofs-core/src/cache_key.rs, merkletree
/// StoreConfig::data_path.
class Folder {
 public:
  /// Names only; touches no file.
  Folder(std::filesystem::path root, SectorId id, PorepConfig porep);

  /// Takes the proof type from the manifest, which seal-add-piece wrote.
  /// @throws Error{missing}  no manifest: "...; run seal-add-piece first"
  /// @throws Error{corrupt}  it is a manifest of another sector, or no manifest at all
  static Folder open(const std::filesystem::path& root, SectorId id);

  const std::filesystem::path& root() const { return root_; }
  SectorId id() const { return id_; }
  const PorepConfig& porep() const { return porep_; }
  std::string name() const { return id_.text(); }  ///< "s-t01000-7"

  File unsealed() const;
  File sealed() const;
  File layer(unsigned number) const;  ///< 1 .. porep().layers()
  std::vector<File> layers() const;
  File tree_d() const;
  /// One file, or one for each base tree, "-0", "-1" ... appended to the id as the reference does.
  std::vector<File> tree_c() const;
  std::vector<File> tree_r_last() const;
  File p_aux() const;
  File t_aux() const;
  File synthetic() const;  ///< vanilla proofs of proof types 10..14

  std::filesystem::path cache() const;     ///< folder of all but the sealed and unsealed file
  std::filesystem::path manifest() const;  ///< HDF5, see manifest.h
  std::filesystem::path work() const;      ///< folder: lock, side records, results, progress
  std::filesystem::path lock() const;
  std::filesystem::path c1() const;     ///< C1's output for our C2: commit_hdf5.h
  std::filesystem::path proof() const;  ///< of C2: 192 bytes a partition
  std::filesystem::path layer_record(unsigned number) const;
  std::filesystem::path layer_in_progress(unsigned number) const;  ///< survives a killed attempt
  /// Of another file that does: it stays as long as there is a record "<name>-part".
  std::filesystem::path in_progress(std::string_view name) const;
  /// Where an output is written until it is whole: in work() when that is on the file system of
  /// `target`, so that lotus never sees a strange name; else beside it, as ".<name>.part".
  std::filesystem::path temporary(const std::filesystem::path& target) const;

  /// Makes every folder above that is missing.  @throws Error{io} read-only or not ours.
  void create() const;

  /// True when the file is there with its length. False when it is not there.
  /// @throws Error{corrupt} another length or no regular file; Error{io} cannot be looked at.
  bool has(const File& file) const;

  /// The same, but absent is a fault too:
  ///   "layer 11 is missing: .../sc-02-data-layer-11.dat; rerun seal-pc1"
  ///   "layer 11 is 2016 bytes, want 2048: .../...; rerun seal-pc1"
  /// @throws Error{missing}, Error{corrupt}, Error{io}
  void require(const File& file) const;
  void require(const std::vector<File>& files) const;

  /// Removes what earlier attempts left half-written: attempt-*, *.part and the reference's
  /// "..tmp". Layers in progress stay when their record does. The lock proves that nobody writes.
  void clear_dead_attempts(const Lock& lock) const;

 private:
  std::filesystem::path root_;
  SectorId id_;
  PorepConfig porep_;
};

/// Checked before a stage starts, so that it ends at once and not after hours. What the stage has
/// already written is not subtracted: pass only what is still to be written.
/// @throws Error{io} "needs 34359738368 bytes, 1048576 free on /scratch"
void require_space(const std::filesystem::path& folder, std::uint64_t bytes);

}  // namespace sealyard::sector
