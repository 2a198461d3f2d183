#include "chain/autotask/facts.h"

#include <algorithm>
#include <array>
#include <map>

#include "chain/message/miner.h"
#include "chain/onchain/policy.h"
#include "chain/onchain/rpc_chain.h"
#include "chain/pledge/order.h"
#include "chain/rpc/client.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/porep.h"

namespace sealyard::autotask {
namespace {

using pledge::Sector;
using pledge::State;
using slurm::Host;

constexpr std::array kUpToPc2{State::packing, State::pre_commit1, State::pre_commit2};
constexpr char kScratch[] = "scratchgib";  ///< GRES a site may give its nodes: GiB to seal in

/// The next sector, as it will be in this state.
Sector next_sector(const settings::Settings& settings, State state) {
  Sector sector;
  sector.id = {settings.miner, 0};
  sector.state = state;
  sector.proof_type = settings.proof_type;
  sector.group = settings.default_group;
  sector.ticket = std::string(64, '0');
  return sector;
}

slurm::Request request_of(const settings::Settings& settings, const std::string& tag, State state) {
  const pledge::Key key{tag, {settings.miner, 0}, std::string(pledge::row(state).stage), 1};
  return pledge::request(next_sector(settings, state), key, settings);
}

struct StageNeed {
  std::string stage;
  slurm::Request request;
  std::uint64_t disk_bytes = 0;
};

std::vector<StageNeed> stage_needs(const settings::Settings& settings) {
  std::vector<StageNeed> all;
  const auto porep = parse_porep(settings.proof_type);
  for (const auto state : kUpToPc2) {
    const std::string stage(pledge::row(state).stage);
    all.push_back({stage, request_of(settings, "next", state),
                   stage::resources(stage, porep, Backend::portable).disk_bytes});
  }
  return all;
}

/// Whether one of the request's partitions has the node.
bool runs_on(const slurm::Request& request, const Host& host,
             const std::vector<slurm::SlurmPartition>& partitions) {
  const auto named = "," + request.slurm_partition + ",";
  for (const auto& one : partitions) {
    const bool meant = request.slurm_partition.empty()
                           ? one.is_default
                           : named.find("," + one.name + ",") != named.npos;
    if (meant && std::find(one.nodes.begin(), one.nodes.end(), host.name) != one.nodes.end())
      return true;
  }
  return false;
}

void add_need(Need& need, const StageNeed& stage) {
  need.cores = std::max<std::uint64_t>(
      need.cores, static_cast<std::uint64_t>(stage.request.cores * stage.request.tasks));
  need.memory_bytes = std::max(need.memory_bytes, stage.request.memory_bytes);
  need.disk_bytes += stage.disk_bytes;
  for (const auto& one : stage.request.gres)
    need.gres[one.name] = std::max<std::uint64_t>(need.gres[one.name], one.count);
}

/// "gpu" counts every model of it.
std::uint64_t gres_count(const std::vector<slurm::Counted>& all, const std::string& name) {
  std::uint64_t count = 0;
  for (const auto& one : all)
    if (one.name == name || one.name.starts_with(name + ":")) count += one.count;
  return count;
}

std::string away(const Host& host) {
  if (host.usable()) return {};
  return fmt::format("{}{}", host.drain ? "draining" : std::string(slurm::name(host.state)),
                     host.reason.empty() ? "" : ": " + host.reason);
}

std::optional<Disk> disk_of(const std::filesystem::path& path) {
  for (auto folder = path; !folder.empty(); folder = folder.parent_path()) {
    std::error_code none;
    const auto found = std::filesystem::space(folder, none);
    if (!none) return Disk{found.capacity, found.capacity - found.available};
    if (folder == folder.parent_path()) break;
  }
  return std::nullopt;
}

Candidate to_node(const Host& host, const settings::Settings& settings) {
  Candidate node;
  node.name = host.name;
  node.away = away(host);
  node.cores_free = host.cpus - std::min(host.cpus, host.cpus_used);
  node.memory_free_bytes = host.memory_bytes - std::min(host.memory_bytes, host.memory_used_bytes);
  constexpr std::uint64_t kGib = 1 << 30;
  if (const auto scratch = gres_count(host.gres, kScratch); scratch > 0)
    node.disk = Disk{scratch * kGib, gres_count(host.gres_used, kScratch) * kGib};
  else
    node.disk = disk_of(settings.storage_root);
  if (const auto& group = settings.default_group; !group.empty() && node.away.empty()) {
    const auto& has = host.active_features;
    if (std::find(has.begin(), has.end(), pledge::group_feature(group)) == has.end())
      node.away = "not in group " + group;
  }
  return node;
}

/// What the sector still wants of a node before PC2 is done. A held one wants nothing (OPS-14).
enum class Wants { nothing, pc1, pc1_running, pc2 };
Wants wants(const Sector& sector) {
  if (!sector.broken.empty() || (sector.failure && sector.failure->again_ms == 0))
    return Wants::nothing;
  const bool started = sector.job && sector.job->started;
  switch (sector.state) {
    case State::packing:
    case State::add_piece:
    case State::get_ticket:
    case State::add_piece_failed:
    case State::seal_pre_commit1_failed:
      return Wants::pc1;
    case State::pre_commit1:
      return started ? Wants::pc1_running : Wants::pc1;
    case State::pre_commit2:
      return started ? Wants::nothing : Wants::pc2;
    case State::seal_pre_commit2_failed:
      return Wants::pc2;
    default:
      return Wants::nothing;
  }
}

void add_sector(Facts& facts, const Sector& sector) {
  const auto what = wants(sector);
  if (what == Wants::nothing) return;
  const auto& where =
      sector.node.empty() && sector.job && sector.job->started ? sector.job->node : sector.node;
  const auto node = std::find_if(facts.nodes.begin(), facts.nodes.end(),
                                 [&](const Candidate& one) { return one.name == where; });
  if (node == facts.nodes.end()) {
    if (what == Wants::pc1) ++facts.unplaced;
    return;
  }
  if (what == Wants::pc2) ++node->pc2_waiting;
  if (what == Wants::pc1) ++node->coming;
  if (what == Wants::pc1 || what == Wants::pc1_running) ++node->first_stages;
}

/// On its way on chain, and money still to be paid for it.
bool in_flight(const Sector& sector) {
  return sector.activation < 0 && sector.state != State::failed_unrecoverable &&
         sector.state != State::pre_commit_expired && sector.state != State::finalized &&
         sector.state != State::proving;
}

}  // namespace

void add_nodes(Facts& facts, const settings::Settings& settings, const pledge::Sectors& sectors,
               const Cluster& cluster) {
  const auto stages = stage_needs(settings);
  for (const auto& host : cluster.hosts) {
    auto node = to_node(host, settings);
    for (const auto& stage : stages)
      if (runs_on(stage.request, host, cluster.partitions)) {
        node.stages.push_back(stage.stage);
        add_need(node.need, stage);
      }
    const auto has = [&](std::string_view stage) {
      return std::find(node.stages.begin(), node.stages.end(), stage) != node.stages.end();
    };
    if (has(stage::kPc1) && host.usable()) ++facts.online;
    if (!has(stage::kPc1) || !has(stage::kAddPiece)) continue;
    for (const auto& [name, count] : node.need.gres) {
      const auto all = gres_count(host.gres, name);
      node.gres_free[name] = all - std::min(all, gres_count(host.gres_used, name));
    }
    const auto& listed = cluster.blacklist;
    node.listed = std::find(listed.begin(), listed.end(), host.name) != listed.end();
    facts.nodes.push_back(std::move(node));
  }
  for (const auto& [id, sector] : sectors) add_sector(facts, sector);
}

void add_store(Facts& facts, const settings::Settings& settings, const pledge::Sectors& sectors) {
  facts.max_sealing = settings.max_sealing_sectors;
  facts.store = disk_of(settings.store_root);
  for (const auto& [id, sector] : sectors) {
    if (id.miner != settings.miner || !sector.broken.empty()) continue;
    if (pledge::row(sector.state).sealing) ++facts.sealing;
    if (facts.store && sector.state == State::finalize_sector)
      facts.store->used_bytes += parse_porep(sector.proof_type).sector_bytes;
  }
}

void add_chain(Facts& facts, const settings::Settings& settings, const pledge::Sectors& sectors,
               onchain::Chain& chain) {
  try {
    const auto view = chain.look();
    facts.chain_trouble = view.trouble;
    if (!view.trouble.empty()) return;
    std::uint64_t fresh = 1, precommitted = 0;  // the next sector is fresh
    for (const auto& [id, sector] : sectors)
      if (id.miner == settings.miner && in_flight(sector))
        ++(sector.precommit_epoch < 0 ? fresh : precommitted);

    const auto porep = parse_porep(settings.proof_type);
    const auto lifetime = static_cast<types::Epoch>(settings.chain.sector_lifetime);
    message::SectorPreCommit one;
    one.seal_proof = porep.registered.value();
    one.comm_r = types::Cid::of_comm_r(sealyard::Node{});
    one.seal_rand_epoch = std::max<types::Epoch>(view.height - onchain::kTicketLookback, 0);
    one.expiration =
        onchain::expiration(view.height, one.seal_rand_epoch, lifetime, chain.challenge_delay());
    const types::BigInt deposit =
        chain.deposit(one) + types::parse_fil(settings.chain.precommit_fee);
    const types::BigInt pledge = chain.pledge(one.expiration - view.height, porep.sector_bytes) +
                                 types::parse_fil(settings.chain.commit_fee);
    const auto add = [&](std::string_view what, const types::BigInt& amount) {
      const auto sender = chain.sender(what);
      const auto who = sender.address.text(onchain::network_of(settings));
      for (auto& known : facts.senders)
        if (known.who == who) {
          known.required += amount;
          return;
        }
      facts.senders.push_back({who, chain.balance(sender.address), amount});
    };
    add("precommit", deposit * fresh);
    add("commit", pledge * (fresh + precommitted));
    if (settings.chain.collateral_from_miner) facts.miner_balance = chain.available();
  } catch (const rpc::NoAnswer& error) {
    facts.chain_trouble = error.what();
  } catch (const rpc::RpcError& error) {
    facts.chain_trouble = error.what();
  }
}

slurm::Request first_request(const settings::Settings& settings, const std::string& tag,
                             const std::string& node) {
  auto request = request_of(settings, tag, State::packing);
  request.hosts = node;
  return request;
}

}  // namespace sealyard::autotask
