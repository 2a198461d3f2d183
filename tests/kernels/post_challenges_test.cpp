#include <numeric>
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/challenges/post.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;
using challenges::post_leaves;
using challenges::winning_sector;
using Numbers = std::vector<std::uint64_t>;

namespace {

constexpr std::uint64_t kLeaves2KiB = 64, kLeaves512MiB = 1 << 24, kLeaves32GiB = 1 << 30,
                        kLeaves64GiB = std::uint64_t{1} << 31;

Node counting() {
  Node out;
  std::iota(out.bytes.begin(), out.bytes.end(), std::uint8_t{0});
  return out;
}

Node actor_1000() { return Node{{0xe8, 0x07}}; }

}  // namespace

// The leaves of a proof that was made with a real 32 GiB sector: curio,
// lib/proof/testgolden/post.vproof, sector 1, zero randomness.
TEST_CASE("post challenges: leaves of a real 32 GiB proof", "[post][bit-exact]") {
  CHECK(post_leaves(Node{}, 1, 0, 10, kLeaves32GiB) ==
        Numbers{707914199, 439148358, 967788220, 548708700, 1061661429, 6202012, 1055504637,
                389535735, 1000069704, 600088878});
}

// By an independent implementation of the formula, itself held against the proof above.
TEST_CASE("post challenges: leaves of all sizes", "[post]") {
  CHECK(post_leaves(Node{}, 2, 0, 10, kLeaves32GiB) ==
        Numbers{511908672, 860336527, 623299490, 686577317, 1046134138, 874764260, 826731403,
                318281767, 1050344765, 630552903});
  CHECK(post_leaves(counting(), 7, 0, 10, kLeaves2KiB) ==
        Numbers{33, 37, 45, 53, 36, 46, 51, 23, 4, 31});
  CHECK(post_leaves(counting(), 1000, 0, 5, kLeaves512MiB) ==
        Numbers{5261984, 5497685, 15885531, 14552713, 10085623});
  CHECK(post_leaves(counting(), 123456, 0, 5, kLeaves64GiB) ==
        Numbers{1776201899, 667784959, 1564619792, 1495864017, 1479936033});
  CHECK(post_leaves(counting(), 7, 0, 0, kLeaves2KiB).empty());
}

TEST_CASE("post challenges: the older rule counts over all sectors", "[post]") {
  CHECK(post_leaves(counting(), 8, 10, 10, kLeaves2KiB) ==
        Numbers{34, 13, 22, 16, 21, 9, 51, 30, 58, 47});
  CHECK(post_leaves(counting(), 9, 20, 10, kLeaves2KiB) ==
        Numbers{59, 27, 26, 31, 31, 16, 19, 59, 16, 59});
}

TEST_CASE("post challenges: every case of the reference", "[post][bit-exact]") {
  for (const std::string name : {"window-2k-1", "window-2k-3", "window-8m-2", "window-v1-2k-2",
                                 "winning-2k", "winning-8m"}) {
    CAPTURE(name);
    const auto json = nlohmann::json::parse(vectors::bytes("post/" + name + "/case.json"));
    const auto randomness = vectors::node(json.at("randomness").get<std::string>());
    const auto leaves = json.at("sector_size").get<std::uint64_t>() / kNodeBytes;
    std::uint64_t position = 0;
    for (const auto& sector : json.at("sectors")) {
      const auto want = sector.at("challenges").get<Numbers>();
      const auto first = json.at("kind") == "window-v1" ? position * want.size() : 0;
      CHECK(post_leaves(randomness, sector.at("number"), first, static_cast<unsigned>(want.size()),
                        leaves) == want);
      ++position;
    }
    if (!json.contains("winning_sector_challenge")) continue;
    CHECK(winning_sector(vectors::node(json.at("prover_id").get<std::string>()), randomness,
                         json.at("sector_set_len")) == json.at("winning_sector_challenge").at(0));
  }
}

TEST_CASE("post challenges: the sector of WinningPoSt", "[post]") {
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> want{
      {1, 0}, {2, 0}, {100, 6}, {1000, 6}, {65536, 16158}, {123457, 121119}};
  for (const auto& [sectors, position] : want) {
    CAPTURE(sectors);
    CHECK(winning_sector(actor_1000(), counting(), sectors) == position);
  }
}

TEST_CASE("post challenges: nothing to choose from is a usage error", "[post]") {
  CHECK_THROWS_AS(post_leaves(Node{}, 1, 0, 10, 0), Error);
  CHECK_THROWS_AS(winning_sector(Node{}, Node{}, 0), Error);
}
