#include "kernels/vanilla/aux_files.h"

#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/tree/layout.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;

TEST_CASE("aux files: p_aux and t_aux are the reference's", "[vanilla][bit-exact]") {
  for (const auto& sector : vectors::seal_cases(std::uint64_t{1} << 29)) {
    CAPTURE(sector.name);
    const auto p_aux_bytes = vectors::bytes(sector.path("cache/p_aux"));
    const auto p_aux = vanilla::decode_p_aux(p_aux_bytes);
    REQUIRE(vanilla::encode_p_aux(p_aux) == p_aux_bytes);
    if (sector.json.contains("comm_c")) {
      REQUIRE(to_hex(p_aux.comm_c) == sector.json.at("comm_c").get<std::string>());
      REQUIRE(to_hex(p_aux.comm_r_last) == sector.json.at("comm_r_last").get<std::string>());
    }
    const auto t_aux_bytes = vectors::bytes(sector.path("cache/t_aux"));
    const auto t_aux = vanilla::t_aux(sector.config, "out/" + sector.name + "/cache",
                                      tree::rows_to_discard(tree::base_tree(sector.config.tree())));
    REQUIRE(vanilla::encode_t_aux(t_aux) == t_aux_bytes);
    REQUIRE(vanilla::decode_t_aux(t_aux_bytes) == t_aux);
  }
}

// Source: curio, lib/proof/t_aux_test.go: 1034 bytes for a 32 GiB sector.
TEST_CASE("aux files: t_aux of 32 GiB", "[vanilla]") {
  const auto aux = vanilla::t_aux(registered_porep(8), "/data/1/store/cache/s-t02620-2010", 2);
  REQUIRE(vanilla::encode_t_aux(aux).size() == 1034);
  REQUIRE(aux.labels.size() == 11);
  REQUIRE(aux.labels[10].id == "layer-11");
  REQUIRE(aux.labels[10].size == 1073741824);
  REQUIRE(aux.tree_d.size == 2147483647);
  REQUIRE(aux.tree_r_last.size == 153391689);
  REQUIRE(aux.tree_r_last.rows_to_discard == 2);
  REQUIRE(aux.tree_c.size == 153391689);
  REQUIRE(aux.tree_c.rows_to_discard == 0);
}

TEST_CASE("aux files: whatever is cut, long or impossible is corrupt", "[vanilla]") {
  const auto good = vanilla::encode_t_aux(vanilla::t_aux(registered_porep(5), "cache", 1));
  for (std::size_t length = 0; length < good.size(); ++length)
    REQUIRE_THROWS_AS(vanilla::decode_t_aux(std::span(good).first(length)), Error);
  auto bad = good;
  bad.push_back(0);
  REQUIRE_THROWS_AS(vanilla::decode_t_aux(bad), Error);
  bad = good;
  bad[15] = 0xff;  // length of the first path
  REQUIRE_THROWS_AS(vanilla::decode_t_aux(bad), Error);
  bad = good;
  bad[7] = 0xff;  // number of layers
  REQUIRE_THROWS_AS(vanilla::decode_t_aux(bad), Error);

  std::vector<std::uint8_t> p_aux(64);
  REQUIRE(vanilla::decode_p_aux(p_aux) == vanilla::PAux{});
  REQUIRE_THROWS_AS(vanilla::decode_p_aux(std::span(p_aux).first(63)), Error);
  p_aux.assign(64, 0xff);
  REQUIRE_THROWS_AS(vanilla::decode_p_aux(p_aux), Error);
  p_aux.assign(65, 0);
  REQUIRE_THROWS_AS(vanilla::decode_p_aux(p_aux), Error);
}
