// The resource model against what the programs really take.
#include "jobs/stage/resources.h"

#include <map>
#include <string>

#include "jobs/stage/argv.h"
#include "jobs/stage/stage.h"
#include "tests/catch.h"
#include "tests/jobs/program.h"

using namespace sealyard;

namespace {

constexpr SectorId kSector{1000, 7};

struct Taken {
  std::uint64_t memory_bytes;
  double seconds;
};

Taken measured(stage::Argv argv, const std::string& parents) {
  argv.push_back("--json");
  const auto run = test::run(argv, {"FIL_PROOFS_PARENT_CACHE=" + parents});
  INFO(run.err);
  REQUIRE(run.code == 0);
  const auto rank = run.json()["ranks"][0];
  return {rank["peak_memory_bytes"], rank["seconds"]};
}

}  // namespace

TEST_CASE("resources: the model covers measured peaks and is not far above", "[resources]") {
  const test::Scratch scratch;
  const auto root = scratch / "root", parents = scratch / "parents";
  const auto porep = registered_porep(6);  // 8 MiB
  const std::pair<std::string_view, stage::Argv> stages[] = {
      {stage::kParents, stage::parents_argv(porep, parents)},
      {stage::kTemplate, stage::template_argv(root, porep)},
      {stage::kAddPiece, stage::add_piece_argv(root, kSector, porep)},
      {stage::kPc1, stage::pc1_argv(root, {kSector}, {Node{}})},
      {stage::kPc2, stage::pc2_argv(root, kSector)},
      {stage::kC1, stage::c1_argv(root, kSector, Node{{1}})},
      {stage::kUnseal, stage::unseal_argv(root, kSector, scratch / "data")},
      {stage::kFinalize, stage::finalize_argv(root, kSector, scratch / "store")},
  };
  for (const auto& [name, argv] : stages) {
    CAPTURE(std::string(name));
    const auto model = stage::resources(name, porep, Backend::portable);
    const auto taken = measured(argv, parents.string());
    CAPTURE(taken.memory_bytes, model.memory_bytes, taken.seconds, model.time_s);
    CHECK(taken.memory_bytes <= model.memory_bytes);
    CHECK(model.memory_bytes <= 10 * taken.memory_bytes);
    CHECK(taken.seconds <= static_cast<double>(model.time_s));
  }
}

TEST_CASE("resources: a batch of PC1 takes the sum of its sectors", "[resources]") {
  const test::Scratch scratch;
  const auto root = scratch / "root", parents = scratch / "parents";
  const auto porep = registered_porep(6);
  std::vector<SectorId> sectors;
  for (std::uint64_t number = 1; number <= 6; ++number) {
    sectors.push_back({1000, number});
    REQUIRE(test::run(stage::add_piece_argv(root, sectors.back(), porep)).code == 0);
  }
  const auto model = stage::resources(stage::kPc1, porep, Backend::portable, 6);
  const auto taken = measured(stage::pc1_argv(root, sectors, {Node{}}), parents.string());
  CAPTURE(taken.memory_bytes, model.memory_bytes);
  CHECK(taken.memory_bytes <= model.memory_bytes);
  CHECK(model.memory_bytes <= 4 * taken.memory_bytes);
  CHECK(taken.seconds <= static_cast<double>(model.time_s));
}
