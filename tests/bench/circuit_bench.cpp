// How fast circuits are written, on one core: nanoseconds a row for each kind of sink.
//
// usage: bench-circuit [porep|window|winning|update [SIZE]]     default: porep 8MiB
#include <fmt/format.h>

#include <ctime>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/circuit/density.h"
#include "kernels/circuit/digest.h"
#include "kernels/circuit/porep.h"
#include "kernels/circuit/post.h"
#include "kernels/circuit/update.h"

using namespace sealyard;
using namespace sealyard::circuit;

namespace {

// Writes down what a prover does, into a window of memory: with a whole circuit this would measure
// how fast the system gives out pages.
class Values : public Counter {
 public:
  Variable aux(const Fr& value) override {
    aux_[counts().aux % kWindow] = value;
    return next_aux();
  }
  Variable aux_bit(bool value) override { return aux(value ? kOne : Fr{}); }
  Variable bit(bool value) override {
    row(value ? Fr{} : kOne, value ? kOne : Fr{}, {});
    return aux_bit(value);
  }
  void enforce(const Lc& a, const Lc& b, const Lc& c) override { row(a.value, b.value, c.value); }
  void enforce(const BitRow& bits) override {
    row(small(bits.a.value()), small(bits.b.value()), small(bits.c.value()));
  }

 private:
  static constexpr std::size_t kWindow = 4096;
  void row(const Fr& a, const Fr& b, const Fr& c) {
    rows_[counts().constraints % kWindow] = {a, b, c};
    count_row();
  }
  std::vector<Fr> aux_{kWindow};
  std::vector<std::array<Fr, 3>> rows_{kWindow};
};

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void measure(const char* name, const Synthesis& circuit, Counter& sink) {
  const double start = cpu_s();
  circuit(sink);
  const double seconds = cpu_s() - start;
  fmt::print("{:10} {:8.2f} s  {:6.1f} ns a row\n", name, seconds,
             1e9 * seconds / static_cast<double>(sink.counts().constraints));
}

Synthesis blank(const std::string& kind, std::uint64_t bytes) {
  if (kind == "porep") return blank_porep(raw_porep(bytes, Node{}, ApiVersion::v1_1_0));
  if (kind == "window") return blank_post(window_post_shape(bytes));
  if (kind == "winning") return blank_post(winning_post_shape(bytes));
  if (kind == "update") return blank_update(update_shape(bytes));
  throw Error(Fault::usage, "bench-circuit: \"{}\", want porep, window, winning or update", kind);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string kind = argc > 1 ? argv[1] : "porep", size = argc > 2 ? argv[2] : "8MiB";
  const auto circuit = blank(kind, parse_size(size));
  Counter counter;
  Values values;
  Density density;
  measure("count", circuit, counter);
  measure("values", circuit, values);
  measure("densities", circuit, density);
  Digest digest(density.counts());
  measure("digest", circuit, digest);
  digest.finish();
  fmt::print("{} {}: {} rows\n", kind, size, counter.counts().constraints);
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return exit_code(error.fault());
}
