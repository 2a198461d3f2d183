// PC1 of a batch of sectors with the real program: side by side, and one after another on the same
// cores; files included.
//
// usage: bench-pc1 [--sectors N] [--proof-type N] [--threads N] [--long]
//   --sectors     16; --proof-type: 6, of 8 MiB; --threads: all cores
//   --long        three rounds; else one
#include <filesystem>
#include <fstream>
#include <iterator>

#include "kernels/base/porep.h"
#include "kernels/label/label.h"
#include "tests/bench/limits.h"
#include "tests/bench/programs.h"

using namespace sealyard;

namespace {

std::string slurp(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bench::Words words(argc, argv, {"--sectors", "--proof-type", "--threads"}, {"--long"});
    const auto n = static_cast<unsigned>(words.number("--sectors", 16));
    const auto type = words.number("--proof-type", 6);
    const auto threads = words.number("--threads", bench::cores());
    const auto porep = registered_porep(static_cast<unsigned>(type));
    const auto more = "--threads " + std::to_string(threads) + " ";
    const bench::Stages stages(std::to_string(type));
    bench::Spent batch, alone, portable;
    for (int round = 0; round < (words.has("--long") ? 3 : 1); ++round) {
      for (const auto* root : {"batch", "alone", "portable"}) {
        std::filesystem::remove_all(stages.root(root));
        stages.add_pieces(root, n);
      }
      if (round == 0) {  // the parents cache is made once, by nobody's time
        stages.pc1("alone", 1, more);
        std::filesystem::remove_all(stages.root("alone"));
        stages.add_pieces("alone", n);
      }
      alone = bench::less(alone, stages.pc1("alone", n, more + "--memory-mib 1"));
      batch = bench::less(batch, stages.pc1("batch", n, more));
      portable = bench::less(portable, stages.pc1("portable", 1, more + "--backend portable"));
    }
    const auto last = "sc-02-data-layer-" + std::to_string(porep.layers()) + ".dat";
    for (unsigned i = 0; i < n; ++i)
      if (const auto file = std::filesystem::path("cache") / bench::Stages::sector(i) / last;
          slurp(stages.root("batch") / file) != slurp(stages.root("alone") / file))
        throw Error(Fault::internal, "bench-pc1: {} differs", file.string());
    // The peer is the two-stream SHA-NI kernel with its parents in the cache and no files.
    const auto kernels = label::kernels();
    double two = 0, limit = bench::limit_cycles(kernels.back());
    for (const auto& kernel : kernels)
      if (kernel.backend == Backend::sha_ni && kernel.most == 2) two = label::measure(kernel) / 2;
    const double labels = static_cast<double>(porep.nodes()) * porep.layers();
    const auto ns = [&](const bench::Spent& spent, unsigned sectors) {
      return 1e9 * spent.core_s / labels / sectors;
    };
    fmt::print(
        "{} sectors of {} MiB, {} threads: one after another {:.2f} s, side by side {:.2f} s\n", n,
        porep.sector_bytes >> 20, threads, alone.wall_s, batch.wall_s);
    bench::print_head("a label, core time");
    const double scalar = ns(portable, 1);
    bench::print_row("one, portable", scalar, scalar, two, 0);
    bench::print_row("one after another", ns(alone, n), scalar, two, bench::kChainCycles);
    bench::print_row("side by side", ns(batch, n), scalar, two, limit);
    bench::print_ratio("pc1-batch-over-one-by-one", alone.wall_s / batch.wall_s, 1.6);
    bench::print_ratio("pc1-batch-core-time", alone.core_s / batch.core_s, 1.6);
  });
}
