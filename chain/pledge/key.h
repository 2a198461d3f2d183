// The durable name of a job: it outlives job ids, which Slurm reuses after a crash.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/base/sector_id.h"

namespace sealyard::pledge {

/// One generation of one stage of one sector. A stage that is to run again after its job has ended
/// gets the next generation; a requeued job keeps its own.
struct Key {
  std::string tag;  ///< of the ledger
  SectorId sector;
  std::string stage;
  unsigned generation = 0;

  /// "sl.3f2a91bc.1000.7.pc1.1": job name, at most 200 characters of [A-Za-z0-9._-].
  std::string name() const;
  /// "sl1;miner=1000;sector=7;stage=pc1;gen=1;plan=9c1f22aa"
  std::string comment(std::string_view plan) const;

  friend bool operator==(const Key&, const Key&) = default;
};

/// nullopt: not a name of this form, so not a job of ours.
std::optional<Key> parse_key(std::string_view name);

}  // namespace sealyard::pledge
