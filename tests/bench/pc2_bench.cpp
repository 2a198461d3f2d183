// PC2 and C1 of one sector with the real programs. PC2 beside the time that its Poseidon hashes
// alone take: what is over is reading, writing, digests and encoding. C1 by itself, and what it
// would take for 32 GiB.
//
// usage: bench-pc2 [--proof-type N] [--threads N] [--long]
//   --proof-type  6, of 8 MiB; --threads: all cores; --long: of 512 MiB (type 7)
#include <filesystem>
#include <vector>

#include "jobs/stage/resources.h"
#include "jobs/stage/stage.h"
#include "kernels/base/porep.h"
#include "kernels/poseidon/poseidon.h"
#include "tests/bench/limits.h"
#include "tests/bench/programs.h"

using namespace sealyard;

namespace {

double hash_ns(unsigned arity, Backend backend) {
  constexpr std::size_t kHashes = 4096;
  std::vector<Node> in(arity * kHashes), out(kHashes);
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = field::to_node(field::from_u64(i * 0x9e3779b97f4a7c15));
  return bench::least_ns(5, kHashes, [&] { poseidon::hash_groups(arity, in, out, backend); });
}

// Of a node: its column, and an eighth, a sixty-fourth ... of a hash for tree_c and tree_r_last.
double node_ns(const PorepConfig& porep, Backend backend) {
  return hash_ns(porep.layers(), backend) + 2 * hash_ns(8, backend) / 7;
}

// Reads of a C1 of 32 GiB: 180 challenges, each with 15 nodes in eleven layers, 15 paths of tree_c,
// one of tree_r_last and one of tree_d; a fast disk answers 0.9 million a second of many at a time.
constexpr double kReads = 65'000, kReadsPerSecond = 0.9e6, kHashesC1 = 180 * 73;

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bench::Words words(argc, argv, {"--proof-type", "--threads"}, {"--long"});
    const bool more = words.has("--long");
    const auto type = words.number("--proof-type", more ? 7 : 6);
    const auto threads = words.number("--threads", bench::cores());
    const auto porep = registered_porep(static_cast<unsigned>(type));
    const auto with = "--threads " + std::to_string(threads);
    const bench::Stages stages(std::to_string(type));
    stages.add_pieces("a", 1);
    stages.pc1("a", 1, "");
    const auto portable = more ? bench::Spent{} : stages.pc2("a", with + " --backend portable");
    const auto first = more ? stage::Result{} : stages.result("a", stage::kPc2);
    if (!more) stages.forget_pc2("a");
    const auto spent =
        stages.pc2("a", with + " --backend " + std::string(name(device::best_cpu())));
    const auto result = stages.result("a", stage::kPc2);
    if (!more && result.commitments.at("comm_r") != first.commitments.at("comm_r"))
      throw Error(Fault::internal, "bench-pc2: CommR differs from portable");
    bench::Spent gpu;
    if (device::host_has(Backend::cuda)) {
      stages.forget_pc2("a");
      gpu = stages.pc2("a", with + " --backend cuda");
      if (stages.result("a", stage::kPc2).commitments.at("comm_r") !=
          result.commitments.at("comm_r"))
        throw Error(Fault::internal, "bench-pc2: CommR of the GPU differs");
    }
    const auto c1 = stages.c1("a", with);

    const auto nodes = static_cast<double>(porep.nodes());
    const double hashes = node_ns(porep, device::best_cpu());
    const double limit = bench::poseidon_cycles(porep.layers()) + 2 * bench::poseidon_cycles(8) / 7;
    const double ours = 1e9 * spent.core_s / nodes, scalar = 1e9 * portable.core_s / nodes;
    const double peer = node_ns(porep, Backend::portable);
    fmt::print("one sector of {} MiB, {} threads: seal-pc2 {:.2f} s, {} MiB; seal-c1 {:.2f} s\n",
               porep.sector_bytes >> 20, threads, spent.wall_s, result.peak_memory_bytes >> 20,
               c1.wall_s);
    bench::print_head("a node, core time");  // the peer is scalar Poseidon over blst, alone
    if (!more) bench::print_row("seal-pc2, portable", scalar, scalar, peer, 0);
    bench::print_row("seal-pc2", ours, scalar, peer, limit);
    bench::print_row("its hashes alone", hashes, 0, peer, limit);
    const auto model = [](const PorepConfig& of) {
      return static_cast<double>(
          stage::resources(stage::kPc2, of, device::best_cpu()).memory_bytes);
    };
    if (gpu.wall_s > 0) bench::print_ratio("pc2-gpu-over-cpu", spent.wall_s / gpu.wall_s, 4);
    bench::print_ratio("pc2-hashes-of-core-time", hashes / ours, 0.87);
    bench::print_ratio("pc2-hashes-of-wall-time",
                       hashes * nodes / 1e9 / static_cast<double>(threads) / spent.wall_s, 0.87);
    bench::print_ratio("pc2-memory-model-over-measured",
                       model(porep) / static_cast<double>(result.peak_memory_bytes), 1);
    bench::print_ratio("pc2-8GiB-over-32GiB-model",
                       static_cast<double>(std::uint64_t{8} << 30) / model(registered_porep(8)), 1);
    const double c1_s =
        kReads / kReadsPerSecond + kHashesC1 * 1e-9 * hash_ns(8, device::best_cpu()) / 16;
    bench::print_ratio("c1-100ms-over-32GiB-model", 0.1 / c1_s, 1);
    bench::print_ratio("c1-1s-over-measured", 1 / c1.wall_s, 1);
  });
}
