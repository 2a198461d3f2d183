// Hashes of tree rows on one core, backend beside backend. The portable variant is scalar code over
// blst's multiplication, with one reduction per sum of products.
//
// usage: bench-poseidon [--long]     4096 hashes; --long: 65536
#include <cstring>
#include <utility>
#include <vector>

#include "kernels/poseidon/poseidon.h"
#include "tests/bench/bench.h"
#include "tests/bench/limits.h"

using namespace sealyard;

namespace {

double bench_arity(unsigned arity, bool more) {
  const std::size_t n = more ? 1 << 16 : 1 << 12;
  std::vector<Node> in(arity * n), out(n), want;
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = field::to_node(field::from_u64(i * i * 0x9e3779b97f4a7c15));
  double portable_ns = 0, ns = 0;
  for (const auto backend : poseidon::hash_backends.backends()) {
    if (backend == Backend::cuda) {  // many at a time, there and back
      const std::size_t many = 1 << 20;
      in.resize(arity * many), out.resize(many);
      const double gpu_ns =
          bench::least_ns(3, many, [&] { poseidon::hash_groups(arity, in, out, Backend::cuda); });
      bench::print_row(fmt::format("P_{}, a GPU", arity), gpu_ns, portable_ns, portable_ns, 0);
      continue;
    }
    ns = bench::least_ns(3, static_cast<double>(n),
                         [&] { poseidon::hash_groups(arity, in, out, backend); });
    if (backend == Backend::portable) {
      portable_ns = ns;
      want = out;
    }
    if (out != want)
      throw Error(Fault::internal, "bench-poseidon: {} differs from portable", name(backend));
    bench::print_row(fmt::format("P_{}, {}", arity, name(backend)), ns, portable_ns, portable_ns,
                     backend == Backend::avx512 ? bench::poseidon_cycles(arity) : 0);
  }
  return portable_ns / ns;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bool more = argc > 1 && std::strcmp(argv[1], "--long") == 0;
    bench::print_head("a hash, one core");
    std::vector<std::pair<unsigned, double>> ratios;
    for (const unsigned arity : {2, 4, 8, 11}) ratios.emplace_back(arity, bench_arity(arity, more));
    for (const auto& [arity, ratio] : ratios)
      bench::print_ratio(fmt::format("poseidon-{}-over-scalar", arity), ratio, 5);
  });
}
