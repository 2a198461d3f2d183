// A job that stands by for winning proofs: an allocation in which seal-winning-post runs as a step,
// at once, whatever waits in the queue. Slurm's list of jobs is its only memory.
#pragma once
#include <functional>
#include <mutex>
#include <string>

#include "chain/deadline/jobs.h"

namespace sealyard::winning {

/// Refers to everything it is given.
class Standing {
 public:
  using Log = std::function<void(bool warning, const std::string& line)>;
  Standing(const settings::Settings& settings, std::string tag, deadline::Jobs& jobs, Log log);

  /// Finds the job by its name, asks for one where there is none, and for the next one before its
  /// time is over; lets go of all of them where the settings do not want one. From one thread.
  void tick(std::int64_t now_ms);

  /// What runs a program as a step of it, for /bin/sh; empty: it does not run. From any thread.
  std::string words() const;

 private:
  /// "sw.3f2a91bc.1000.": of every such job, whichever daemon asked for it.
  std::string prefix() const;
  void ask(std::int64_t now_ms);
  void let_go(const slurm::JobState& job, const std::string& why);
  void set(std::string words);

  const settings::Settings& settings_;
  std::string tag_;
  deadline::Jobs& jobs_;
  Log log_;
  std::int64_t again_ms_ = 0;
  std::string said_;
  mutable std::mutex mutex_;
  std::string words_;
};

/// The job: it sleeps until its time is over.
slurm::Request standing_request(const settings::Settings& settings, std::string_view tag,
                                std::int64_t now_ms);

}  // namespace sealyard::winning
