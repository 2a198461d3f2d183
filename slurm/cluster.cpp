#include "slurm/cluster.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "slurm/contact.h"
#include "slurm/convert.h"

namespace sealyard::slurm {
namespace {

using Nodes = Loaded<node_info_msg_t, slurm_free_node_info_msg>;
using Partitions = Loaded<partition_info_msg_t, slurm_free_partition_info_msg>;
using Licences = Loaded<license_info_msg_t, slurm_free_license_info_msg>;
using Reservations = Loaded<reserve_info_msg_t, slurm_free_reservation_info_msg>;

HostState to_host_state(std::uint32_t node_state) {
  switch (node_state & NODE_STATE_BASE) {
    case NODE_STATE_DOWN:
      return HostState::down;
    case NODE_STATE_IDLE:
      return HostState::idle;
    case NODE_STATE_ALLOCATED:
      return HostState::allocated;
    case NODE_STATE_ERROR:
      return HostState::error;
    case NODE_STATE_MIXED:
      return HostState::mixed;
    case NODE_STATE_FUTURE:
      return HostState::future;
    default:
      return HostState::unknown;
  }
}

// "gpu:a100:2(S:0-1),pc1slot:3,scratch:no_consume:1" as names with counts.
std::vector<Counted> to_counted(const char* gres) {
  std::vector<Counted> all;
  std::string plain;
  int depth = 0;
  for (const char c : text(gres)) {  // "(S:0-1)", "(IDX:0,2)" hold commas of their own
    depth += c == '(';
    if (depth == 0) plain += c;
    depth -= c == ')';
  }
  for (std::string& part : split(plain)) {
    if (part.starts_with("gres/")) part.erase(0, 5);
    Counted one{part, 1};
    if (const auto colon = part.rfind(':'); colon != part.npos) {
      std::uint64_t count = 0;
      const char* const end = part.data() + part.size();
      const auto parsed = std::from_chars(part.data() + colon + 1, end, count);
      if (parsed.ec == std::errc()) {
        if (parsed.ptr != end && *parsed.ptr == 'K') count <<= 10;
        one = {part.substr(0, colon), static_cast<std::uint32_t>(count)};
      }
    }
    if (const auto mark = one.name.find(":no_consume"); mark != one.name.npos) one.name.erase(mark);
    all.push_back(std::move(one));
  }
  return all;
}

Host to_host(const node_info_t& node) {
  Host host;
  host.name = text(node.name);
  host.address = text(node.node_addr);
  host.state = to_host_state(node.node_state);
  host.drain = node.node_state & NODE_STATE_DRAIN;
  host.maintenance = node.node_state & NODE_STATE_MAINT;
  host.not_responding = node.node_state & NODE_STATE_NO_RESPOND;
  host.failing = node.node_state & NODE_STATE_FAIL;
  host.powered_down = node.node_state & NODE_STATE_POWERED_DOWN;
  host.reason = text(node.reason);
  host.reason_time = host.reason.empty() ? 0 : node.reason_time;
  host.features = split(text(node.features));
  host.active_features = node.features_act ? split(text(node.features_act)) : host.features;
  host.gres = to_counted(node.gres);
  host.gres_used = to_counted(node.gres_used);
  host.cpus = node.cpus;
  host.sockets = node.sockets;
  host.cores = node.cores;
  host.threads = node.threads;
  host.memory_bytes = node.real_memory << 20;
  host.memory_free_bytes = node.free_mem == NO_VAL64 ? 0 : node.free_mem << 20;
  const auto used = version::allocated(node);
  host.cpus_used = used.cpus;
  host.memory_used_bytes = used.memory_mib << 20;
  host.weight = node.weight;
  host.boot_time = node.boot_time;
  host.slurmd_start_time = node.slurmd_start_time;
  host.version = text(node.version);
  return host;
}

std::string to_preempt_mode(std::uint16_t mode) {
  if (mode == NO_VAL16) return "";
  std::string name;
  switch (mode & ~PREEMPT_MODE_GANG) {
    case PREEMPT_MODE_SUSPEND:
      name = "SUSPEND";
      break;
    case PREEMPT_MODE_REQUEUE:
      name = "REQUEUE";
      break;
    case PREEMPT_MODE_CANCEL:
      name = "CANCEL";
      break;
    default:
      name = "OFF";
  }
  return mode & PREEMPT_MODE_GANG ? name + ",GANG" : name;
}

SlurmPartition to_partition(const partition_info_t& record) {
  SlurmPartition partition;
  partition.name = text(record.name);
  partition.nodes = expand_hosts(record.nodes);
  partition.priority_tier = record.priority_tier;
  partition.grace_time_s = record.grace_time;
  partition.preempt_mode = to_preempt_mode(record.preempt_mode);
  partition.max_time_s = minutes_to_s(record.max_time);
  partition.default_time_s = minutes_to_s(record.default_time);
  partition.up = record.state_up == PARTITION_UP;
  partition.is_default = record.flags & PART_FLAG_DEFAULT;
  partition.allow_accounts = text(record.allow_accounts);
  partition.allow_qos = text(record.allow_qos);
  partition.total_cpus = record.total_cpus;
  return partition;
}

Reservation to_reservation(const reserve_info_t& record) {
  Reservation reservation;
  reservation.name = text(record.name);
  reservation.start = record.start_time;
  reservation.end = record.end_time;
  reservation.nodes = expand_hosts(record.node_list);
  reservation.maintenance = record.flags & RESERVE_FLAG_MAINT;
  reservation.cores = record.core_cnt;
  reservation.ignore_jobs = record.flags & RESERVE_FLAG_IGN_JOBS;
  reservation.flexible = record.flags & RESERVE_FLAG_FLEX;
  if (record.flags & RESERVE_FLAG_PURGE_COMP) reservation.purge_s = record.purge_comp_time;
  reservation.users = text(record.users);
  reservation.accounts = text(record.accounts);
  reservation.features = text(record.features);
  reservation.licences = text(record.licenses);
  reservation.slurm_partition = text(record.partition);
  return reservation;
}

}  // namespace

std::string_view name(HostState state) {
  constexpr std::array<std::string_view, 7> kNames{"unknown", "down",  "idle",  "allocated",
                                                   "error",   "mixed", "future"};
  return kNames.at(static_cast<std::size_t>(state));
}

bool Host::usable() const {
  const bool up =
      state == HostState::idle || state == HostState::allocated || state == HostState::mixed;
  return up && !drain && !not_responding && !failing && !maintenance;
}

std::vector<Host> hosts() {
  contact();
  node_info_msg_t* loaded = nullptr;
  const int rc = slurm_load_node(0, &loaded, SHOW_ALL | SHOW_DETAIL | SHOW_MIXED);
  const Nodes message(loaded);
  check(rc, "list of hosts");
  std::vector<Host> all;
  for (std::uint32_t i = 0; i < message->record_count; ++i)
    if (message->node_array[i].name) all.push_back(to_host(message->node_array[i]));
  return all;
}

std::vector<std::string> host_names(const std::string& hostlist) {
  if (!hostlist.empty()) contact();
  return expand_hosts(hostlist.c_str());
}

std::vector<SlurmPartition> slurm_partitions() {
  contact();
  partition_info_msg_t* loaded = nullptr;
  const int rc = slurm_load_partitions(0, &loaded, SHOW_ALL);
  const Partitions message(loaded);
  check(rc, "list of partitions");
  std::vector<SlurmPartition> all;
  for (std::uint32_t i = 0; i < message->record_count; ++i)
    all.push_back(to_partition(message->partition_array[i]));
  return all;
}

std::vector<Licence> licences() {
  contact();
  license_info_msg_t* loaded = nullptr;
  const int rc = slurm_load_licenses(0, &loaded, SHOW_ALL);
  const Licences message(loaded);
  check(rc, "list of licences");
  std::vector<Licence> all;
  for (std::uint32_t i = 0; i < message->num_lic; ++i) {
    const slurm_license_info_t& one = message->lic_array[i];
    all.push_back(
        {text(one.name), one.total, one.in_use, one.available, one.reserved, one.remote != 0});
  }
  return all;
}

std::vector<Reservation> reservations() {
  contact();
  reserve_info_msg_t* loaded = nullptr;
  const int rc = slurm_load_reservations(0, &loaded);
  const Reservations message(loaded);
  check(rc, "list of reservations");
  std::vector<Reservation> all;
  for (std::uint32_t i = 0; i < message->record_count; ++i)
    all.push_back(to_reservation(message->reservation_array[i]));
  return all;
}

}  // namespace sealyard::slurm
