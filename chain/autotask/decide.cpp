#include "chain/autotask/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "kernels/base/porep.h"

namespace sealyard::autotask {
namespace {

/// So many nodes are told of one by one.
constexpr std::size_t kMostTold = 5;

Verdict fails(std::string condition, std::string text) {
  return {std::move(condition), std::move(text), {}, {}};
}

bool as_full(const Disk& disk, double scale) {
  return static_cast<double>(disk.used_bytes) >= scale * static_cast<double>(disk.total_bytes);
}

std::string fullness(const Disk& disk, double scale) {
  return fmt::format("{} of {} in use, want less than {:.10g} %", size_text(disk.used_bytes),
                     size_text(disk.total_bytes), scale * 100);
}

Verdict check_funds(const Facts& facts, const settings::Auto& rules) {
  const auto each =
      rules.worker_balance.empty() ? types::BigInt(0) : types::parse_fil(rules.worker_balance);
  const types::BigInt quota = each * facts.online;
  types::BigInt from_miner = facts.miner_balance;
  for (const auto& sender : facts.senders) {
    if (sender.balance < quota)
      return fails("worker_balance", fmt::format("{} holds {}, want {} for {} nodes online",
                                                 sender.who, types::fil_short(sender.balance),
                                                 types::fil_short(quota), facts.online));
    if (sender.balance + from_miner < sender.required)
      return fails("funds",
                   fmt::format("{} holds {}, want {} for this sector and those on their way",
                               sender.who, types::fil_short(sender.balance + from_miner),
                               types::fil_short(sender.required)));
    if (sender.required > sender.balance) from_miner -= sender.required - sender.balance;
  }
  return {};
}

/// Why this node gets no sector.
Verdict check_node(const Candidate& node, const settings::Auto& rules) {
  if (!rules.node.empty() && node.name != rules.node)
    return fails("node_away", "not the node of auto.node");
  if (node.listed) return fails("blacklist", "on the blacklist");
  if (!node.away.empty()) return fails("node_away", node.away);
  if (node.disk && as_full(*node.disk, rules.worker_disk_scale))
    return fails("worker_disk", fullness(*node.disk, rules.worker_disk_scale));
  if (node.disk && node.disk->free_bytes() / (node.coming + 1) < node.need.disk_bytes)
    return fails("scratch",
                 fmt::format("{} free for {} sectors of {}", size_text(node.disk->free_bytes()),
                             node.coming + 1, size_text(node.need.disk_bytes)));
  if (node.pc2_waiting >= rules.pc2_backlog)
    return fails("pc2_backlog", fmt::format("{} sectors wait for PC2", node.pc2_waiting));
  if (rules.max_pc1 > 0 && node.first_stages >= rules.max_pc1)
    return fails("max_pc1", fmt::format("{} sectors in AddPiece or PC1", node.first_stages));
  if (free_slots(node, rules) == 0)
    return fails("resources",
                 fmt::format("{} cores and {} free, {} sectors coming", node.cores_free,
                             size_text(node.memory_free_bytes), node.coming));
  return {};
}

Verdict none_of(const std::vector<std::pair<std::string, Verdict>>& refused) {
  if (refused.empty()) return fails("nodes", "no node's partitions run both AddPiece and PC1");
  std::set<std::string> conditions;
  std::string text;
  for (std::size_t i = 0; i < refused.size(); ++i) {
    conditions.insert(refused[i].second.condition);
    if (i < kMostTold)
      text += fmt::format("{}{}: {}", i ? "; " : "", refused[i].first, refused[i].second.text);
  }
  if (refused.size() > kMostTold) text += fmt::format("; {} more", refused.size() - kMostTold);
  return fails(conditions.size() == 1 ? *conditions.begin() : "nodes", text);
}

}  // namespace

std::uint64_t free_slots(const Candidate& node, const settings::Auto& rules) {
  auto slots = UINT64_MAX;
  const auto limit = [&](std::uint64_t free, std::uint64_t need) {
    if (need > 0) slots = std::min(slots, free / need);
  };
  limit(node.cores_free, node.need.cores);
  limit(node.memory_free_bytes, node.need.memory_bytes);
  if (node.disk) limit(node.disk->free_bytes(), node.need.disk_bytes);
  for (const auto& [name, count] : node.need.gres) {
    const auto found = node.gres_free.find(name);
    limit(found == node.gres_free.end() ? 0 : found->second, count);
  }
  slots -= std::min(slots, node.coming);
  if (rules.max_pc1 > 0)
    slots = std::min(slots, rules.max_pc1 - std::min(rules.max_pc1, node.first_stages));
  return slots;
}

Verdict decide(const Facts& facts, const settings::Auto& rules, const StartsIn& starts_in) {
  if (!facts.cluster_trouble.empty()) return fails("cluster", facts.cluster_trouble);
  if (!facts.chain_trouble.empty()) return fails("sync", facts.chain_trouble);
  if (rules.max_sector > 0 && facts.next_number > rules.max_sector)
    return fails("max_sector", fmt::format("sector numbers end at {}", rules.max_sector));
  if (facts.max_sealing > 0 && facts.sealing >= facts.max_sealing)
    return fails("max_sealing", fmt::format("{} sectors are being sealed, want less than {}",
                                            facts.sealing, facts.max_sealing));
  if (!facts.store) return fails("store_disk", "long-term storage does not say how full it is");
  if (as_full(*facts.store, rules.store_scale))
    return fails("store_disk", fullness(*facts.store, rules.store_scale));
  if (auto verdict = check_funds(facts, rules); !verdict.passes()) return verdict;

  std::vector<const Candidate*> fit;
  std::vector<std::pair<std::string, Verdict>> refused;
  std::uint64_t slots = 0;
  for (const auto& node : facts.nodes) {
    auto verdict = check_node(node, rules);
    if (verdict.passes())
      fit.push_back(&node), slots += free_slots(node, rules);
    else
      refused.emplace_back(node.name, std::move(verdict));
  }
  if (!fit.empty() && slots <= facts.unplaced)
    return fails("resources",
                 fmt::format("{} sectors that may go to any node come first", facts.unplaced));
  std::sort(fit.begin(), fit.end(), [&](const Candidate* a, const Candidate* b) {
    const auto slots_a = free_slots(*a, rules), slots_b = free_slots(*b, rules);
    return std::tie(slots_b, a->first_stages, a->name) <
           std::tie(slots_a, b->first_stages, b->name);
  });
  for (const auto* node : fit) {
    const auto wait = starts_in(node->name);
    if (wait && *wait <= static_cast<std::int64_t>(rules.start_limit))
      return {{}, {}, node->name, node->stages};
    refused.emplace_back(node->name,
                         fails("start", wait ? fmt::format("Slurm would start it in {} s, want {}",
                                                           *wait, rules.start_limit)
                                             : "Slurm would not start it"));
  }
  return none_of(refused);
}

}  // namespace sealyard::autotask
