// Numbers of the actor methods that a storage provider sends.
// Source: builtin-actors v18, actors/miner/src/lib.rs and actors/power/src/lib.rs, enum Method.
#pragma once
#include <cstdint>

namespace sealyard::message {

inline constexpr std::uint64_t kSend = 0;

/// Of the miner actor.
enum class Miner : std::uint64_t {
  change_worker_address = 3,
  change_peer_id = 4,
  submit_windowed_post = 5,
  terminate_sectors = 9,
  declare_faults = 10,
  declare_faults_recovered = 11,
  withdraw_balance = 16,
  change_multiaddrs = 18,
  confirm_change_worker_address = 21,
  repay_debt = 22,
  change_owner_address = 23,
  precommit_sector_batch2 = 28,
  extend_sector_expiration2 = 32,
  prove_commit_sectors3 = 34,
};

/// Of the power actor, f04.
enum class Power : std::uint64_t { create_miner = 2 };

}  // namespace sealyard::message
