#include "kernels/base/porep.h"

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"

using namespace sealyard;

TEST_CASE("porep: the ten sizes have the reference's layers and tree shapes", "[porep]") {
  struct Row {
    std::string_view size;
    unsigned layers;
    std::uint64_t base_trees, leaves;
    unsigned sub, top;
  };
  const auto row = GENERATE(from_range(std::vector<Row>{
      {"2KiB", 2, 1, 64, 0, 0},
      {"4KiB", 2, 2, 64, 2, 0},
      {"16KiB", 2, 8, 64, 8, 0},
      {"32KiB", 2, 16, 64, 8, 2},
      {"8MiB", 2, 1, 1u << 18, 0, 0},
      {"16MiB", 2, 2, 1u << 18, 2, 0},
      {"512MiB", 2, 1, 1u << 24, 0, 0},
      {"1GiB", 2, 2, 1u << 24, 2, 0},
      {"32GiB", 11, 8, 1u << 27, 8, 0},
      {"64GiB", 11, 16, 1u << 27, 8, 2},
  }));
  CAPTURE(row.size);
  const auto config = raw_porep(parse_size(row.size), Node{}, ApiVersion::v1_1_0);
  const auto tree = config.tree();
  REQUIRE(config.layers() == row.layers);
  REQUIRE(tree.base_trees == row.base_trees);
  REQUIRE(tree.leaves_per_base_tree == row.leaves);
  REQUIRE(tree.sub_arity == row.sub);
  REQUIRE(tree.top_arity == row.top);
  REQUIRE(tree.base_trees * tree.leaves_per_base_tree == config.nodes());
}

TEST_CASE("porep: registered proofs by number and by name are the same", "[porep]") {
  for (unsigned number = 0; number < 20; ++number) {
    const auto config = registered_porep(number);
    CAPTURE(number, config.name());
    REQUIRE(config == parse_porep(config.name()));
    REQUIRE(config == parse_porep(std::to_string(number)));
    REQUIRE(config.porep_id.bytes[0] == number);
  }
  REQUIRE(parse_porep("StackedDrg32GiBV1_2_Feat_NiPoRep").registered == 18u);
  REQUIRE(registered_porep(10).api == ApiVersion::v1_2_0);
  REQUIRE(registered_porep(18).partitions() == 126);
  REQUIRE(registered_porep(8).partitions() == 10);
  REQUIRE(registered_porep(13).size_key() == "StackedDrg32GiBV1");
}

TEST_CASE("porep: what is no proof type or size is a usage error", "[porep]") {
  for (const auto* bad : {"20", "-1", "", "StackedDrg4KiBV1", "5 ", "stackeddrg2kibv1"}) {
    CAPTURE(bad);
    REQUIRE_THROWS_AS(parse_porep(bad), Error);
  }
  REQUIRE_THROWS_AS(raw_porep(3000, Node{}, ApiVersion::v1_1_0), Error);
  REQUIRE_THROWS_AS(parse_size("12 parsecs"), Error);
  REQUIRE_THROWS_AS(parse_size("99999999999999999999GiB"), Error);
  REQUIRE_THROWS_AS(parse_api_version("1.3.0"), Error);
  REQUIRE_THROWS_AS(node_from_hex("00ff", "ticket"), Error);
  REQUIRE_THROWS_AS(node_from_hex(std::string(64, 'g'), "ticket"), Error);
}
