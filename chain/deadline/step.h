// The next thing to do for one partition of a deadline, from what chain, outbox, Slurm and files
// say. Pure, and nothing else is kept: a daemon that starts anew finds the same next thing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "chain/deadline/window.h"
#include "chain/outbox/outbox.h"
#include "chain/settings/settings.h"
#include "jobs/stage/post_order.h"
#include "jobs/stage/post_result.h"
#include "slurm/job.h"

namespace sealyard::deadline {

using types::Bitfield;

/// What is done for a partition each time its deadline comes: first a look at its sectors, for
/// declarations; then the proof.
enum class Task { check, proof };
std::string_view name(Task task);  ///< "check", "proof"

/// How far it is. ordered -> queued -> running -> ready -> sent -> done; failed goes back to
/// ordered, missed is the end of a proof that did not come.
enum class State { idle, ordered, queued, running, ready, sent, done, failed, missed };

/// What a state is called, and what it means to who waits for it.
struct Row {
  State state;
  std::string_view name;
  std::string_view meaning;
};
const Row& row(State state);

/// The newest message of a kind.
struct Message {
  unsigned generation = 0;  ///< of the order it was made of
  outbox::State state = outbox::State::queued;
  std::int64_t exit_code = 0;  ///< since landed
  std::string note;

  bool alive() const;     ///< may still do its work
  bool accepted() const;  ///< ran, deep enough, and did it
};

/// What can be seen of a task at one moment.
struct Facts {
  std::int64_t now_ms = 0;
  Task task = Task::proof;
  Window window;
  // Of the chain.
  Epoch head = 0;
  double epoch_s = 30;
  /// The partition, or those of a batch together that have no proof yet.
  rpc::Partition partition;
  bool posted = false;  ///< all of it, in this occurrence
  bool ours = true;     ///< false: another daemon proves it
  std::optional<sealyard::Node>
      challenge;                        ///< what a proof is to be made with; absent: not known yet
  std::uint64_t partition_sectors = 0;  ///< of a proof
  // Of the files: everything of the highest generation.
  unsigned generation = 0;  ///< 0: nothing was ordered
  std::optional<stage::PostOrder> order;
  std::int64_t ordered_ms = 0;
  std::optional<stage::PostResult> result;
  std::string result_error;  ///< it is there, but cannot be read
  bool moved = false;        ///< a sector that was skipped lies elsewhere by now
  // Of Slurm: records with the name of the generation's job.
  bool slurm_answers = false;
  std::vector<slurm::JobState> jobs;
  std::int64_t ended_ms = 0;  ///< since when it is known to have ended
  std::string refusal;        ///< why Slurm did not take it
  double predicted_s = 0;     ///< how long such jobs take
  // Of the outbox.
  std::optional<Message> post;                ///< proof
  std::optional<Message> faults, recoveries;  ///< check
};

struct Trouble {
  std::string_view kind;  ///< "post_late", "post_missed", "post_skipped", "post_failed"
  std::string text;
};

/// Nothing to do now.
struct Rest {
  State state = State::idle;
  std::string why;
  std::vector<Trouble> troubles = {};
};
/// Write the order of the next generation.
struct Order {};
/// Submit the job of this generation, or find it.
struct Submit {};
/// Send what the result says: a message of this kind on these sectors.
struct Send {
  std::string_view what;  ///< "post" (sectors: the skipped ones), "faults", "recoveries"
  Bitfield sectors;
};

using Step = std::variant<Rest, Order, Submit, Send>;

Step next_step(const Facts& facts, const settings::Settings& settings);

/// What a proof of a partition is about: what is not faulty or is recovering.
Bitfield provable(const rpc::Partition& partition);
/// The sectors a task is about, as the chain has them now.
Bitfield wanted(const Facts& facts);

/// Why a result is not what the order asked for; empty: it is.
std::string flaw(const Facts& facts, const settings::Settings& settings);

/// The epoch in which the proof will be ready, by what such jobs take.
Epoch predicted_end(const Facts& facts);

}  // namespace sealyard::deadline
