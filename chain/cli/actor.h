// The table of `actor control list`.
#pragma once
#include <string>
#include <vector>

#include "chain/types/address.h"
#include "chain/types/amount.h"

namespace sealyard::cli {

struct ControlRow {
  std::string name;  ///< "owner", "control-0"
  types::Address id, key;
  types::BigInt balance;          ///< attoFIL
  std::vector<std::string> uses;  ///< "other", "post"
};

/// Source: lotus, cli/miner/actor.go, actorControlListCmd.
std::string control_text(const std::vector<ControlRow>& rows, bool verbose, bool colour,
                         types::Network network);

}  // namespace sealyard::cli
