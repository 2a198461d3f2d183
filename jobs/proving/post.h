// The whole work of seal-window-post and seal-winning-post: read, prove, verify, write the result.
#pragma once
#include "jobs/launch/launch.h"

namespace sealyard::proving {

void declare(launch::Options& options);  ///< what both programs are told
/// --partition: of WindowPoSt alone.
void declare_partition(launch::Options& options);

/// Reads the order, reads its sectors, proves those that can be proven and writes the result, which
/// names the others with their reasons. The proof has been verified. No file of a sector is made or
/// changed.
/// @param only_winning  other orders are refused.
/// @throws Error{usage} the order; Error{corrupt} every sector was skipped: the result says why;
///         Error{missing} no parameters; Error{internal} a proof of ours that does not hold.
void work(launch::Job& job, bool only_winning);

/// Known answers of what the proofs are made with.
void self_test(Backend backend);

}  // namespace sealyard::proving
