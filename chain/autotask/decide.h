// Whether a sector is to be pledged now, and for which node: numbers in, verdict out.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "chain/settings/settings.h"
#include "chain/types/amount.h"

namespace sealyard::autotask {

struct Disk {
  std::uint64_t total_bytes = 0, used_bytes = 0;
  std::uint64_t free_bytes() const {
    return total_bytes > used_bytes ? total_bytes - used_bytes : 0;
  }
};

/// What one sector takes of a node until PC2 is done: the largest stage, and all stages' disk.
struct Need {
  std::uint64_t cores = 0, memory_bytes = 0, disk_bytes = 0;
  std::map<std::string, std::uint64_t> gres;
};

struct Candidate {
  std::string name;
  std::string away;                 ///< why it takes no job; empty: it does
  std::vector<std::string> stages;  ///< of AddPiece, PC1 and PC2 those that its partitions run
  Need need;                        ///< of these stages
  std::uint64_t cores_free = 0, memory_free_bytes = 0;
  std::map<std::string, std::uint64_t> gres_free;
  std::optional<Disk> disk;        ///< where it seals; nothing: unknown
  bool listed = false;             ///< on the blacklist
  std::uint64_t coming = 0;        ///< pledged for it, PC1 not running yet
  std::uint64_t first_stages = 0;  ///< its sectors in AddPiece or PC1
  std::uint64_t pc2_waiting = 0;   ///< its sectors whose PC2 has not started
};

/// A sender of messages. Amounts in attoFIL.
struct Funds {
  std::string who;
  types::BigInt balance, required;
};

struct Facts {
  std::string cluster_trouble;  ///< slurmctld is away; empty: it answers
  std::string chain_trouble;    ///< the node is away or behind
  std::uint64_t next_number = 0;
  std::uint64_t sealing = 0, max_sealing = 0;  ///< max 0: no limit
  std::optional<Disk> store;    ///< long-term storage, what is on its way there counted as used
  types::BigInt miner_balance;  ///< of the actor, where collateral may come from it
  std::vector<Funds> senders;   ///< empty: there is no chain
  std::uint64_t online = 0;     ///< nodes of PC1's partition that are up
  std::uint64_t unplaced = 0;   ///< sectors on their way to PC1 on whatever node
  std::vector<Candidate> nodes;
};

struct Verdict {
  std::string condition;            ///< which one fails: "funds", "store_disk", ...; empty: pledge
  std::string text;                 ///< one line for people
  std::string node;                 ///< to pledge for
  std::vector<std::string> stages;  ///< that are to run there
  bool passes() const { return condition.empty(); }
};

/// In how many seconds Slurm would start a first stage on this node; nothing: never as it is.
using StartsIn = std::function<std::optional<std::int64_t>(const std::string& node)>;

/// Sectors that fit on the node besides those it is promised. GRES the node lacks: none.
std::uint64_t free_slots(const Candidate& node, const settings::Auto& rules);

/// Checks everything, cheap things first. Nodes with the most free slots come first, then those
/// with fewer sectors, then by name; only those are asked when they would start.
Verdict decide(const Facts& facts, const settings::Auto& rules, const StartsIn& starts_in);

}  // namespace sealyard::autotask
