// Epochs that the miner actor's policy fixes.
// Source: builtin-actors v18, runtime/src/runtime/policy.rs; lotus, build/buildconstants and
// chain/actors/policy/policy.go.
#pragma once
#include "chain/types/message.h"

namespace sealyard::onchain {

using types::Epoch;

inline constexpr Epoch kDay = 2880;
/// A ticket is drawn so far behind the head: at EC's finality.
inline constexpr Epoch kTicketLookback = 900;
/// A pre-commit with an older ticket is refused: MaxPreCommitRandomnessLookback.
inline constexpr Epoch kTicketLife = kDay + kTicketLookback;
inline constexpr Epoch kShortestLife = 180 * kDay, kLongestLife = 1278 * kDay;

/// MaxProveCommitDuration of V1P1 and synthetic proofs: `delay` is PreCommitChallengeDelay.
inline constexpr Epoch max_prove_commit(Epoch delay) { return 30 * kDay + delay; }

/// When a sector that is pre-committed at `head` shall expire, wanted after `lifetime` epochs.
/// Source: lotus, storage/pipeline/precommit_policy.go and states_sealing.go, preCommitInfo().
Epoch expiration(Epoch head, Epoch ticket_epoch, Epoch lifetime, Epoch delay);

}  // namespace sealyard::onchain
