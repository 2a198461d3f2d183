// PC2 of one sector with the real program, beside the time that its Poseidon hashes alone take on
// one core: what is over is reading, writing, digests and encoding.
//
// usage: bench-pc2 [--proof-type N] [--threads N] [--long]
//   --proof-type  6, of 8 MiB; --threads: all cores; --long: of 512 MiB (type 7)
#include <filesystem>
#include <vector>

#include "kernels/base/porep.h"
#include "kernels/poseidon/poseidon.h"
#include "tests/bench/programs.h"

using namespace sealyard;

namespace {

double hash_ns(unsigned arity) {
  constexpr std::size_t kHashes = 4096;
  std::vector<Node> in(arity * kHashes), out(kHashes);
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = field::to_node(field::from_u64(i * 0x9e3779b97f4a7c15));
  return bench::least_ns(5, kHashes,
                         [&] { poseidon::hash_groups(arity, in, out, device::best_cpu()); });
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bench::Words words(argc, argv, {"--proof-type", "--threads"}, {"--long"});
    const auto type = words.number("--proof-type", words.has("--long") ? 7 : 6);
    const auto threads = words.number("--threads", bench::cores());
    const auto porep = registered_porep(static_cast<unsigned>(type));
    const bench::Stages stages(std::to_string(type));
    stages.add_pieces("a", 1);
    stages.pc1("a", 1, "");
    const auto spent = stages.pc2("a", "--threads " + std::to_string(threads));
    // A column of each node, and an eighth, a sixty-fourth ... of it for tree_c and tree_r_last.
    const auto nodes = static_cast<double>(porep.nodes());
    const double hashes =
        1e-9 * (nodes * hash_ns(porep.layers()) + 2 * (nodes - 1) / 7 * hash_ns(8));
    fmt::print("one sector of {} MiB, {} threads\n", porep.sector_bytes >> 20, threads);
    fmt::print("{:26} {:>9} {:>9}\n", "", "wall s", "core s");
    fmt::print("{:26} {:9.2f} {:9.2f}\n", "seal-pc2", spent.wall_s, spent.core_s);
    fmt::print("{:26} {:9.2f} {:9.2f}\n", "its hashes alone", hashes / static_cast<double>(threads),
               hashes);
    bench::print_ratio("pc2-hashes-of-core-time", hashes / spent.core_s, 0.87);
    bench::print_ratio("pc2-hashes-of-wall-time",
                       hashes / static_cast<double>(threads) / spent.wall_s, 0.87);
  });
}
