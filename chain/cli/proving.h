// What `proving info|deadlines|deadline|faults` print: the chain's view of a miner's deadlines.
// Source: lotus, cli/spcli/proving.go; cli/util/epoch.go.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "chain/cli/command.h"
#include "chain/message/miner.h"
#include "chain/rpc/answers.h"

namespace sealyard::cli {

/// Taken from the chain at one tipset.
struct ProvingView {
  std::string miner;          ///< "f01000"
  std::int64_t time_s = 0;    ///< Unix time of the tipset
  std::int64_t delay_s = 30;  ///< of an epoch
  rpc::DeadlineInfo now;
  std::vector<rpc::Deadline> deadlines;
  std::vector<std::vector<rpc::Partition>> partitions;  ///< of each deadline
};

std::string proving_info_text(const ProvingView& view, bool colour);
/// @param all  counts sectors that are no longer live, too.
std::string proving_deadlines_text(const ProvingView& view, bool all, bool colour);
/// @param numbers  names every sector.
std::string proving_deadline_text(const ProvingView& view, std::uint64_t index, bool numbers);
std::string proving_faults_text(const ProvingView& view, bool colour);

/// @throws Refusal  no number below `deadlines`.
std::uint64_t parse_deadline(const std::string& text, std::uint64_t deadlines);
/// "1,5-9"; nothing of an empty text.  @throws Refusal
types::Bitfield parse_numbers(const std::string& text);
/// Parameters of SubmitWindowedPoSt as lotus-miner prints those that it does not send.
Json window_post_json(const message::SubmitWindowedPost& post);

Command proving_check_command();
Command proving_recover_command();
std::vector<Command> proving_compute_commands();

}  // namespace sealyard::cli
