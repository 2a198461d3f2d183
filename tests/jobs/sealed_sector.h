// A sector of the reference on the disk, as seal-pc2 would leave it.
#pragma once
#include <filesystem>
#include <string>

#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/stage/stage.h"
#include "tests/jobs/program.h"
#include "tests/vectors.h"

namespace sealyard::test {

inline std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Copies unsealed, sealed and cache of the case under `root` and writes the manifest with the
/// digests of all of them.
inline sector::Folder put_sealed_sector(const std::filesystem::path& root, const vectors::Case& c) {
  namespace fs = std::filesystem;
  const sector::Folder folder(root, {c.miner, c.sector}, c.config);
  folder.create();
  sector::Manifest manifest;
  manifest.id = folder.id();
  manifest.porep = c.config;
  for (const auto& piece : c.pieces)
    manifest.pieces.push_back({piece.unpadded_bytes, piece.unpadded_bytes, piece.comm_p, "file"});
  manifest.ticket = c.ticket;
  manifest.replica_id = c.replica_id;
  manifest.comm_d = c.comm_d;
  const auto p_aux = vectors::nodes(c.path("cache/p_aux"));
  manifest.comm_c = p_aux.at(0);
  manifest.comm_r_last = p_aux.at(1);
  manifest.comm_r = c.comm_r;
  stage::Result add_piece, pc2;
  add_piece.stage = stage::kAddPiece;
  pc2.stage = stage::kPc2;
  const auto put = [&](const fs::path& path, const std::string& from, stage::Result& result) {
    write(path, text_of(vectors::bytes(c.path(from))));
    result.artefacts.push_back(sector::artefact(folder, path, sector::digest(path)));
  };
  put(folder.unsealed().path, "unsealed", add_piece);
  put(folder.sealed().path, "sealed", pc2);
  for (const auto& [name, entry] : c.json.at("cache_after_pc2").items())
    if (vectors::exists(c.path("cache/" + name))) put(folder.cache() / name, "cache/" + name, pc2);
  manifest.stages = {add_piece, pc2};
  sector::write_manifest(folder.manifest(), manifest);
  return folder;
}

/// The last line of what a program said on stderr.
inline std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto start = text.rfind('\n', end);
  const auto first = start == std::string::npos ? 0 : start + 1;
  return text.substr(first, end + 1 - first);
}

}  // namespace sealyard::test
