// seal-window-post: the WindowPoSt of the sectors of an order, or of one partition of it.
#include "jobs/proving/post.h"
#include "jobs/stage/stage.h"

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kWindowPost,
                                .summary = "Proves that sectors are still kept, skipping bad ones",
                                .sectors = launch::Sectors::none,
                                .ranks = true,
                                .gpu = true,
                                .self_test = proving::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        proving::declare(options);
        proving::declare_partition(options);
      },
      [](launch::Job& job) { proving::work(job, false); });
}
