// The Slurm request of a stage: its command line, what it needs, and its name.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "chain/pledge/key.h"
#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"
#include "slurm/request.h"

namespace sealyard::pledge {

/// Where a stage's job writes what it prints: ROOT/work/s-t01000-7/pc1.out, appended to.
std::filesystem::path output_path(const std::filesystem::path& root, SectorId sector,
                                  std::string_view stage);

/// Feature of the nodes of a group: "grp_east".
std::string group_feature(std::string_view group);

/// The request for the stage of the sector's present state. Memory and time come from the stage's
/// own model, half as much again for every time it ran out of memory, twice for every time-out;
/// settings win over both.
/// @throws Error{configuration} a gres of the settings is not "name" or "name:count".
slurm::Request request(const Sector& sector, const Key& key, const settings::Settings& settings);

/// The job that makes what CC sectors of this size share, where they are to share something and it
/// is not there; one name for each size, "st.3f2a91bc.2048".
std::optional<slurm::Request> template_request(const Sector& sector, std::string_view tag,
                                               const settings::Settings& settings);

/// Eight hex digits that change when what is asked for changes.
std::string plan(const slurm::Request& request);

/// What a site says of where a stage runs and in whose name: partition, account, QOS, constraint,
/// and the environment of every job.
void set_place(slurm::Request& request, const settings::Stage& site,
               const settings::Settings& settings);

/// "gpu:a100:2,pc1slot:1".  @throws Error{configuration}
std::vector<slurm::Counted> parse_gres(std::string_view text);

}  // namespace sealyard::pledge
