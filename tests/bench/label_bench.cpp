// SDR labels on one core: every kernel beside the two-stream and the one-stream SHA-NI kernel.
//
// usage: bench-label [--long]     parents in the cache, then 2^18 nodes a sector; --long: 2^22
#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "kernels/graph/graph.h"
#include "kernels/label/label.h"
#include "tests/bench/bench.h"
#include "tests/bench/limits.h"

using namespace sealyard;

namespace {

struct Times {
  double portable = 0, two = 0, best = 1e300;
  double one_cycles = 0, best_cycles = 1e300;  // by the clock of the moment
};

// Layer 2 of a graph: labels of nodes [1, nodes) over a layer 1 that differs everywhere.
Times bench_nodes(std::uint64_t nodes, int rounds) {
  const graph::Graph graph(nodes, Node{{1}}, ApiVersion::v1_1_0);
  std::vector<std::uint32_t> parents(nodes * label::kParents);
  graph.generate(0, parents);
  Times times;
  std::vector<Node> want;
  for (const auto& kernel : label::kernels()) {
    const unsigned n = kernel.most;
    std::vector<Node> ids(n), previous(nodes * n), current(nodes * n);
    for (std::size_t v = 0; v < nodes; ++v)
      for (unsigned k = 0; k < n; ++k) {
        previous[v * n + k].bytes[v % 31] = static_cast<std::uint8_t>(k);
        previous[v * n + k].bytes[0] = static_cast<std::uint8_t>(v);
      }
    const label::Part part{kernel, n};
    const bool slow = kernel.backend == Backend::portable;
    const double ns = bench::least_ns(slow ? 1 : rounds, static_cast<double>(nodes) * n, [&] {
      label::fill({ids, 2, previous, current}, 0, parents, {&part, 1});
    });
    std::vector<Node> first(nodes);  // of sector 0, whose layer 1 is the same in every batch
    for (std::size_t v = 0; v < nodes; ++v) first[v] = current[v * n];
    if (slow) want = first, times.portable = ns;
    if (first != want)
      throw Error(Fault::internal, "bench-label: {} differs from portable", kernel.name);
    const double cycles = ns * 1e-9 * bench::clock_hz();
    if (kernel.backend == Backend::sha_ni && n == 1) times.one_cycles = cycles;
    if (kernel.backend == Backend::sha_ni && n == 2) times.two = ns;
    times.best = std::min(times.best, ns);
    times.best_cycles = std::min(times.best_cycles, cycles);
    bench::print_row(fmt::format("2^{} nodes, {}", std::bit_width(nodes) - 1, kernel.name), ns,
                     times.portable, times.two, bench::limit_cycles(kernel));
  }
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bool more = argc > 1 && std::strcmp(argv[1], "--long") == 0;
    bench::print_head("a label of one sector");  // the peer is the two-stream SHA-NI kernel
    const auto cached = bench_nodes(1 << 11, 9);
    bench_nodes(more ? 1 << 22 : 1 << 18, 2);
    if (cached.two == 0) return;
    bench::print_ratio("label-batch-over-two-streams", cached.two / cached.best, 1.6);
    bench::print_ratio("label-850-cycles-over-batch", 850 / cached.best_cycles, 1);
    bench::print_ratio("label-x1-of-latency-limit", bench::kChainCycles / cached.one_cycles, 0.95);
  });
}
