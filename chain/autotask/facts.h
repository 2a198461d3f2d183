// What decide() wants to know, gathered from Slurm, the ledger's sectors, disks and the chain.
#pragma once
#include <string>
#include <vector>

#include "chain/autotask/decide.h"
#include "chain/onchain/chain.h"
#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"
#include "slurm/cluster.h"
#include "slurm/request.h"

namespace sealyard::autotask {

struct Cluster {
  std::vector<slurm::Host> hosts;
  std::vector<slurm::SlurmPartition> partitions;
  std::vector<std::string> blacklist;  ///< expanded
};

/// Nodes that can run AddPiece and PC1, what is free on them and what is on its way to them; how
/// many are online. The disk of a node is its GRES scratchgib where it has one, else the storage
/// root as this host sees it.
/// @throws Error{configuration} settings that give no request.
void add_nodes(Facts& facts, const settings::Settings& settings, const pledge::Sectors& sectors,
               const Cluster& cluster);

/// Long-term storage, with what finalize is moving there counted as used.
void add_store(Facts& facts, const settings::Settings& settings, const pledge::Sectors& sectors);

/// Senders, and what the next sector and those on their way will ask of them: deposit, pledge and
/// the most that messages may cost. A deposit that is on chain is asked for no more; it is not
/// taken off the pledge, to be on the safe side. Never throws for a node that is away or behind:
/// that is chain_trouble.
void add_chain(Facts& facts, const settings::Settings& settings, const pledge::Sectors& sectors,
               onchain::Chain& chain);

/// The job of AddPiece that the next sector would have on this node.
slurm::Request first_request(const settings::Settings& settings, const std::string& tag,
                             const std::string& node);

}  // namespace sealyard::autotask
