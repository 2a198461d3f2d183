// Runs seal-window-post on sectors of a deadline, here and now.
#pragma once
#include "chain/cli/chain.h"
#include "chain/rpc/answers.h"
#include "jobs/stage/post_result.h"

namespace sealyard::cli {

/// @param randomness    what leaves are drawn by.
/// @param vanilla_only  reads and checks; makes no proof.
/// @throws Refusal with the exit code of the program: it left no result.
stage::PostResult run_window_post(const Context& context, const Chain& chain,
                                  const types::Bitfield& numbers, const Node& randomness,
                                  bool vanilla_only);

}  // namespace sealyard::cli
