// Which blocks were made: the one thing that must survive everything. Two blocks of one epoch, or
// two on the same parents, cost a miner its right to make blocks and a penalty. Source: lotus,
// chain/gen/slashfilter/slashfilter.go.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "chain/ledger/database.h"
#include "chain/types/cid.h"
#include "chain/types/message.h"

namespace sealyard::winning {

using types::Cid;
using types::Epoch;

/// Belongs to one thread; other processes may have the file open too.
class Book {
 public:
  explicit Book(const std::filesystem::path& file);

  /// Claims the epoch for a block on these parents, on disk when it returns: from then on nobody
  /// makes another one, also where this block never gets ready.
  /// @param base  the epoch of the parents.
  /// @return why this block must not be made; empty: it is claimed.
  std::string claim(std::uint64_t miner, Epoch epoch, const std::vector<Cid>& parents, Epoch base);
  /// What became of a claim: its block is signed.
  void sign(std::uint64_t miner, Epoch epoch, const Cid& block);
  bool claimed(std::uint64_t miner, Epoch epoch) const;

 private:
  ledger::Database db_;
};

}  // namespace sealyard::winning
