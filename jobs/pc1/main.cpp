// seal-pc1: labels of one or more sectors, side by side. Ranks take whole sectors of the batch.
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "jobs/launch/launch.h"
#include "jobs/pc1/seal.h"
#include "jobs/placement/placement.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/label/label.h"

namespace sealyard::pc1 {
namespace {

// A label of the 2 KiB sector of miner 1000, number 1, zero ticket, proof type 5 (zero data).
void self_test(Backend backend) {
  const auto config = registered_porep(5);
  const Node comm_d = node_from_hex(
      "fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833", "CommD of zeros");
  const Node id = label::replica_id(label::prover_id(1000), 1, Node{}, comm_d, config.porep_id);
  std::array<Node, 2> layer;
  const std::array<std::uint32_t, 2 * label::kParents> parents{};
  label::fill({.replica_id = id, .number = 1, .previous = {}, .current = layer}, 0, parents,
              backend);
  const auto want = "ca3178fc832247059569acc684c350c59125b243f63a6e136e4303f1e2c6002e";
  if (to_hex(layer[1]) != want)
    throw Error(Fault::internal, "label: {} gives {}, want {}", name(backend), to_hex(layer[1]),
                want);
}

bool recalculate_by_environment() {
  const char* text = std::getenv("YC_PC1_RECALCULATE");
  return text && (std::string_view(text) == "true" || std::string_view(text) == "1");
}

std::vector<Order> orders(const launch::Job& job) {
  const auto tickets = job.list("--ticket");
  const auto& sectors = job.sectors();
  if (tickets.size() != 1 && tickets.size() != sectors.size())
    throw Error(Fault::usage, "--ticket: {} tickets for {} sectors, want one or one per sector",
                tickets.size(), sectors.size());
  if (job.has("--pc1-json") && sectors.size() != 1)
    throw Error(Fault::usage, "--pc1-json: names one file, {} sectors given; want one",
                sectors.size());
  std::vector<Order> list;
  for (std::size_t i = 0; i < sectors.size(); ++i)
    list.push_back({.sector = sectors[i],
                    .ticket = node_from_hex(tickets[tickets.size() == 1 ? 0 : i], "--ticket"),
                    .recalculate = job.flag("--recalculate") || recalculate_by_environment(),
                    .pc1_json = job.text("--pc1-json"),
                    .parents = job.text("--parents", job.environment().parents_folder),
                    .checkpoint_s = job.number("--checkpoint-seconds", 300),
                    .pages = sector::parse_pages(job.text("--pages", "auto"))});
  return list;
}

// What the system could give without swapping.
std::uint64_t free_memory_bytes() {
  std::ifstream file("/proc/meminfo");
  std::string word;
  std::uint64_t kib = 0;
  while (file >> word)
    if (word == "MemAvailable:" && file >> kib) break;
  return kib * 1024;
}

// Of what the job was given, what is not the program's own.
std::uint64_t memory_for_layers(const launch::Job& job) {
  constexpr std::uint64_t kOwnBytes = std::uint64_t{256} << 20;
  const auto given = job.environment().memory_bytes;
  const auto all = job.has("--memory-mib") ? job.number("--memory-mib") << 20
                   : given                 ? *given
                                           : free_memory_bytes() / 10 * 9;
  return all > kOwnBytes ? all - kOwnBytes : 0;
}

void work(launch::Job& job) {
  const auto list = orders(job);
  const auto host = placement::Host::given();
  const placement::Policy policy{.reverse = job.flag("--reverse-cores"),
                                 .skip_first = job.flag("--skip-first-group"),
                                 .custom = job.text("--core-units")};
  auto& ranks = job.ranks();
  Means means{host, host.units(1, policy), job.threads(), memory_for_layers(job), std::nullopt};
  if (job.has("--deadline-seconds")) means.deadline_s = job.number("--deadline-seconds");
  // Ranks of one host see the same cores: each takes its own as long as there are enough.
  if (ranks.size() > 1) {
    means.cores = 1;
    means.memory_bytes /= ranks.size();
    if (ranks.size() <= means.units.size())
      means.units = {means.units[ranks.rank()]};
    else
      means.units.clear();
  }
  if (!means.units.empty())
    means.cores = std::min<unsigned>(means.cores, static_cast<unsigned>(means.units.size()));
  job.log("placement: " + host.text() + "; labels on " + placement::text(means.units));
  const auto mine = ranks.mine(list.size());
  seal(job,
       {list.begin() + static_cast<std::ptrdiff_t>(mine.begin),
        list.begin() + static_cast<std::ptrdiff_t>(mine.end)},
       means);
}

}  // namespace
}  // namespace sealyard::pc1

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kPc1,
                                .summary = "Builds tree_d and the SDR labels of every layer",
                                .sectors = launch::Sectors::many,
                                .ranks = true,
                                .self_test = pc1::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.list("--ticket", "Sealing ticket, 64 hex digits: one for all or one per sector",
                     launch::Options::Need::required);
        options.text("--pc1-json", "Write the reference's PC1 output here");
        options.flag("--recalculate", "Start from layer 1 whatever is on the disk");
        options.text("--parents", "Folder of the parents caches");
        options.number("--checkpoint-seconds", "Seconds between checkpoints in a layer (300)");
        options.number("--memory-mib", "Memory for the layers of a batch (what the job has)");
        options.text("--pages", "Of the layers: auto, huge (reserved ones or none) or ordinary");
        options.number("--deadline-seconds", "Take no more cores than this time asks for");
        options.text("--core-units", "Cores to label on, \"0;4;8\" by CPU number");
        options.flag("--reverse-cores", "Take the last cache group first");
        options.flag("--skip-first-group", "Leave the cache group of CPU 0 alone");
      },
      pc1::work);
}
