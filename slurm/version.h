// The one place that knows libslurm's releases: 22.05 to 26.05 compile from the same sources.
// Included by slurm/*.cpp only.
#pragma once
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/slurmdb.h>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <type_traits>

static_assert(SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(22, 5, 0), "Slurm 22.05 or later");

// Exported by libslurm, declared in no header; weak, so that a release without it only leaks.
extern "C" [[gnu::weak]] void slurm_free_will_run_response_msg(will_run_response_msg_t* message);

namespace sealyard::slurm::version {

inline void free_will_run(will_run_response_msg_t* message) {
  if (slurm_free_will_run_response_msg) slurm_free_will_run_response_msg(message);
}

/// What gres names start with in tres_per_* strings.
inline constexpr std::string_view kGresPrefix =
    SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(23, 11, 0) ? "gres/" : "gres:";

/// Calls return 0, -1 with errno, or the code itself.
inline int code(int rc) { return rc > 0 ? rc : errno; }

/// The job id in a submit response: 25.11 moved it into step_id.
template <class Message>
std::uint32_t job_id(const Message& message) {
  if constexpr (requires { message.job_id; })
    return message.job_id;
  else
    return message.step_id.job_id;
}

/// slurm_load_job takes a whole slurm_step_id_t from 26.05 on.
template <class Call, class Response>
int load_job(Call* call, Response** response, std::uint32_t id, std::uint16_t flags) {
  if constexpr (std::is_invocable_v<Call*, Response**, std::uint32_t, std::uint16_t>) {
    return call(response, id, flags);
  } else {
    slurm_step_id_t step{};
    step.job_id = id;
    step.step_id = NO_VAL;
    step.step_het_comp = NO_VAL;
    return call(response, step, flags);
  }
}

/// What is promised to jobs on a node: plain members from 25.05 on, before by a call.
struct Allocated {
  std::uint32_t cpus = 0;
  std::uint64_t memory_mib = 0;
};
inline Allocated allocated(const node_info_t& node) {
  Allocated out;
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(25, 5, 0)
  out.cpus = node.alloc_cpus;
  out.memory_mib = node.alloc_memory;
#else
  std::uint16_t cpus = 0;
  slurm_get_select_nodeinfo(node.select_nodeinfo, SELECT_NODEDATA_SUBCNT, NODE_STATE_ALLOCATED,
                            &cpus);
  slurm_get_select_nodeinfo(node.select_nodeinfo, SELECT_NODEDATA_MEM_ALLOC, NODE_STATE_ALLOCATED,
                            &out.memory_mib);
  out.cpus = cpus;
#endif
  return out;
}

inline void free_settings(slurm_conf_t* conf) {
#if SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(26, 5, 0)
  slurm_free_conf(conf);
#else
  slurm_free_ctl_conf(conf);
#endif
}

}  // namespace sealyard::slurm::version
