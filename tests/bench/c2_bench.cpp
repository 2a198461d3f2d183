// The proof of a 2 KiB PoRep partition, 2,687,921 rows: all cores, every CPU variant, in turns, and
// beside a peer.
//
// usage: bench-c2 [--params DIR] [--threads N] [--long] [--peer COMMAND]
//   --params   folder with the 2 KiB PoRep parameters (seal-params generate --circuit porep
//              --sector-size 2KiB); default: that of the stages
//   --long     three rounds instead of one
//   --peer     a shell command that makes the same proof; its wall time is taken in turns with ours
#include <cstdlib>
#include <string>
#include <vector>

#include "jobs/c2/input.h"
#include "jobs/params/folder.h"
#include "jobs/sector/commit_json.h"
#include "jobs/sector/mapping.h"
#include "jobs/stage/resources.h"
#include "kernels/base/porep.h"
#include "kernels/circuit/density.h"
#include "kernels/device/cpu.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/prove.h"
#include "tests/bench/bench.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

constexpr char kCase[] = "2k-cc-v1_1";

// What the arithmetic alone takes on a core with two 512-bit multipliers: a batched addition is 6
// products of 264 multiply-adds on 8 lanes; a point of a list takes 17 of them, in G2 three times
// as much; a butterfly is a product of 105 multiply-adds, 7 transforms of the domain.
double limit_core_s(const groth16::QuerySizes& sizes, double hz) {
  const double add = 6 * 264.0 / 2 / 8, butterfly = 105.0 / 2 / 8;
  const double domain = static_cast<double>(sizes.h + 1);
  double log = 0;
  while (double(std::uint64_t{1} << unsigned(log)) < domain) ++log;
  // Of the witness 98.7 % are bits: half of those points are added once, the others never.
  const double bits = 0.5 * static_cast<double>(sizes.l + sizes.a + sizes.b_g1) * add +
                      0.5 * static_cast<double>(sizes.b_g2) * 3 * add;
  return (domain * 17 * add + bits + 7 * domain / 2 * log * butterfly) / hz;
}

struct Bench {
  sector::C1Output c1;
  const groth16::Params& params;
  circuit::Density density;
  unsigned threads;
  groth16::ProofBytes want{};

  bench::Spent proof(Backend backend) {
    device::use_at_most(backend);
    const bench::Meter meter;
    groth16::Assignment assignment(density.counts());
    c2::circuit_of(c1, 0)(assignment);
    assignment.finish();
    const auto found = groth16::to_bytes(
        groth16::prove(params, density, assignment, groth16::Blinding::named(kCase, 0), {threads}));
    const auto spent = meter.spent();
    if (want == groth16::ProofBytes{}) want = found;
    if (found != want) throw Error(Fault::internal, "bench-c2: {} differs", name(backend));
    return spent;
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::run([&] {
    const bench::Words words(argc, argv, {"--params", "--threads", "--peer"}, {"--long"});
    const auto folder =
        words.has("--params")
            ? std::filesystem::path(words.text("--params"))
            : params::default_folder([](const char* variable) { return std::getenv(variable); });
    const auto text = vectors::bytes(std::string("seal/") + kCase + "/c1.json");
    auto c1 =
        sector::parse_c1_json({reinterpret_cast<const char*>(text.data()), text.size()}, kCase);
    const auto file = folder / groth16::params_file(groth16::porep_id(c1.porep));
    const auto mapping = sector::Mapping::read(file);
    const groth16::Params params(mapping.bytes(), file.string());
    circuit::Density density;
    c2::circuit_of(c1, 0)(density);
    params.require(groth16::query_sizes(density));
    Bench bench{std::move(c1),
                params,
                std::move(density),
                static_cast<unsigned>(words.number("--threads", bench::cores())),
                {}};

    const double hz = bench::clock_hz();
    const double limit = limit_core_s(params.sizes(), hz);
    const int rounds = words.has("--long") ? 3 : 1;
    std::vector<Backend> backends{Backend::portable};
    if (device::best_cpu() != Backend::portable) backends.push_back(device::best_cpu());
    std::vector<bench::Spent> best(backends.size());
    bench::Spent peer;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < backends.size(); ++i)
        best[i] = bench::less(best[i], bench.proof(backends[i]));
      if (words.has("--peer")) peer = bench::less(peer, bench::spent_by(words.text("--peer")));
    }
    fmt::print("{} threads, {:.2f} GHz, {}\n", bench.threads, hz / 1e9, file.string());
    fmt::print("{:26} {:>9} {:>9} {:>9} {:>9} {:>11} {:>9} {:>9}\n", "2 KiB PoRep proof", "wall s",
               "core s", "ns/row", "cyc/row", "x portable", "x peer", "of limit");
    const double rows = static_cast<double>(stage::c2_rows(bench.c1.porep));
    const auto row = [&](std::string_view what, const bench::Spent& spent, bool ours) {
      const double ns = 1e9 * spent.core_s / rows;
      fmt::print("{:26} {:9.2f} {:9.2f} {:9.0f} {:9.0f} {:11.2f} {:>9} {:>9}\n", what, spent.wall_s,
                 spent.core_s, ns, ns * 1e-9 * hz, best[0].wall_s / spent.wall_s,
                 peer.wall_s > 0 ? fmt::format("{:.2f}", peer.wall_s / spent.wall_s) : "-",
                 ours ? fmt::format("{:.0f} %", 100 * limit / spent.core_s) : "-");
    };
    for (std::size_t i = 0; i < backends.size(); ++i) row(name(backends[i]), best[i], true);
    if (words.has("--peer")) row("peer", peer, false);
    const auto& ours = best.back();
    bench::print_ratio("c2-over-portable", best[0].wall_s / ours.wall_s, 1);
    if (words.has("--peer")) bench::print_ratio("c2-over-peer", peer.wall_s / ours.wall_s, 5);
    // What rust-fil-proofs 19.1 took on two cores of a Zen 4 server.
    bench::print_ratio("c2-over-recorded-reference", 52.0 / ours.wall_s, 5);
    // Ten partitions of 32 GiB, by the row.
    const auto large = registered_porep(8);
    const double model =
        ours.core_s / rows * static_cast<double>(large.partitions() * stage::c2_rows(large));
    bench::print_ratio("c2-1000-core-s-over-32GiB-model", 1000 / model, 1);
  });
}
