// Ready-made files of committed-capacity sectors, one per sector size and storage root: the zero
// unsealed file and the tree_d over it. A sector takes them by reflink, hard link or copy instead
// of hashing (SEAL-03, SEAL-04). Nothing in them depends on the proof type.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"
#include "kernels/base/porep.h"

namespace sealyard::templates {

enum class Kind { unsealed, tree_d };

/// ROOT/template/unsealed_all_zero_2048, tree_d_all_zero_2048; beside each "<name>.sha256".
std::filesystem::path path(const std::filesystem::path& root, Kind kind, const PorepConfig& porep);

/// How a template that is there is believed.
enum class Check {
  quick,  ///< length and time of change are those on record; tree_d also ends with CommD
  full    ///< its digest too
};

/// Bytes done of all; may throw to stop.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The template, if it is there and right. A file that changed since it was recorded is read whole;
/// one that is wrong is renamed to "<name>.bad" and then is not there (CHK-01).
/// @throws Error{io}
std::optional<sector::Written> find(const std::filesystem::path& root, Kind kind,
                                    const PorepConfig& porep, Check check = Check::quick);

struct Made {
  sector::Written written;
  bool found = false;    ///< it was there and right
  bool was_bad = false;  ///< a wrong one was set aside
};
/// The template, made when it is missing or wrong. One process makes it at a time, others wait.
/// Files are read-only: a sector may share their blocks.
/// @throws Error{io} no space, read-only; what `progress` throws: nothing is left then.
Made make(const std::filesystem::path& root, Kind kind, const PorepConfig& porep,
          Check check = Check::quick, const Progress& progress = {});

enum class How { reflink, hard_link, copy };
std::string_view name(How how);

/// Gives the sector its file: under `temporary`, then, after the fence, renamed to `target`. An
/// earlier `target` is replaced. Only for files that no later step writes in place.
/// @throws Error{io}; Error{corrupt} a copy had not the template's digest (it is set aside then)
How place(const std::filesystem::path& root, Kind kind, const PorepConfig& porep,
          const sector::Written& written, const std::filesystem::path& target,
          const std::filesystem::path& temporary, const sector::Lock* lock);

}  // namespace sealyard::templates
