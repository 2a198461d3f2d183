// What follows when a job ended without a result: the table of exit codes, with caps and waits.
#pragma once
#include <cstdint>
#include <string>

#include "chain/pledge/sector.h"
#include "chain/settings/settings.h"
#include "slurm/job.h"

namespace sealyard::pledge {

/// How a job ended, whether slurmctld or slurmdbd tells it.
struct Ending {
  slurm::State state = slurm::State::failed;
  int exit_code = 0;
  int signal = 0;
  bool held = false;  ///< Slurm holds it: its exit code is in RequeueExitHold
  std::string node;
};

/// Decides the `failed` event:
///
///   65 corrupt               the stage before wrote it: seal again from PC1 (from AddPiece when
///   PC1
///                            itself complains), at most retry.reseals times, then give up
///                            (C2: run C1 again)
///   66 missing               run the stage before again (C2: once; then hold)
///   64 69 70 78, cancelled   hold for an operator
///   74, signal, lost host,   run the stage again, with a wait that doubles, at most
///   OOM, time-out, no result retry.attempts times, then hold
///   launch failed, other     the same; a job that Slurm holds is cancelled
///   codes up to 128
///   75, preempted            run the stage again at once; not counted
///
/// 74 and 75 come here only where the site does not requeue them itself. Out of memory and
/// time-outs make the next request larger (order.h).
/// @param now_ms  Unix time: the wait begins here.
nlohmann::json decide(const Sector& sector, const Ending& ending, const settings::Retry& retry,
                      std::int64_t now_ms);

/// The same for an end without a job: "no result", a result that cannot be read.
nlohmann::json decide(const Sector& sector, std::string_view cause, std::string text,
                      const settings::Retry& retry, std::int64_t now_ms);

/// What the chain says no to, by the table of pledge::chain_rules(): waits and caps as above.
/// @param batch  how many sectors the message had that failed; 0: no message.
nlohmann::json decide_on_chain(const Sector& sector, std::string_view cause, std::string text,
                               std::uint64_t batch, const settings::Retry& retry,
                               std::int64_t now_ms);

/// "exit 65 on n02", "out_of_memory on n01", "signal 9".
std::string text(const Ending& ending);

}  // namespace sealyard::pledge
