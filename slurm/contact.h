// First contact with Slurm, and what its error codes mean to us. Included by slurm/*.cpp only.
#pragma once
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/base/error.h"
#include "slurm/version.h"

namespace sealyard::slurm {

/// Every call of ours begins with it. The first time it checks that there is a Slurm at all, in a
/// child process, because libslurm ends the process that initialises it without a configuration.
/// After a failed call it asks quickly whether slurmctld is back before anything slow is tried.
/// @throws Error{configuration} no Slurm on this host.
/// @throws Error{io} slurmctld does not answer.
void contact();

/// slurmctld or its backup answers a ping; needs an initialised libslurm.
bool ping();

/// The Error that a failed call stands for; `what` begins its text ("job x", "host n1").
Error failure(int code, const std::string& what);

/// After this code the request may have been carried out all the same.
bool outcome_unknown(int code);

/// Throws failure() unless rc is 0.
void check(int rc, const std::string& what);

inline std::string text(const char* string) { return string ? string : ""; }

/// "n[1-2],n5" as names.
std::vector<std::string> expand_hosts(const char* hostlist);

/// "a,b" as words.
std::vector<std::string> split(std::string_view list, char separator = ',');

/// A message of libslurm with its free function.
template <auto free_message>
struct Free {
  template <class Message>
  void operator()(Message* message) const {
    free_message(message);
  }
};
template <class Message, auto free_message>
using Loaded = std::unique_ptr<Message, Free<free_message>>;

using Jobs = Loaded<job_info_msg_t, slurm_free_job_info_msg>;

}  // namespace sealyard::slurm
