// seal-winning-post: the WinningPoSt of the sector that was drawn.
#include "jobs/proving/post.h"
#include "jobs/stage/stage.h"

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kWinningPost,
                                .summary = "Proves the sector that an election has drawn",
                                .sectors = launch::Sectors::none,
                                .ranks = true,
                                .self_test = proving::self_test};
  return launch::run(argc, argv, program, proving::declare,
                     [](launch::Job& job) { proving::work(job, true); });
}
