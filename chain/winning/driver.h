// Makes a miner's blocks: once an epoch base information, election, and where it wins the
// WinningPoSt, the block and its submission, within the epoch or not at all.
// Source: lotus, miner/miner.go, mine(), mineOne().
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "chain/deadline/files.h"
#include "chain/election/election.h"
#include "chain/election/header.h"
#include "chain/rpc/node.h"
#include "chain/settings/settings.h"
#include "chain/winning/book.h"
#include "chain/winning/prover.h"

namespace sealyard::winning {

/// The worker's key, wherever it lies.
struct Keys {
  std::function<types::Signature(const types::Address& worker, const election::Draw& draw)> draw;
  /// Nothing: the node has signed the header already.
  std::function<std::optional<types::Signature>(const types::Address& worker,
                                                const election::Header& header)>
      sign;
};

/// Where the files of a sector lie.
using Where = std::function<deadline::Place(SectorId id, bool updated)>;

/// What came of an epoch.
enum class Outcome {
  waiting,   ///< for its time
  idle,      ///< nothing to prove, or not eligible
  lost,      ///< the election
  proving,   ///< or the proof waits for the block's time
  failed,    ///< no proof, or node or key said no
  late,      ///< its time was over: nothing was sent
  withheld,  ///< a block would have been the second one of an epoch
  sent,
};
std::string_view name(Outcome outcome);

struct Round {
  Epoch epoch = -1;
  Outcome outcome = Outcome::waiting;
  std::int64_t wins = 0;
  std::string why;
  Cid block;  ///< since sent
};

/// Belongs to one thread. Refers to everything it is given.
class Driver {
 public:
  using Clock = std::function<std::int64_t()>;  ///< Unix milliseconds
  using Log = std::function<void(bool warning, const std::string& line)>;
  Driver(const settings::Settings& settings, const rpc::Node& node, Keys keys, Where where,
         Prover& prover, Book& book, Clock clock, Log log);

  /// Does what is due.
  /// @return how many milliseconds it may be until the next one.
  std::int64_t tick();

  const Round& last() const { return round_; }

 private:
  /// The times of one epoch's block, in Unix milliseconds.
  struct Times {
    std::int64_t begin = 0;  ///< the parents' blocks have arrived
    std::int64_t block = 0;  ///< its timestamp: it is not sent before
    std::int64_t last = 0;   ///< from here on others build without it
  };
  /// An election that was won.
  struct Won {
    rpc::Tipset base;
    rpc::MiningBase info;
    types::Bytes election, beacon;
    Times times;
    std::optional<election::Block> block;  ///< signed
  };

  std::int64_t look();
  std::int64_t draw(const rpc::Tipset& head, const Times& times);
  void order();
  std::int64_t follow();
  types::Bytes proof() const;
  void make(types::Bytes proof);
  rpc::BlockTemplate wish(types::Bytes proof);
  types::Bytes vrf(const election::Draw& draw) const;
  std::filesystem::path file(std::string_view ending) const;
  std::int64_t end(Outcome outcome, std::string why = {});
  void say(bool warning, const std::string& line);

  const settings::Settings& settings_;
  const rpc::Node& node_;
  Keys keys_;
  Where where_;
  Prover& prover_;
  Book& book_;
  Clock clock_;
  Log log_;
  types::Address miner_;
  std::int64_t epoch_ms_ = 0;
  Round round_;
  bool again_ = false;  ///< `round_` was broken off, and may still be made
  std::optional<Won> won_;
  std::string said_;  ///< last trouble or state, logged once
};

}  // namespace sealyard::winning
