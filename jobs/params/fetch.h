// Official parameter files from somewhere else.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "jobs/params/transfer.h"
#include "jobs/sector/output.h"

namespace sealyard::params {

struct Fetched {
  std::filesystem::path path;
  bool found = false;            ///< was there; nothing written
  std::uint64_t resumed_at = 0;  ///< bytes kept of an earlier run
  sector::Written written;
};

struct Watcher {
  /// Often, `total` 0 while nobody knows it; may throw to stop.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  std::function<void(std::string_view line)> warn;
};

/// Brings one file into `folder`. What has come lies under ".<name>.fetch.part" and is kept when
/// the transfer ends early, so that the next run asks for the rest only; the file gets its name
/// when all of it has the digest. One run at a time fetches a file, others wait and find it.
///
/// Bytes with another digest are removed: no rest would make them right. When an earlier run left
/// some of them, the whole file is asked for once more before that.
///
/// @param digest  that of the manifest, see groth16::manifest_digest().
/// @throws Error{missing} not at the source; Error{corrupt} other bytes there; Error{io} it cannot
/// be had or written, run again; Error{configuration} another file of that name is in `folder`.
Fetched fetch(Transfer& transfer, const Source& source, const std::string& name,
              const std::string& digest, const std::filesystem::path& folder,
              const Watcher& watcher);

}  // namespace sealyard::params
