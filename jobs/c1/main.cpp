// seal-c1: the vanilla proofs of one sector for a seed, as the reference hands them to C2.
#include "jobs/c1/seal.h"
#include "jobs/launch/launch.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/poseidon/poseidon.h"

namespace sealyard::c1 {
namespace {

// P_2 of two zeros: what every tree of the sector is checked with.
void self_test(Backend) {
  const auto* want = "d413460e7f14e58b413d1defe188d36fb761afe5c6a733db6c6f1931130bfe48";
  if (const auto found = to_hex(poseidon::hash(std::array<Node, 2>{})); found != want)
    throw Error(Fault::internal, "poseidon: {}, want {}", found, want);
}

void work(launch::Job& job) {
  Order order{.sector = job.sector(),
              .seed = node_from_hex(job.text("--seed"), "--seed"),
              .out = {},
              .comm_r = {}};
  if (order.seed == Node{})
    throw Error(Fault::usage, "--seed: all zero, which C2 and the chain refuse");
  if (job.has("--out")) order.out = std::filesystem::absolute(job.text("--out")).lexically_normal();
  if (job.has("--comm-r")) order.comm_r = node_from_hex(job.text("--comm-r"), "--comm-r");
  seal(job, order);
}

}  // namespace
}  // namespace sealyard::c1

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kC1,
                                .summary = "Makes the vanilla proofs of a sealed sector for a seed",
                                .self_test = c1::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("--seed", "Interactive randomness, 64 hex digits",
                     launch::Options::Need::required);
        options.text("--out", "File for the reference's C1 output (default: c1.json in work/)");
        options.text("--comm-r", "CommR the sector must have, 64 hex digits");
      },
      c1::work);
}
