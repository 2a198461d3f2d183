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

void Driver::order(const Part& part, const Facts& facts, const Stored& stored) {
  const auto numbers = wanted(facts);
  const auto order =
      post_order(settings_, stored, settings_.miner, miner_, chain_.sectors(numbers),
                 part.task == Task::proof ? facts.challenge.value() : check_randomness(part));
  if (order.sectors.size() != numbers.size() || numbers.size() > kMostOrdered)
    throw Error(Fault::corrupt, "{}: the node tells of {} of its {} sectors", part.text(),
                order.sectors.size(), numbers.size());
  stage::write(files_.order(part, facts.generation + 1), order);
}

void Driver::submit(const Part& part, const Facts& facts) {
  if (facts.generation == 1) return fresh_.push_back({part, facts.ordered_ms});
  submit(request(part, facts.generation, tag_, files_, settings_, usual_s(part.task)), {part},
         facts.ordered_ms);
}

void Driver::submit_fresh() {
  // Slurm takes jobs of one priority in the order in which they come.
  std::stable_sort(fresh_.begin(), fresh_.end(), [&](const Fresh& a, const Fresh& b) {
    return latest_start(a.part) < latest_start(b.part);
  });
  std::vector<std::pair<std::string, std::vector<Fresh>>> arrays;
  for (const auto& one : fresh_) {
    const auto name = one.part.array_name(tag_);
    const auto found = std::find_if(arrays.begin(), arrays.end(),
                                    [&](const auto& array) { return array.first == name; });
    if (found == arrays.end())
      arrays.push_back({name, {one}});
    else
      found->second.push_back(one);
  }
  for (const auto& [name, fresh] : arrays) {
    // One that is there was submitted without these.
    if (fresh.size() > 1 && jobs_.find(name).empty()) {
      std::vector<Part> parts;
      std::int64_t since_ms = now_ms_;
      for (const auto& one : fresh) {
        parts.push_back(one.part);
        since_ms = std::min(since_ms, one.ordered_ms);
      }
      submit(array_request(parts, tag_, files_, settings_, usual_s(parts[0].task)), parts,
             since_ms);
    } else {
      for (const auto& one : fresh)
        submit(request(one.part, 1, tag_, files_, settings_, usual_s(one.part.task)), {one.part},
               one.ordered_ms);
    }
  }
}

void Driver::submit(const slurm::Request& wish, const std::vector<Part>& parts,
                    std::int64_t since_ms) {
  std::optional<slurm::Submitted> job;
  std::string refusal;
  try {
    auto asked = wish;
    if (parts.front().task == Task::proof) asked.reservation = calendar_.of(parts.front().window);
    job = jobs_.submit(asked, since_ms / 1000 - 60);
  } catch (const Error& error) {
    if (error.fault() == Fault::io) {  // submitted or not: the next tick finds out
      for (const auto& part : parts) rest(part, {State::ordered, error.what()});
      return;
    }
    refusal = error.what();
  }
  for (const auto& part : parts) {
    const auto generation = files_.generation(part);
    auto& memory = memory_[part.job_name(tag_, generation)];
    if (!job) {
      memory = {now_ms_, refusal};
      rest(part, {State::failed, refusal, {{"post_failed", refusal}}});
      continue;
    }
    memory = {};
    if (terminal(job->state)) memory.ended_ms = now_ms_;
    auto id = job->id;
    if (!wish.array.empty()) id.task = static_cast<std::int64_t>(part.partition);
    rest(part, {terminal(job->state) ? State::running : State::queued,
                fmt::format("{} job {}", job->adopted ? "adopted" : "submitted", id.text())});
  }
}

types::Bytes Driver::params(const Due& due, const Facts& facts, const Send& what) {
  const auto& part = due.part;
  if (what.what != "post")
    return message::SectorDeclarations{{{part.window.index, part.partition, what.sectors}}}.cbor();
  const auto commitment = chain_.commitment(part.window.challenge);
  message::SubmitWindowedPost post;
  post.deadline = part.window.index;
  // As lotus does: a partition of which nothing is proven stays out.
  for (std::size_t i = 0; i < due.partitions.size(); ++i) {
    const auto asked = provable(due.partitions[i]);
    const auto proven = asked - what.sectors;
    if (!due.posted[i] && !proven.empty())
      post.partitions.push_back({part.partition + i, asked - proven});
  }
  post.proofs = {{miner_.window_post_proof, facts.result->proof}};
  post.chain_commit_epoch = part.window.challenge;
  post.chain_commit_rand = {commitment.bytes.begin(), commitment.bytes.end()};
  return post.cbor();
}

bool Driver::send(const Due& due, const Facts& facts, const Send& what) {
  const auto& part = due.part;
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
                                      .params = params(due, facts, what),
                                      .cutoff = last});
  wished_ = true;
  log_(false, fmt::format("{}: message '{}', {} sectors {}", part.text(), entry.wish.key,
                          what.sectors.size(), what.what == "post" ? "skipped" : "named"));
  return true;
}

}  // namespace sealyard::deadline
