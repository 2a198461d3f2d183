// Orders and results of a miner's deadlines on the storage that all nodes share:
//
//   ROOT/post/t01000/1440-3/proof-0.1.order.json     deadline 3 that opens at epoch 1440,
//                          proof-0.1.result.json     partition 0, first generation
//                          proof-0.1.out             what its job printed
//
// An order is on disk before its job is asked for: it is the intent that a daemon which starts anew
// goes on from. Generations have no gaps.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "chain/deadline/step.h"
#include "chain/rpc/answers.h"
#include "kernels/base/sector_id.h"

namespace sealyard::deadline {

/// One task of one partition of one occurrence of a deadline, or of some in a row whose proof is
/// one: a batch.
struct Part {
  Window window;
  std::uint64_t partition = 0;  ///< the first
  Task task = Task::proof;
  std::uint64_t partitions = 1;

  std::string which() const;  ///< "0", "0-2"
  /// "t01000 deadline 3 partition 0 proof", "... partitions 0-2 proof": for people
  std::string text() const;
  /// "sp.3f2a91bc.1000.1440.3.0.proof.1": the job's name, the same for every daemon that asks.
  std::string job_name(std::string_view tag, unsigned generation) const;
  /// "sp.3f2a91bc.1000.1440.3.all.proof.1": of the array that has one task a partition, for the
  /// first generation of all that are due at a time.
  std::string array_name(std::string_view tag) const;
  /// "post t01000 1440 3 0 1", "post t01000 1440 3 0-2 1": a message's key in the outbox. That of
  /// a batch says nothing of its partitions alone: the settings may have changed.
  std::string message_key(std::string_view what, unsigned generation) const;
};

class Files {
 public:
  explicit Files(std::filesystem::path root) : root_(std::move(root)) {}

  std::filesystem::path folder(const Window& window) const;
  /// "proof-0.1.order.json" of "order.json"; also of "$SLURM_ARRAY_TASK_ID".
  static std::string name(Task task, std::string_view partition, unsigned generation,
                          std::string_view ending);
  std::filesystem::path order(const Part& part, unsigned generation) const;
  std::filesystem::path result(const Part& part, unsigned generation) const;
  std::filesystem::path output(const Part& part, unsigned generation) const;

  /// The highest one with an order; 0: none.
  unsigned generation(const Part& part) const;
  /// Fills in what there is of the highest generation.  @throws Error{io}
  void read(const Part& part, Facts& facts) const;
  /// A job of the past, as its order tells.
  struct Past {
    Part part;
    unsigned generation = 0;
  };
  /// The newest ones of a task, by the time of their deadlines.
  std::vector<Past> past(std::uint64_t miner, Task task) const;
  /// Removes what deadlines that opened before an epoch left behind.
  void forget(std::uint64_t miner, Epoch before) const;

 private:
  std::filesystem::path of(const Part& part, unsigned generation, std::string_view ending) const {
    return folder(part.window) /
           name(part.task, std::to_string(part.partition), generation, ending);
  }
  std::filesystem::path miner(std::uint64_t id) const;

  std::filesystem::path root_;
};

/// The folder that a sector was stored in; empty: nobody knows of one.
using Stored = std::function<std::string(SectorId)>;

/// Where the files of a sector lie: in the store, else where it was stored, else where it was
/// sealed.
struct Place {
  std::string sealed, cache;
  friend bool operator==(const Place&, const Place&) = default;
};
/// @param stored   asked where the store of the settings has none; may be empty.
/// @param updated  it holds data that came in after it was sealed.
Place place(const settings::Settings& settings, const Stored& stored, SectorId id, bool updated);

/// The order of a proof of these sectors of a miner, by the rule of challenges of its proof type.
stage::PostOrder post_order(const settings::Settings& settings, const Stored& stored,
                            std::uint64_t miner, const rpc::MinerInfo& info,
                            const std::vector<rpc::SectorOnChain>& on_chain,
                            const sealyard::Node& randomness);

}  // namespace sealyard::deadline
