// Making parameters: a whole set on every CPU variant, and beside a peer; and the multiples of one
// point that most of it consists of, beside blst's.
//
// usage: bench-params [--circuit winning|window|update|porep] [--threads N] [--peer COMMAND]
//   --circuit  of 2 KiB sectors; default: window, seconds; porep: a minute or two
//   --peer     a shell command that makes the same set; its wall time is taken in turns with ours
#include <string>
#include <vector>

#include "jobs/params/set.h"
#include "kernels/circuit/density.h"
#include "kernels/curve/fixed_base.h"
#include "kernels/device/cpu.h"
#include "kernels/groth16/generate.h"
#include "tests/bench/bench.h"
#include "tests/bench/scalars.h"

using namespace sealyard;
using namespace sealyard::curve;

namespace {

// A product is 16 entries of a comb of 16-bit windows, added up in batches: 6 products of 264
// multiply-adds each (G2: 17), on 8 lanes, two a cycle.
template <typename Group>
double bench_products(std::size_t n, double products_of_an_add) {
  const auto s = bench::scalars(n);
  const auto base = Affine<Group>::generator();
  std::vector<Affine<Group>> found(n), want(256);
  const double peer = bench::least_ns(3, static_cast<double>(want.size()), [&] {
    for (std::size_t i = 0; i < want.size(); ++i) want[i] = (s[i] * base).affine();
  });
  bench::print_row(fmt::format("{}, blst one by one", Group::kName), peer, 0, peer, 0);
  double portable_ns = 0, best = peer;
  for (const auto backend : {Backend::portable, device::best_cpu()}) {
    const FixedBase<Group> comb(base, std::size_t{1} << 22, 1, backend);
    const double ns = bench::least_ns(3, static_cast<double>(n), [&] { comb.multiply(s, found); });
    if (!std::equal(want.begin(), want.end(), found.begin()))
      throw Error(Fault::internal, "bench-params: {} differs from blst", name(backend));
    if (backend == Backend::portable) portable_ns = ns;
    bench::print_row(fmt::format("{}, comb, {}", Group::kName, name(backend)), ns, portable_ns,
                     peer, 16 * products_of_an_add * 264 / 2 / 8);
    best = std::min(best, ns);
    if (backend == device::best_cpu()) break;
  }
  return peer / best;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bench::Words words(argc, argv, {"--circuit", "--threads", "--peer"}, {});
    const auto threads = static_cast<unsigned>(words.number("--threads", bench::cores()));
    bench::print_head("a multiple of the generator");
    const double g1 = bench_products<G1>(1 << 15, 6);
    const double g2 = bench_products<G2>(1 << 13, 17);

    const auto circuit = words.has("--circuit") ? words.text("--circuit") : std::string("window");
    const auto set = params::set_of(circuit, 2048);
    groth16::ToxicWaste waste;
    waste.name(set.id);
    circuit::Density density;
    set.circuit(density);
    const auto sizes = groth16::query_sizes(density);
    std::vector<std::uint8_t> file(groth16::params_bytes(sizes)), first;
    std::vector<Backend> backends{Backend::portable};
    if (device::best_cpu() != Backend::portable) backends.push_back(device::best_cpu());
    fmt::print("\n{:26} {:>9} {:>9} {:>11}\n", circuit + ", 2 KiB", "wall s", "core s",
               "x portable");
    double portable_s = 0, wall_s = 0;
    for (const auto backend : backends) {
      device::use_at_most(backend);
      const bench::Meter meter;
      groth16::generate(set.circuit, sizes, waste, file, threads);
      const auto spent = meter.spent();
      if (first.empty()) first = file;
      if (file != first) throw Error(Fault::internal, "bench-params: {} differs", name(backend));
      wall_s = spent.wall_s;
      if (backend == Backend::portable) portable_s = wall_s;
      fmt::print("{:26} {:9.2f} {:9.2f} {:11.2f}\n", name(backend), wall_s, spent.core_s,
                 portable_s / wall_s);
    }
    bench::print_ratio("fixed-base-g1-over-blst", g1, 10);
    bench::print_ratio("fixed-base-g2-over-blst", g2, 10);
    bench::print_ratio("params-over-portable", portable_s / wall_s, 1);
    if (words.has("--peer")) {
      const auto peer = bench::spent_by(words.text("--peer"));
      fmt::print("{:26} {:9.2f} {:9.2f} {:11.2f}\n", "peer", peer.wall_s, peer.core_s,
                 portable_s / peer.wall_s);
      bench::print_ratio("params-over-peer", peer.wall_s / wall_s, 10);
    }
  });
}
