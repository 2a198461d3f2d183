// What the driver writes, submits and sends.
#include <fmt/format.h>

#include <algorithm>

#include "chain/deadline/driver.h"
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "kernels/base/error.h"

namespace sealyard::deadline {
namespace {

/// Generations whose messages are looked for even where their files are gone.
constexpr unsigned kLookedFor = 8;
constexpr std::uint64_t kMostOrdered = 1 << 16;
/// Proofs by the older rule of challenges.  Source: go-state-types, abi/sector.go.
constexpr std::int64_t kFirstV1_1 = 10;

/// Other leaves every time, of no meaning.
sealyard::Node check_randomness(const Part& part) {
  const auto text = part.message_key("check", 0);
  sealyard::Node drawn;
  const auto digest =
      types::blake2b_256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::copy_n(digest.begin(), drawn.bytes.size(), drawn.bytes.begin());
  return drawn;
}

std::uint64_t method(std::string_view what) {
  using message::Miner;
  if (what == "post") return static_cast<std::uint64_t>(Miner::submit_windowed_post);
  if (what == "faults") return static_cast<std::uint64_t>(Miner::declare_faults);
  return static_cast<std::uint64_t>(Miner::declare_faults_recovered);
}

}  // namespace

std::optional<Message> Driver::newest(const Part& part, std::string_view what,
                                      unsigned from) const {
  for (unsigned g = std::max(from, kLookedFor); g > 0; --g)
    if (const auto entry = outbox_.find(part.message_key(what, g)))
      return Message{g, entry->state, entry->receipt ? entry->receipt->exit_code : 0, entry->note};
  return std::nullopt;
}

void Driver::order(const Part& part, const Facts& facts, const pledge::Sectors& sectors) {
  const auto numbers = wanted(facts);
  stage::PostOrder order;
  order.kind = miner_.window_post_proof >= kFirstV1_1 ? "window" : "window-v1";
  order.sector_bytes = miner_.sector_bytes;
  order.miner = settings_.miner;
  order.randomness = part.task == Task::proof ? facts.challenge.value() : check_randomness(part);
  for (const auto& sector : chain_.sectors(numbers)) {
    const auto where =
        place(settings_, sectors, {settings_.miner, sector.number}, sector.sector_key.defined());
    order.sectors.push_back({sector.number, sector.comm_r.comm_r(), where.sealed, where.cache});
  }
  std::sort(order.sectors.begin(), order.sectors.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  if (order.sectors.size() != numbers.size() || numbers.size() > kMostOrdered)
    throw Error(Fault::corrupt, "{}: the node tells of {} of its {} sectors", part.text(),
                order.sectors.size(), numbers.size());
  stage::write(files_.order(part, facts.generation + 1), order);
  usual_s_.reset();
}

void Driver::submit(const Part& part, const Facts& facts) {
  const auto wish = request(part, facts.generation, tag_, files_, settings_);
  auto& memory = memory_[wish.name];
  try {
    const auto job = jobs_.submit(wish, facts.ordered_ms / 1000 - 60);
    memory = {};
    if (terminal(job.state)) memory.ended_ms = now_ms_;
    rest(part, {terminal(job.state) ? State::running : State::queued,
                fmt::format("{} job {}", job.adopted ? "adopted" : "submitted", job.id.text())});
  } catch (const Error& error) {
    if (error.fault() == Fault::io)  // submitted or not: the next tick finds out
      return rest(part, {State::ordered, error.what()});
    memory = {now_ms_, error.what()};
    rest(part, {State::failed, error.what(), {{"post_failed", error.what()}}});
  }
}

types::Bytes Driver::params(const Part& part, const Facts& facts, const Send& what) {
  if (what.what != "post")
    return message::SectorDeclarations{{{part.window.index, part.partition, what.sectors}}}.cbor();
  const auto commitment = chain_.commitment(part.window.challenge);
  message::SubmitWindowedPost post;
  post.deadline = part.window.index;
  post.partitions = {{part.partition, what.sectors}};
  post.proofs = {{miner_.window_post_proof, facts.result->proof}};
  post.chain_commit_epoch = part.window.challenge;
  post.chain_commit_rand = {commitment.bytes.begin(), commitment.bytes.end()};
  return post.cbor();
}

bool Driver::send(const Part& part, const Facts& facts, const Send& what) {
  const auto sender = chain_.sender();
  if (!sender.trouble.empty()) {
    rest(part, {State::failed, sender.trouble, {{"post_failed", sender.trouble}}});
    return false;
  }
  const auto last = part.task == Task::proof ? part.window.close : part.window.fault_cutoff;
  const auto entry = outbox_.enqueue({.key = part.message_key(what.what, facts.generation),
                                      .kind = std::string(what.what),
                                      .from = sender.address,
                                      .to = types::Address::of_id(settings_.miner),
                                      .value = 0,
                                      .method = method(what.what),
                                      .params = params(part, facts, what),
                                      .cutoff = last});
  wished_ = true;
  log_(false, fmt::format("{}: message '{}', {} sectors {}", part.text(), entry.wish.key,
                          what.sectors.size(), what.what == "post" ? "skipped" : "named"));
  return true;
}

}  // namespace sealyard::deadline
