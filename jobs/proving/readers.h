// Many sectors read at a time. A read that does not come back costs its own sector and nothing
// else: it is left behind with its thread.
#pragma once
#include <chrono>
#include <functional>
#include <vector>

#include "jobs/proving/sector_files.h"

namespace sealyard::proving {

/// Source of the numbers: lotus, cmd/lotus-worker/main.go, post-parallel-reads;
/// node/config/def.go, PartitionCheckTimeout. A time of 0 is none.
struct Limits {
  unsigned readers = 32;
  std::chrono::milliseconds one_read = std::chrono::seconds(30);
  std::chrono::milliseconds all_reads = std::chrono::minutes(20);
};

/// read_sector(), or what a test puts in its place. Runs in threads that may outlive the call: it
/// must own what it uses.
using Read = std::function<Answer(const Question& question, const Alive& alive)>;

/// The answers, in the order of the questions. A question whose read did not come back in time is
/// answered "timeout: ...".
/// @param watch  called a few times a second by the calling thread, with the number of answers. May
///               throw, to end it all.
std::vector<Answer> read_all(std::vector<Question> questions, const Read& read,
                             const Limits& limits,
                             const std::function<void(std::size_t answered)>& watch);

}  // namespace sealyard::proving
