// Sums of multiples of points on one core: ours on every backend, beside blst's Pippenger.
//
// usage: bench-msm [--long]     2^12 to 2^18 points of G1; --long: to 2^21
#include <cstring>
#include <vector>

#include "kernels/curve/msm.h"
#include "kernels/curve/variants.h"
#include "tests/bench/bench.h"
#include "tests/bench/scalars.h"

using namespace sealyard;
using namespace sealyard::curve;

namespace {

// A batched addition takes 6 products, each 264 multiply-adds on 8 lanes, two a cycle.
constexpr double kAddCycles = 6 * 264.0 / 2 / 8;

template <typename Group>
std::vector<Affine<Group>> points(std::size_t n) {
  std::vector<Affine<Group>> made(std::min<std::size_t>(n, 4096));
  Point<Group> p(Affine<Group>::generator());
  for (auto& point : made) {
    point = p.affine();
    p += p;
    p += Affine<Group>::generator();
  }
  BatchAdd<Group> add(device::best_cpu());
  std::vector<Pair> pairs;
  for (std::size_t i = 0; made.size() < n; i += 4096) {  // sums of two, shifted against each other
    pairs.clear();
    for (Entry k = 0; k < 4096; ++k)
      pairs.push_back({k, static_cast<Entry>((k + 1 + i / 4096) % 4096)});
    made.resize(made.size() + 4096);
    add(made.data(), made.data(), pairs, made.data() + made.size() - 4096);
  }
  return made;
}

template <typename Group>
void bench_adds(double limit_cycles) {
  const auto p = points<Group>(2048);
  std::vector<Pair> pairs;
  for (Entry i = 0; i < p.size(); ++i)
    pairs.push_back({i, static_cast<Entry>((i * 77 + 5) % p.size())});
  std::vector<Affine<Group>> sums(p.size());
  double portable_ns = 0;
  for (const auto backend : add_backends<Group>().backends()) {
    BatchAdd<Group> add(backend);
    const double ns = bench::least_ns(9, static_cast<double>(p.size()),
                                      [&] { add(p.data(), p.data(), pairs, sums.data()); });
    if (backend == Backend::portable) portable_ns = ns;
    bench::print_row(fmt::format("{} add, {}", Group::kName, name(backend)), ns, portable_ns, 0,
                     backend == Backend::avx512 ? limit_cycles : 0);
  }
}

template <typename Group>
double bench_products(unsigned log_size) {
  const std::size_t n = std::size_t{1} << log_size;
  const auto p = points<Group>(n);
  const auto s = bench::scalars(n);
  const int rounds = log_size < 16 ? 5 : 2;
  Affine<Group> want;
  const double peer = bench::least_ns(rounds, static_cast<double>(n),
                                      [&] { want = multiply_pippenger<Group>(p, s, 1).affine(); });
  bench::print_row(fmt::format("{} 2^{}, blst", Group::kName, log_size), peer, 0, peer, 0);
  double portable_ns = 0, best = peer;
  for (const auto backend : add_backends<Group>().backends()) {
    Affine<Group> found;
    const double ns = bench::least_ns(rounds, static_cast<double>(n), [&] {
      found = multiply_batched<Group>(p, s, 1, backend).affine();
    });
    if (!(found == want))
      throw Error(Fault::internal, "bench-msm: {} differs from blst", name(backend));
    if (backend == Backend::portable) portable_ns = ns;
    bench::print_row(fmt::format("{} 2^{}, {}", Group::kName, log_size, name(backend)), ns,
                     portable_ns, peer, backend == Backend::avx512 ? 17 * kAddCycles : 0);
    best = std::min(best, ns);
  }
  return peer / best;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bool more = argc > 1 && std::strcmp(argv[1], "--long") == 0;
    bench::print_head("a point, one core");
    bench_adds<G1>(kAddCycles);
    bench_adds<G2>(17.0 / 6 * kAddCycles);
    double ratio = 0;
    for (unsigned log_size = 12; log_size <= (more ? 21 : 18); log_size += 3)
      ratio = bench_products<G1>(log_size);
    const double g2 = bench_products<G2>(14);
    bench::print_ratio("msm-g1-over-blst", ratio, 7.5);
    bench::print_ratio("msm-g2-over-blst", g2, 4);
  });
}
