// seal-pc1: labels of one or more sectors. Ranks take whole sectors of the batch.
#include <cstdlib>

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
                    .checkpoint_s = job.number("--checkpoint-seconds", 300)});
  return list;
}

void work(launch::Job& job) {
  const auto list = orders(job);
  const auto host = placement::Host::given();
  const placement::Policy policy{.reverse = job.flag("--reverse-cores"),
                                 .skip_first = job.flag("--skip-first-group"),
                                 .custom = job.text("--core-units")};
  const auto units = host.units(1, policy);
  auto& ranks = job.ranks();
  // Ranks of one host see the same cores: each takes its own unit as long as there are enough.
  const placement::Unit* unit = units.empty() ? nullptr : &units[ranks.rank() % units.size()];
  job.log("placement: " + host.text() +
          (unit ? "; labels on cpu " + std::to_string(unit->cores.front().cpus.front()) : ""));
  const auto mine = ranks.mine(list.size());
  for (auto i = mine.begin; i < mine.end; ++i) {
    job.about(list[i].sector);
    seal(job, list[i], host, ranks.size() <= units.size() ? unit : nullptr);
  }
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
        options.text("--core-units", "Cores to label on, \"0;4;8\" by CPU number");
        options.flag("--reverse-cores", "Take the last cache group first");
        options.flag("--skip-first-group", "Leave the cache group of CPU 0 alone");
      },
      pc1::work);
}
