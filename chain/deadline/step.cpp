#include "chain/deadline/step.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/base/hex.h"

namespace sealyard::deadline {
namespace {

/// A result appears on a network file system a while after its job has ended elsewhere.
constexpr std::int64_t kResultDelayMs = 30'000;
constexpr std::int64_t kLongestWaitMs = 300'000;
constexpr std::size_t kProofBytes = 192;
/// Reasons that another look would not change. A read that failed or took too long is not one: it
/// would cost the power of a sector whose disk was only busy.
constexpr std::array<std::string_view, 4> kBroken{"missing", "short", "corrupt", "commr-mismatch"};

constexpr std::array kRows{
    Row{State::idle, "idle", "nothing to do now"},
    Row{State::ordered, "ordered", "its job is to be submitted"},
    Row{State::queued, "queued", "its job waits in Slurm"},
    Row{State::running, "running", "its job runs"},
    Row{State::ready, "ready", "the result waits for its time"},
    Row{State::sent, "sent", "its message is on the way"},
    Row{State::done, "done", "on chain, or nothing to say"},
    Row{State::failed, "failed", "tried again soon"},
    Row{State::missed, "missed", "the deadline is over without it"},
};

Bitfield numbers_of(const std::vector<stage::PostResult::Skipped>& skipped, bool only_broken) {
  std::vector<std::uint64_t> found;
  for (const auto& one : skipped) {
    const auto word = std::string_view(one.reason).substr(0, one.reason.find(':'));
    if (!only_broken || std::find(kBroken.begin(), kBroken.end(), word) != kBroken.end())
      found.push_back(one.number);
  }
  return Bitfield::of(found);
}

Bitfield both(const Bitfield& a, const Bitfield& b) { return a - (a - b); }

Bitfield numbers_of(const stage::PostOrder& order) {
  std::vector<std::uint64_t> found;
  for (const auto& sector : order.sectors) found.push_back(sector.number);
  return Bitfield::of(found);
}

sealyard::Node trimmed(sealyard::Node randomness) {
  randomness.bytes[31] &= 0x3f;
  return randomness;
}

std::string skipped_text(const stage::PostResult& result) {
  if (result.skipped.empty()) return {};
  const auto& first = result.skipped.front();
  return fmt::format("{} of {} sectors skipped, first {}: {}", result.skipped.size(),
                     result.skipped.size() + result.sectors.size(), first.number, first.reason);
}

/// Deadlines do not wait: the first tries follow soon, and they never end before it does.
std::int64_t again_ms(const Facts& f, const settings::Settings& settings, std::int64_t since_ms) {
  const auto wait = static_cast<std::int64_t>(settings.retry.wait_s) * 1000
                    << std::min(f.generation - 1, 4u);
  return since_ms + std::min(wait, kLongestWaitMs);
}

Step retry(const Facts& f, const settings::Settings& settings, std::int64_t since_ms,
           const std::string& why) {
  if (f.now_ms >= again_ms(f, settings, since_ms)) return Order{};
  return Rest{State::failed, why, {{"post_failed", why}}};
}

const slurm::JobState* newest(const Facts& f) {
  for (const auto& job : f.jobs)
    if (!job.ended()) return &job;
  return f.jobs.empty() ? nullptr : &f.jobs.front();
}

Step job_step(const Facts& f, const settings::Settings& settings) {
  if (!f.refusal.empty() && f.now_ms < again_ms(f, settings, f.ended_ms)) {
    const auto why = "Slurm refuses: " + f.refusal;
    return Rest{State::failed, why, {{"post_failed", why}}};
  }
  if (!f.refusal.empty()) return Submit{};
  const auto* job = newest(f);
  if (!f.slurm_answers) return Rest{State::ordered, "slurmctld does not answer"};
  if (job && !job->ended()) {
    // Held by an exit code or by a host that would not start it: nobody releases it in time.
    if (job->held && (job->special_exit || job->exit_code != 0 ||
                      job->description.find("launch failed") != std::string::npos))
      return retry(f, settings, f.ordered_ms,
                   fmt::format("job {} is held, exit code {}", job->id.text(), job->exit_code));
    if (job->state == slurm::State::pending)
      return Rest{State::queued, fmt::format("job {}: {}", job->id.text(), job->reason)};
    return Rest{State::running, fmt::format("job {}", job->id.text())};
  }
  if (f.ended_ms == 0) return Submit{};
  if (f.now_ms < f.ended_ms + kResultDelayMs && (!job || job->exit_code == 0))
    return Rest{State::running, "ended; its result is not visible yet"};
  const auto how = !f.result_error.empty() ? f.result_error
                   : job ? fmt::format("job {} ended without a result: {}, exit {}", job->id.text(),
                                       name(job->state), job->exit_code)
                         : std::string("its job ended without a result");
  return retry(f, settings, f.ended_ms, how);
}

/// A declaration that the chain does not show yet.
std::optional<Step> declare(const std::string_view what, const Bitfield& sectors,
                            const std::optional<Message>& message, unsigned generation) {
  if (sectors.empty()) return std::nullopt;
  if (message && message->alive()) return Rest{State::sent, std::string(what)};
  if (!message || message->generation < generation) return Send{what, sectors};
  return std::nullopt;  // it landed and did not help, or never could: a look of its own follows
}

/// Short windows have no time for a long one.
Epoch margin_of(const Facts& f, const settings::Settings& settings) {
  return std::min(static_cast<Epoch>(settings.chain.post_margin),
                  (f.window.close - f.window.open) / 6);
}

/// A batch of another daemon: only told about where that one seems to have lost it.
Rest of_others(const Facts& f, const settings::Settings& settings) {
  Rest rest{State::idle, "a batch of another daemon"};
  if (f.task == Task::proof && !wanted(f).empty() && f.head < f.window.close &&
      f.head >= f.window.close - margin_of(f, settings))
    rest.troubles.push_back(
        {"post_late", fmt::format("post_batches leaves it to another daemon, and it is not on "
                                  "chain; {} epochs are left",
                                  f.window.close - f.head)});
  return rest;
}

Step check_step(const Facts& f, const settings::Settings& settings) {
  // A message that goes now runs in the next epoch at the earliest.
  if (f.head + 1 >= f.window.fault_cutoff) return Rest{State::done, "the cutoff has passed"};
  if (f.partition.live.empty()) return Rest{State::idle, "no sectors"};
  if (!f.ours) return of_others(f, settings);
  if (f.generation == 0) return Order{};
  if (!f.result) return job_step(f, settings);
  if (const auto why = flaw(f, settings); !why.empty())
    return retry(f, settings, f.ordered_ms, why);
  if (f.moved) return Order{};

  const auto& p = f.partition;
  const auto counted_bad = p.faulty - p.recovering;
  const auto broken = both(numbers_of(f.result->skipped, true), p.live - counted_bad);
  const auto whole = both(Bitfield::of(f.result->sectors), counted_bad);
  std::vector<Trouble> troubles;
  if (!f.result->skipped.empty()) troubles.push_back({"post_skipped", skipped_text(*f.result)});
  // All at once is a file system that is away sooner than so many disks.
  const bool nothing_left = f.result->sectors.empty() && f.result->skipped.size() > 1;
  std::optional<Step> steps[2];
  if (settings.chain.declare_faults && !nothing_left)
    steps[0] = declare("faults", broken, f.faults, f.generation);
  if (settings.chain.recover_faults)
    steps[1] = declare("recoveries", whole, f.recoveries, f.generation);
  for (const auto& step : steps)
    if (step && std::holds_alternative<Send>(*step)) return *step;
  for (const auto& step : steps)
    if (step) return Rest{State::sent, std::get<Rest>(*step).why, std::move(troubles)};
  for (const auto* message : {&f.faults, &f.recoveries})
    if (*message && (*message)->generation == f.generation && !(*message)->alive() &&
        !(*message)->accepted()) {
      auto why = fmt::format("a declaration was refused: exit {} {}", (*message)->exit_code,
                             (*message)->note);
      troubles.push_back({"post_failed", why});
      return Rest{State::failed, why, std::move(troubles)};
    }
  return Rest{State::done, "checked", std::move(troubles)};
}

/// Once it has closed: did anything of it become faulty that was to be proven?
Step closed(const Facts& f) {
  if (f.posted || (f.post && f.post->accepted())) return Rest{State::done, "proven"};
  if (!f.order) return Rest{State::idle, "over"};
  auto proven = numbers_of(*f.order);
  if (f.result) proven = proven - numbers_of(f.result->skipped, false);
  const auto lost = both(proven, f.partition.faulty);
  if (lost.empty()) return Rest{State::done, "over; nothing of it became faulty"};
  const auto why = fmt::format("closed without a proof: {} sectors are faulty", lost.size());
  return Rest{State::missed, why, {{"post_missed", why}}};
}

std::optional<Trouble> late(const Facts& f, const settings::Settings& settings) {
  const auto margin = margin_of(f, settings);
  const auto end = predicted_end(f);
  if (end <= f.window.close - margin) return std::nullopt;
  return Trouble{"post_late", fmt::format("ready at epoch {} as it looks, {} epochs before it "
                                          "closes are wanted; {} epochs are left",
                                          end, margin, f.window.close - f.head)};
}

Step proof_step(const Facts& f, const settings::Settings& settings) {
  if (f.head >= f.window.close) return closed(f);
  if (f.posted) return Rest{State::done, "on chain"};
  if (!f.ours) return of_others(f, settings);
  if (f.post && f.post->accepted()) return Rest{State::done, "on chain"};
  if (f.post && f.post->alive()) {
    Rest sent{State::sent, f.post->note};
    // What holds it up before it is even signed lasts: no money, no key.
    if (f.post->state == outbox::State::queued && !f.post->note.empty())
      sent.troubles.push_back({"post_failed", "not sent yet: " + f.post->note});
    return sent;
  }
  const auto sectors = wanted(f);
  if (f.head < f.window.prove() || !f.challenge) return Rest{State::idle, "before its challenge"};
  if (sectors.empty()) return Rest{State::idle, "nothing to prove"};
  if (f.head + 1 >= f.window.close)
    return Rest{
        State::missed, "no message can land any more", {{"post_missed", "no proof in time"}}};
  // The message of a generation failed: its proof would fail again.
  const bool spent = f.post && f.post->generation >= f.generation;
  const bool stale =
      !f.order || f.order->randomness != *f.challenge || numbers_of(*f.order) != sectors;
  if (f.generation == 0 || stale) return Order{};
  if (spent)
    return retry(
        f, settings, f.ordered_ms,
        fmt::format("its message was refused: exit {} {}", f.post->exit_code, f.post->note));
  if (!f.result) return job_step(f, settings);
  if (const auto why = flaw(f, settings); !why.empty())
    return retry(f, settings, f.ordered_ms, why);
  if (f.moved) return Order{};
  if (f.result->sectors.empty()) return retry(f, settings, f.ordered_ms, skipped_text(*f.result));
  if (f.head < f.window.submit())
    return Rest{State::ready, fmt::format("sent from epoch {} on", f.window.submit())};
  return Send{"post", numbers_of(f.result->skipped, false)};
}

}  // namespace

std::string_view name(Task task) { return task == Task::check ? "check" : "proof"; }

const Row& row(State state) { return kRows.at(static_cast<std::size_t>(state)); }

bool Message::alive() const {
  return state == outbox::State::queued || state == outbox::State::pending ||
         state == outbox::State::landed;
}

bool Message::accepted() const {
  return exit_code == 0 && (state == outbox::State::confirmed || state == outbox::State::final);
}

Bitfield provable(const rpc::Partition& p) {
  return (p.live - p.faulty) | both(p.recovering, p.live);
}

Bitfield wanted(const Facts& f) {
  return f.task == Task::check ? f.partition.live : provable(f.partition);
}

std::string flaw(const Facts& f, const settings::Settings& settings) {
  const auto& order = f.order.value();
  const auto& result = f.result.value();
  if (result.kind != order.kind || result.miner != order.miner ||
      result.sector_bytes != order.sector_bytes || result.randomness != trimmed(order.randomness))
    return "the result is that of another order";
  const auto asked = numbers_of(order);
  const auto proven = Bitfield::of(result.sectors), skipped = numbers_of(result.skipped, false);
  if ((proven | skipped) != asked || proven.size() + skipped.size() != asked.size())
    return fmt::format("the result names {} sectors, the order {}", proven.size() + skipped.size(),
                       asked.size());
  if (f.task == Task::check) return {};
  const auto proofs = (proven.size() + f.partition_sectors - 1) / f.partition_sectors;
  if (result.proof.size() != proofs * kProofBytes)
    return fmt::format("a proof of {} bytes for {} sectors, want {}", result.proof.size(),
                       proven.size(), proofs * kProofBytes);
  if (!result.proof.empty() && result.params != "official" && !settings.development())
    return fmt::format("INSECURE: made with {} parameters, which {} does not take", result.params,
                       settings.network);
  return {};
}

Epoch predicted_end(const Facts& f) {
  if (f.result) return std::max(f.head, f.window.submit());
  double left = f.predicted_s;
  if (const auto* job = newest(f); job && !job->ended() && job->start_time > 0) {
    const double start =
        static_cast<double>(job->start_time) - static_cast<double>(f.now_ms) / 1000;
    left = job->state == slurm::State::pending ? std::max(start, 0.0) + f.predicted_s
                                               : std::max(start + f.predicted_s, 0.0);
  }
  return f.head + static_cast<Epoch>(std::ceil(left / f.epoch_s));
}

Step next_step(const Facts& f, const settings::Settings& settings) {
  if (f.task == Task::check) return check_step(f, settings);
  auto step = proof_step(f, settings);
  auto* rest = std::get_if<Rest>(&step);
  if (!rest) return step;
  const bool waits =
      rest->state != State::idle && rest->state != State::done && rest->state != State::missed;
  if (waits)
    if (auto trouble = late(f, settings)) rest->troubles.push_back(std::move(*trouble));
  if (f.result && !f.result->skipped.empty() && f.head < f.window.close)
    rest->troubles.push_back({"post_skipped", skipped_text(*f.result)});
  return step;
}

}  // namespace sealyard::deadline
