// What an operator does to hosts, partitions and reservations.
#include <cstdlib>
#include <type_traits>

#include "slurm/cluster.h"
#include "slurm/contact.h"
#include "slurm/description.h"

namespace sealyard::slurm {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ",") + word;
  return list;
}

/// A list that a zero ends before Slurm 23.11, a number since.
template <class Message>
void set_cores(Message& message, std::uint32_t (&cores)[2]) {
  if constexpr (std::is_pointer_v<decltype(message.core_cnt)>)
    message.core_cnt = cores;
  else
    message.core_cnt = cores[0];
}

template <class Fill>
void update_host(const std::string& host, Fill fill) {
  contact();
  update_node_msg_t message;
  slurm_init_update_node_msg(&message);
  std::string node = host;
  message.node_names = node.data();
  fill(message);
  check(slurm_update_node(&message), "host " + host);
}

}  // namespace

void drain(const std::string& host, const std::string& reason) {
  if (reason.empty()) throw Error(Fault::usage, "host {}: draining wants a reason", host);
  std::string text = reason;
  update_host(host, [&](update_node_msg_t& message) {
    message.node_state = NODE_STATE_DRAIN;
    message.reason = text.data();
  });
}

void resume_host(const std::string& host) {
  update_host(host, [](update_node_msg_t& message) { message.node_state = NODE_RESUME; });
}

void set_features(const std::string& host, const std::vector<std::string>& features) {
  std::string available = joined(features), active = available;
  update_host(host, [&](update_node_msg_t& message) {
    message.features = available.data();
    message.features_act = active.data();
  });
}

void set_gres(const std::string& host, const std::vector<Counted>& gres) {
  std::string list;
  for (const Counted& one : gres)
    list += fmt::format("{}{}:{}", list.empty() ? "" : ",", one.name, one.count);
  update_host(host, [&](update_node_msg_t& message) { message.gres = list.data(); });
}

void set_partition_up(const std::string& slurm_partition, bool up) {
  contact();
  update_part_msg_t message;
  slurm_init_part_desc_msg(&message);
  std::string name = slurm_partition;
  message.name = name.data();
  message.state_up = up ? PARTITION_UP : PARTITION_DOWN;
  check(slurm_update_partition(&message), "partition " + slurm_partition);
}

std::string create_reservation(const Reservation& reservation) {
  if (reservation.end <= reservation.start)
    throw Error(Fault::usage, "reservation {}: ends before it starts", reservation.name);
  if (reservation.users.empty() && reservation.accounts.empty())
    throw Error(Fault::usage, "reservation {}: want users or accounts", reservation.name);
  contact();
  Reservation r = reservation;
  std::string nodes = !r.nodes.empty() ? joined(r.nodes) : r.cores ? "" : "ALL";
  std::uint32_t cores[2] = {r.cores, 0};
  const auto set = [](char*& field, std::string& value) {
    if (!value.empty()) field = value.data();
  };
  resv_desc_msg_t message;
  slurm_init_resv_desc_msg(&message);
  set(message.name, r.name);
  set(message.node_list, nodes);
  set(message.users, r.users);
  set(message.accounts, r.accounts);
  set(message.features, r.features);
  set(message.licenses, r.licences);
  set(message.partition, r.slurm_partition);
  message.start_time = r.start;
  message.end_time = r.end;
  if (r.cores) set_cores(message, cores);
  // A job that still waits when it ends is not held: it goes on without.
  message.flags = RESERVE_FLAG_NO_HOLD_JOBS | (r.maintenance ? RESERVE_FLAG_MAINT : 0) |
                  (r.ignore_jobs ? RESERVE_FLAG_IGN_JOBS : 0) |
                  (r.flexible ? RESERVE_FLAG_FLEX : 0);
  if (r.purge_s >= 0) {
    message.flags |= RESERVE_FLAG_PURGE_COMP;
    message.purge_comp_time = static_cast<std::uint32_t>(r.purge_s);
  }
  char* const created = slurm_create_reservation(&message);
  if (!created) throw failure(errno, "reservation " + r.name);
  std::string name = created;
  std::free(created);
  return name;
}

void move_reservation(const std::string& name, std::time_t start, std::time_t end) {
  if (end <= start) throw Error(Fault::usage, "reservation {}: ends before it starts", name);
  contact();
  std::string text = name;
  resv_desc_msg_t message;
  slurm_init_resv_desc_msg(&message);
  message.name = text.data();
  message.start_time = start;
  message.end_time = end;
  check(slurm_update_reservation(&message), "reservation " + name);
}

void remove_reservation(const std::string& name) {
  contact();
  std::string text = name;
  reservation_name_msg_t message{};
  message.name = text.data();
  check(slurm_delete_reservation(&message), "reservation " + name);
}

}  // namespace sealyard::slurm
