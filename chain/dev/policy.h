// The numbers of the network: fixed when a chain is made, kept with it, shown to clients.
// Source of the defaults: builtin-actors v18, runtime/src/runtime/policy.rs (devnet bundle);
// lotus, build/buildconstants/params_2k.go.
#pragma once
#include <cstdint>
#include <string>

#include "chain/types/json.h"
#include "chain/types/message.h"

namespace sealyard::dev {

using types::Epoch;

struct Policy {
  std::string network = "sealyard-dev";
  std::uint64_t network_version = 28;
  // The proving period is deadlines * window; all of these are told in DeadlineInfo.
  Epoch deadlines = 48, window = 60, challenge_lookback = 20, declaration_cutoff = 70;
  Epoch dispute_window = 1800;
  Epoch precommit_challenge_delay = 10, max_precommit_lookback = 3780;
  Epoch max_prove_commit = 30 * 2880 + 10;
  Epoch precommit_cleanup = 960;
  Epoch min_lifetime = 518'400, max_ahead = 3'680'640, max_lifetime = 5'259'485;
  Epoch day = 2880;  ///< what fees by the day count
  std::uint64_t fault_max_periods = 42;
  Epoch worker_change_delay = 900;
  Epoch finality = 900;
  std::uint64_t min_power_bytes = 2048;
  std::uint64_t most_partitions_posted = 3;
  /// dev::stand_in() is taken for a seal proof: for tests of messages alone. Power means nothing.
  bool stand_ins = false;

  Epoch period() const { return deadlines * window; }

  /// The same ratios in a proving period of 240 epochs: 48 deadlines of 5.
  static Policy tiny();
  types::Json json() const;
  static Policy parse(const types::Json& json);
};

}  // namespace sealyard::dev
