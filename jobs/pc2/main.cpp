// seal-pc2: replica, trees and CommR of one sector. Ranks share out base trees and columns.
#include "jobs/launch/launch.h"
#include "jobs/pc2/seal.h"
#include "jobs/placement/placement.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/poseidon/poseidon.h"

namespace sealyard::pc2 {
namespace {

// P_2 of two zeros, and eight of them through the batch path of the backend.
void self_test(Backend backend) {
  const auto* want = "d413460e7f14e58b413d1defe188d36fb761afe5c6a733db6c6f1931130bfe48";
  const std::array<Node, 16> zeros{};
  std::array<Node, 8> found;
  const std::array in{zeros.data(), zeros.data() + 1};
  poseidon::hash_backends.best(backend)(2, in.data(), 2, found.data(), found.size());
  for (const auto& node : found)
    if (to_hex(node) != want)
      throw Error(Fault::internal, "poseidon: {} gives {}, want {}", name(backend), to_hex(node),
                  want);
}

void work(launch::Job& job) {
  job.log("placement: " + placement::Host::given().text() +
          fmt::format("; {} threads", job.threads()));
  seal(job, {.sector = job.sector(),
             .pc2_json = job.text("--pc2-json"),
             .one_pass = job.flag("--one-pass"),
             .clear_cache = job.flag("--clear-cache")});
}

}  // namespace
}  // namespace sealyard::pc2

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kPc2,
                                .summary = "Builds the replica, tree_c, tree_r_last and CommR",
                                .sectors = launch::Sectors::one,
                                .ranks = true,
                                .gpu = true,
                                .self_test = pc2::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("--pc2-json", "Write the reference's PC2 output here");
        options.flag("--one-pass", "Read the layers once, as a GPU does: all outputs side by side");
        options.flag("--clear-cache", "Trim the cache folder when done");
      },
      pc2::work);
}
