// sealyard proving compute window-post: makes the proofs of a deadline here and now, and sends
// none. Source: lotus, cmd/lotus-miner/proving.go, provingComputeWindowPoStCmd; storage/wdpost,
// ComputePoSt().
#include <charconv>
#include <chrono>
#include <iostream>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/cli/layout.h"
#include "chain/cli/proving.h"
#include "chain/cli/proving_run.h"
#include "chain/deadline/window.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

using types::Bitfield;
using types::Epoch;

constexpr std::uint64_t kMostSectors = 1 << 20;

struct ComputeWords {
  std::string deadline, sectors, skip;
};

/// The last occurrence that has its challenge.
Epoch challenge_of(const rpc::DeadlineInfo& now, std::uint64_t index) {
  auto open = now.period_start + static_cast<Epoch>(index) * now.challenge_window;
  if (index > now.index) open -= now.proving_period;
  return std::max<Epoch>(open - now.challenge_lookback, 0);
}

Bitfield among(const Bitfield& all, const Bitfield& wanted) { return all - (all - wanted); }

int compute(const Context& context, const ComputeWords& words) {
  const auto started = std::chrono::steady_clock::now();
  const Chain chain(context, {});
  const auto& node = chain.node();
  const auto miner = chain.miner();
  const auto head = node.head();
  const auto now = node.proving_deadline(miner, head.key);
  const auto index = parse_deadline(words.deadline, now.deadlines);
  const auto info = node.miner_info(miner, head.key);
  const auto challenge = challenge_of(now, index);
  const auto randomness = node.randomness_from_beacon(
      types::DrawTag::window_post_deadline, challenge, types::miner_entropy(miner), head.key);
  const auto partitions = node.partitions(miner, index, head.key);
  const auto only = parse_numbers(words.sectors), skip = parse_numbers(words.skip);
  Bitfield live;
  for (const auto& partition : partitions) live = live | partition.live;
  for (const auto& [name, named] : {std::pair{"--sectors", only}, std::pair{"--skip", skip}})
    if (const auto strange = named - live; !strange.empty())
      throw Refusal(fmt::format("{}: sector {} is not in deadline {}", name,
                                strange.runs().front().first, index),
                    exit_code(Fault::usage));

  // As they would be sent: one message for some partitions in a row.
  const auto most = deadline::most_partitions(info.partition_sectors);
  std::vector<message::SubmitWindowedPost> posts;
  for (std::size_t first = 0; first < partitions.size(); first += most) {
    message::SubmitWindowedPost post;
    post.deadline = index;
    Bitfield wanted;
    const auto end = std::min<std::size_t>(first + most, partitions.size());
    for (auto i = first; i < end; ++i)
      wanted =
          wanted | ((only.empty() ? partitions[i].live : among(partitions[i].live, only)) - skip);
    if (wanted.empty()) continue;
    const auto result = run_window_post(context, chain, wanted, randomness, false);
    if (result.proof.empty())
      throw Refusal(
          fmt::format("none of {} sectors can be proven, the first: {}: {}", wanted.size(),
                      result.skipped.front().number, result.skipped.front().reason),
          exit_code(Fault::corrupt));
    const auto proven = Bitfield::of(result.sectors);
    for (auto i = first; i < end; ++i)
      if (!among(partitions[i].live, proven).empty())
        post.partitions.push_back({i, partitions[i].live - proven});
    post.proofs = {{info.window_post_proof, result.proof}};
    posts.push_back(std::move(post));
  }
  auto all = Json::array();
  for (const auto& post : posts) all.push_back(window_post_json(post));
  if (!context.json)
    std::cout << fmt::format("Took {}\n",
                             duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(
                                               std::chrono::steady_clock::now() - started)
                                               .count()));
  print(all);
  return 0;
}

}  // namespace

Bitfield parse_numbers(const std::string& text) {
  Bitfield numbers;
  for (std::size_t at = 0; at < text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto item = std::string_view(text).substr(at, comma - at);
    const auto dash = item.find('-');
    std::uint64_t first = 0, last = 0;
    const auto read = [&](std::string_view part, std::uint64_t& into) {
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), into);
      return error == std::errc{} && end == part.data() + part.size();
    };
    if (!read(item.substr(0, dash), first) ||
        !(dash == std::string_view::npos ? read(item, last) : read(item.substr(dash + 1), last)) ||
        last < first || last - first >= kMostSectors)
      throw Refusal(fmt::format("failed to convert sectors, please check the arguments: '{}': want "
                                "numbers as 1,5-9",
                                text),
                    exit_code(Fault::usage));
    numbers.insert(first, last - first + 1);
    at = comma + 1;
  }
  return numbers;
}

Json window_post_json(const message::SubmitWindowedPost& post) {
  auto partitions = Json::array(), proofs = Json::array();
  for (const auto& partition : post.partitions)
    partitions.push_back(
        {{"Index", partition.index}, {"Skipped", partition.skipped.members(kMostSectors)}});
  for (const auto& proof : post.proofs)
    proofs.push_back({{"PoStProof", proof.type}, {"ProofBytes", types::to_base64(proof.bytes)}});
  return {{"Deadline", post.deadline},
          {"Partitions", std::move(partitions)},
          {"Proofs", std::move(proofs)},
          {"ChainCommitEpoch", post.chain_commit_epoch},
          {"ChainCommitRand", types::bytes_json(post.chain_commit_rand)}};
}

std::vector<Command> proving_compute_commands() {
  const auto command = [](std::vector<std::string> words) {
    return Command{std::move(words), "Compute WindowPoSt for a specific deadline",
                   "[deadline index]", [](CLI::App& app) {
                     auto said = std::make_shared<ComputeWords>();
                     app.add_option("deadlineIdx", said->deadline)->required();
                     app.add_option("--sectors", said->sectors, "prove only these: 1,5-9");
                     app.add_option("--skip", said->skip, "leave these out: 3,7");
                     return [said](const Context& context) { return compute(context, *said); };
                   }};
  };
  return {command({"proving", "compute", "windowed-post"}),
          command({"proving", "compute", "window-post"})};
}

}  // namespace sealyard::cli
