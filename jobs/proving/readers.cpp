#include "jobs/proving/readers.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "kernels/base/error.h"

namespace sealyard::proving {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kWatchEvery{50};

// Thrown out of a read that nobody waits for any more.
struct LeftBehind {};

struct Slot {
  enum { waiting, reading, answered } state = waiting;
  Clock::time_point since;  // of the read that is under way
  Answer answer;
};

// Shared by the readers and the one who waits for them; whoever is last frees it.
struct Shared {
  std::mutex guard;
  std::condition_variable changed;
  std::vector<Question> questions;
  Read read;
  std::vector<Slot> slots;
  std::size_t next = 0, answered = 0;
  bool ended = false;  // nobody waits for further answers

  bool more() const { return !ended && next < slots.size(); }
  void answer(Slot& slot, Answer answer) {
    slot.state = Slot::answered;
    slot.answer = std::move(answer);
    ++answered;
  }
};

Answer read_one(Shared& shared, std::size_t i) {
  const Alive alive = [&] {
    const std::lock_guard lock(shared.guard);
    if (shared.ended || shared.slots[i].state == Slot::answered) throw LeftBehind{};
    shared.slots[i].since = Clock::now();
  };
  try {
    return shared.read(shared.questions[i], alive);
  } catch (const std::exception& error) {
    Answer answer;
    answer.reason = fmt::format("io: {}", error.what());
    return answer;
  }
}

void reader(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->guard);
  while (shared->more()) {
    const auto i = shared->next++;
    auto& slot = shared->slots[i];
    slot.state = Slot::reading;
    slot.since = Clock::now();
    lock.unlock();
    Answer answer;
    try {
      answer = read_one(*shared, i);
    } catch (const LeftBehind&) {
      return;
    }
    lock.lock();
    if (slot.state == Slot::answered) return;  // too late: another reader took this one's place
    shared->answer(slot, std::move(answer));
    shared->changed.notify_one();
  }
}

void start_reader(const std::shared_ptr<Shared>& shared) {
  std::thread([shared] { reader(shared); }).detach();
}

std::string text(milliseconds time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

// Gives up what takes too long; each reader that is left behind is replaced.
void give_up(const std::shared_ptr<Shared>& shared, const Limits& limits, Clock::time_point start) {
  const auto now = Clock::now();
  const bool over = limits.all_reads.count() > 0 && now - start > limits.all_reads;
  for (auto& slot : shared->slots) {
    if (slot.state == Slot::answered) continue;
    const bool stuck = slot.state == Slot::reading && limits.one_read.count() > 0 &&
                       now - slot.since > limits.one_read;
    if (!stuck && !over) continue;
    Answer late;
    late.reason =
        stuck ? fmt::format("timeout: a read gave no answer in {}", text(limits.one_read))
              : fmt::format("timeout: not read in the {} for all sectors", text(limits.all_reads));
    shared->answer(slot, std::move(late));
    if (stuck && !over && shared->more()) start_reader(shared);
  }
}

// Ends the readers, however the wait ends.
struct End {
  Shared& shared;
  ~End() {
    const std::lock_guard lock(shared.guard);
    shared.ended = true;
  }
};

}  // namespace

std::vector<Answer> read_all(std::vector<Question> questions, const Read& read,
                             const Limits& limits,
                             const std::function<void(std::size_t answered)>& watch) {
  const auto shared = std::make_shared<Shared>();
  shared->slots.resize(questions.size());
  shared->questions = std::move(questions);
  shared->read = read;
  const End end{*shared};
  const auto start = Clock::now();
  const auto readers = std::min<std::size_t>(std::max(limits.readers, 1U), shared->slots.size());
  for (std::size_t i = 0; i < readers; ++i) start_reader(shared);
  std::unique_lock lock(shared->guard);
  while (shared->answered < shared->slots.size()) {
    shared->changed.wait_for(lock, kWatchEvery);
    give_up(shared, limits, start);
    const auto answered = shared->answered;
    lock.unlock();
    watch(answered);
    lock.lock();
  }
  std::vector<Answer> answers;
  for (auto& slot : shared->slots) answers.push_back(std::move(slot.answer));
  return answers;
}

}  // namespace sealyard::proving
