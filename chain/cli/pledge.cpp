// sealyard sectors pledge.
#include <filesystem>
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/pledge/order.h"
#include "chain/pledge/take.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/base/porep.h"
#include "slurm/cluster.h"

namespace sealyard::cli {
namespace {

struct Words {
  std::string group, node, ticket, proof_type, request;
  std::vector<std::string> pieces;
  unsigned count = 1;
  bool dry_run = false;
};

/// "FILE" or "FILE:BYTES"; a file whose name has a colon is given with its bytes.
nlohmann::json piece(const std::string& text) {
  std::string file = text;
  nlohmann::json made;
  if (const auto colon = text.rfind(':'); colon != text.npos && !std::filesystem::exists(text)) {
    const auto digits = text.substr(colon + 1);
    if (digits.empty() || digits.size() > 18 ||
        digits.find_first_not_of("0123456789") != digits.npos)
      throw Error(Fault::usage, "piece '{}': want FILE or FILE:BYTES", text);
    made["unpadded_bytes"] = std::stoull(digits);
    file = text.substr(0, colon);
  }
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none))
    throw Error(Fault::usage, "piece '{}': no such file", file);
  made["file"] = std::filesystem::canonical(file).string();
  return made;
}

/// Only what needs no hashing: seal-add-piece checks sizes and alignment.
void check_room(const nlohmann::json& pieces, const PorepConfig& porep) {
  std::uint64_t total = 0;
  for (const auto& one : pieces) {
    const std::uint64_t there = std::filesystem::file_size(one["file"].get<std::string>());
    total += one.value("unpadded_bytes", there);
  }
  if (total > porep.unpadded_bytes())
    throw Error(Fault::usage, "pieces of {} bytes do not fit a sector of {}, which holds {}", total,
                size_text(porep.sector_bytes), porep.unpadded_bytes());
}

/// Group and node must exist before a sector number is taken (SEAL-01).
void check_place(const Words& words) {
  if (words.group.empty() && words.node.empty()) return;
  const auto feature = pledge::group_feature(words.group);
  bool group = words.group.empty(), node = words.node.empty(), both = false;
  std::string known;
  for (const auto& host : slurm::hosts()) {
    bool in_group = words.group.empty();
    for (const auto& one : host.features) {
      in_group = in_group || one == feature;
      if (one.starts_with("grp_") &&
          (" " + known + " ").find(" " + one.substr(4) + " ") == std::string::npos)
        known += (known.empty() ? "" : " ") + one.substr(4);
    }
    group = group || in_group;
    node = node || host.name == words.node;
    both = both || (in_group && (words.node.empty() || host.name == words.node));
  }
  if (!group)
    throw Error(Fault::usage, "unknown group '{}': no node has the feature {}; groups here: {}",
                words.group, feature, known.empty() ? "none" : known);
  if (!node) throw Error(Fault::usage, "unknown node '{}'", words.node);
  if (!both) throw Error(Fault::usage, "node '{}' is not in group '{}'", words.node, words.group);
}

int run_pledge(const Context& context, Words words) {
  const auto settings = context.settings();
  if (words.group.empty()) words.group = settings.default_group;
  if (words.count == 0) throw Error(Fault::usage, "--count: want at least 1");
  const auto porep = parse_porep(words.proof_type.empty() ? settings.proof_type : words.proof_type);
  nlohmann::json payload{
      {"proof_type", porep.name()}, {"group", words.group}, {"node", words.node}};
  if (!words.ticket.empty()) payload["ticket"] = to_hex(node_from_hex(words.ticket, "ticket"));
  payload["pieces"] = nlohmann::json::array();
  for (const auto& text : words.pieces) payload["pieces"].push_back(piece(text));
  check_room(payload["pieces"], porep);
  check_place(words);

  auto ledger = context.open_ledger(settings, true);
  const pledge::Order order{settings.miner, words.count, std::move(payload), words.request};
  const auto taken = pledge::take(ledger, settings, order, context.actor(), words.dry_run);
  if (!taken.refusal.empty()) throw Refusal(taken.refusal);
  if (context.json) {
    Json out{{"dry_run", words.dry_run}, {"sectors", taken.numbers}};
    if (!words.request.empty()) out["again"] = taken.again;
    print(out);
    return 0;
  }
  for (const auto number : taken.numbers)
    std::cout << fmt::format("{} {}sector:  {}\n",
                             taken.again     ? "Created before"
                             : words.dry_run ? "Would create"
                                             : "Created",
                             words.pieces.empty() ? "CC " : "", number);
  return 0;
}

}  // namespace

std::vector<Command> pledge_commands() {
  return {{{"sectors", "pledge"}, "store random data in a sector", "[group]", [](CLI::App& app) {
             auto words = std::make_shared<Words>();
             app.add_option("group", words->group,
                            "node group: every stage runs on nodes with the feature grp_<group>");
             app.add_option("--count", words->count, "how many sectors");
             app.add_option("--node", words->node, "run every stage on this node");
             app.add_flag("--dry-run", words->dry_run, "check everything, take no sector number");
             app.add_option("--request", words->request,
                            "a name for this request: asked again, it gives the same sectors");
             app.add_option("--ticket", words->ticket,
                            "sealing randomness, 64 hex digits (default: drawn at random)");
             app.add_option("--proof-type", words->proof_type,
                            "registered seal proof, number or name (default: of the settings)");
             app.add_option("--piece", words->pieces,
                            "data for the sector, FILE[:UNPADDED_BYTES]; may be given again")
                 ->allow_extra_args(false);
             return [words](const Context& context) { return run_pledge(context, *words); };
           }}};
}

}  // namespace sealyard::cli
