#include "chain/dev/policy.h"

namespace sealyard::dev {
namespace {

/// Visits every number by name, so that writing and reading cannot differ.
template <typename P, typename Visit>
void each(P& p, Visit&& visit) {
  visit("network", p.network);
  visit("network_version", p.network_version);
  visit("deadlines", p.deadlines);
  visit("window", p.window);
  visit("challenge_lookback", p.challenge_lookback);
  visit("declaration_cutoff", p.declaration_cutoff);
  visit("dispute_window", p.dispute_window);
  visit("precommit_challenge_delay", p.precommit_challenge_delay);
  visit("max_precommit_lookback", p.max_precommit_lookback);
  visit("max_prove_commit", p.max_prove_commit);
  visit("precommit_cleanup", p.precommit_cleanup);
  visit("min_lifetime", p.min_lifetime);
  visit("max_ahead", p.max_ahead);
  visit("max_lifetime", p.max_lifetime);
  visit("day", p.day);
  visit("fault_max_periods", p.fault_max_periods);
  visit("worker_change_delay", p.worker_change_delay);
  visit("finality", p.finality);
  visit("min_power_bytes", p.min_power_bytes);
  visit("most_partitions_posted", p.most_partitions_posted);
  visit("stand_ins", p.stand_ins);
}

}  // namespace

Policy Policy::tiny() {
  Policy p;
  p.window = 5;
  p.challenge_lookback = 2;
  p.declaration_cutoff = 7;
  p.dispute_window = 150;
  p.day = p.period();
  return p;
}

types::Json Policy::json() const {
  types::Json json;
  each(*this, [&](const char* name, const auto& value) { json[name] = value; });
  return json;
}

Policy Policy::parse(const types::Json& json) {
  Policy p;
  each(p, [&](const char* name, auto& value) {
    if (json.contains(name)) json.at(name).get_to(value);  // else the chain is older than it
  });
  return p;
}

}  // namespace sealyard::dev
