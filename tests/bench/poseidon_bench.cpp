// Hashes of tree rows on one core, backend beside backend. The portable variant is scalar code over
// blst's multiplication, with one reduction per sum of products.
//
// usage: bench-poseidon
#include <vector>

#include "kernels/poseidon/poseidon.h"
#include "tests/bench/bench.h"

using namespace sealyard;

namespace {

// Multiply-adds of one hash with sums of products reduced once, 8 lanes, two a cycle: 50 a product
// and 55 a reduction. t = width, p = partial rounds.
double limit_cycles(double t, double p) {
  const double products = 24 * t + 7 * t * t + t + 3 * p + p * (2 * t - 1);
  const double reductions = 24 * t + 7 * t + 1 + 3 * p + p * t;
  return (50 * products + 55 * reductions) / 16;
}

double bench_arity(unsigned arity, double partial_rounds) {
  constexpr std::size_t kHashes = 4096;
  std::vector<Node> in(arity * kHashes), out(kHashes), want;
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = field::to_node(field::from_u64(i * i * 0x9e3779b97f4a7c15));
  double portable_ns = 0, ns = 0;
  for (const auto backend : poseidon::hash_backends.backends()) {
    ns = bench::least_ns(3, kHashes, [&] { poseidon::hash_groups(arity, in, out, backend); });
    if (backend == Backend::portable) {
      portable_ns = ns;
      want = out;
    }
    if (out != want)
      throw Error(Fault::internal, "bench-poseidon: {} differs from portable", name(backend));
    bench::print_row(fmt::format("P_{}, {}", arity, name(backend)), ns, portable_ns, portable_ns,
                     backend == Backend::avx512 ? limit_cycles(arity + 1, partial_rounds) : 0);
  }
  return portable_ns / ns;
}

}  // namespace

int main() {
  return bench::run([] {
    bench::print_head("a hash, one core");
    bench_arity(2, 55);
    bench_arity(4, 56);
    const double tree = bench_arity(8, 57), column = bench_arity(11, 57);
    bench::print_ratio("poseidon-8-over-scalar", tree, 5);
    bench::print_ratio("poseidon-11-over-scalar", column, 5);
  });
}
