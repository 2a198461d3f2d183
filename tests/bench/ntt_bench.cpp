// Transforms on one core, backend beside backend.
//
// usage: bench-ntt [--long]     2^12 to 2^20 elements; --long: to 2^24
#include <cstring>
#include <vector>

#include "kernels/ntt/ntt.h"
#include "tests/bench/bench.h"

using namespace sealyard;
using field::Fr;

namespace {

// A butterfly is one product of 105 multiply-adds on 8 lanes, two a cycle.
constexpr double kButterflyCycles = 105.0 / 2 / 8;

double bench_size(unsigned log_size) {
  std::vector<Fr> start(std::size_t{1} << log_size), want;
  Fr x = field::from_u64(3);
  for (auto& element : start) element = x = field::add(field::sqr(x), field::one());
  const double butterflies = static_cast<double>(start.size()) / 2 * log_size;
  double portable_ns = 0, ns = 0;
  for (const auto backend : ntt::split_backends.backends()) {
    const ntt::Domain domain(log_size, 1, backend);
    auto values = start;
    ns = bench::least_ns(log_size < 18 ? 7 : 2, butterflies, [&] {
      values = start;
      domain.evaluate_scrambled(values);
    });
    if (backend == Backend::portable) {
      portable_ns = ns;
      want = values;
    }
    if (values != want)
      throw Error(Fault::internal, "bench-ntt: {} differs from portable", name(backend));
    bench::print_row(fmt::format("2^{}, {}", log_size, name(backend)), ns, portable_ns, portable_ns,
                     backend == Backend::avx512 ? kButterflyCycles : 0);
  }
  return portable_ns / ns;
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bool more = argc > 1 && std::strcmp(argv[1], "--long") == 0;
    bench::print_head("a butterfly, one core");  // the portable variant is blst's arithmetic
    double ratio = 0;
    for (unsigned log_size = 12; log_size <= (more ? 24 : 20); log_size += 4)
      ratio = bench_size(log_size);
    bench::print_ratio("ntt-over-blst-arithmetic", ratio, 4);
  });
}
