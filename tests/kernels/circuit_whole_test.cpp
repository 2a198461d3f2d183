// Whole circuits of every size: variables, rows, densities and the digest of all rows. Those above
// 8 MiB are hidden; "test-circuit-whole [porep-32g]" runs one of them.
#include <string>

#include "kernels/base/hex.h"
#include "kernels/circuit/density.h"
#include "kernels/circuit/digest.h"
#include "kernels/circuit/porep.h"
#include "kernels/circuit/post.h"
#include "kernels/circuit/update.h"
#include "tests/catch.h"

using namespace sealyard;
using namespace sealyard::circuit;

namespace {

struct Want {
  std::uint64_t inputs, aux, constraints;
  std::uint64_t a_points, b_points;  // 0: not known
  std::string digest;
};

// Counts and digests: the circuits of rust-fil-proofs (crates 19.1) with bellpepper-core 0.2.1,
// bellperson 0.27 and neptune 11.0.0, blank, run against a constraint system that hashes its rows.
// Densities: the same; the sizes of the published parameter files follow from them.
void require(const Synthesis& circuit, const Want& want) {
  Density density;
  circuit(density);
  const Counts& counts = density.counts();
  CHECK(counts.inputs == want.inputs);
  CHECK(counts.aux == want.aux);
  CHECK(counts.constraints == want.constraints);
  if (want.a_points != 0) {
    CHECK(density.a_points() == want.a_points);
    CHECK(density.b_points() == want.b_points);
    CHECK(density.b_input().size() == 1);
  }
  Digest digest(counts);
  circuit(digest);
  CHECK(to_hex(digest.finish()) == want.digest);
}

std::uint64_t bytes(std::string_view size) { return parse_size(size); }

Synthesis porep_of(std::string_view size) {
  return blank_porep(raw_porep(bytes(size), Node{}, ApiVersion::v1_1_0));
}
Synthesis window_of(std::string_view size) { return blank_post(window_post_shape(bytes(size))); }
Synthesis winning_of(std::string_view size) { return blank_post(winning_post_shape(bytes(size))); }
Synthesis update_of(std::string_view size) { return blank_update(update_shape(bytes(size))); }

}  // namespace

TEST_CASE("circuit: PoRep, 2 KiB to 8 MiB", "[circuit][bit-exact]") {
  require(porep_of("2KiB"), {40, 2685673, 2687921, 2674948, 685522,
                             "2c120b1125bd531d5a62b11932b2ae0e0cb47f455cea582994f97534e296bb42"});
  require(porep_of("32KiB"), {40, 3075617, 3077985, 0, 0,
                              "98076e135128c2457e7463f283a92ccc597eaddac7dc439a5532d1f4fcb4009b"});
  require(porep_of("8MiB"), {40, 3842449, 3844929, 3815036, 1011290,
                             "b1fe5a4629fb8fc6684d6c90d6f8d6d32e5bccf6bc9439e4e8a9758e579328db"});
}

TEST_CASE("circuit: WindowPoSt, 2 KiB to 512 MiB", "[circuit][bit-exact]") {
  require(window_of("2KiB"), {23, 22128, 21866, 16793, 16029,
                              "14279e1c38053fa35eab6f56dbf1c5ef337b533f2c42fd3d7b4e7a116796b331"});
  require(window_of("8MiB"), {23, 65088, 64266, 49353, 47149,
                              "ee6185d4d0e58fb6f56f11ebc105ec7a08829c99bbf18b91634e40d07abaee6f"});
  require(window_of("512MiB"),
          {23, 86568, 85466, 65633, 62709,
           "24ea17320d86130abde49b4eff2f6df38d8806b99018c5c2ac68930d951325c6"});
}

TEST_CASE("circuit: WinningPoSt, all sizes", "[circuit][bit-exact]") {
  require(winning_of("2KiB"), {133, 91674, 90750, 69433, 66793,
                               "ce8079a9875ac8fafc46902e0e2368fa997e7f2ffb2065d2666ef92bc3ca2f67"});
  require(winning_of("8MiB"), {133, 233442, 230670, 176881, 169489,
                               "f76fd7ab1915553c8dbffbd06ef73bc77119d7b4e2e129534256b9abd952d38e"});
  require(winning_of("512MiB"),
          {133, 304326, 300630, 230605, 220837,
           "1edcd1f497a9d12871d3f692ec90c670d9f837b3e37c31958dbf2ea239c021df"});
  require(winning_of("32GiB"),
          {133, 375210, 370590, 284329, 272185,
           "f65cddbca7106bac1a8b92148badb4d96f488d56c233bd59b0d0a6919445cf4f"});
  require(winning_of("64GiB"),
          {133, 396000, 391314, 299971, 287695,
           "280879cc466ac3a629e7369617c7f774b28b9e39d39bcf56b896ff72d2481107"});
}

TEST_CASE("circuit: update, 2 KiB", "[circuit][bit-exact]") {
  require(update_of("2KiB"), {5, 1703569, 1705039, 1697194, 444404,
                              "c787aea9329f4525b3bcde14533b9b775654f6a9afe0a7c671783c8bd4f1f7a5"});
}

TEST_CASE("circuit: update, 32 KiB and 8 MiB", "[.][circuit][bit-exact][update-8m]") {
  require(update_of("32KiB"), {5, 6753564, 6760091, 0, 0,
                               "6a4de18617ff15850d2f183cfd81a8ff7b06a84855cd425e1f85ff838ac6a215"});
  require(update_of("8MiB"), {5, 9998039, 10007503, 9981020, 2567922,
                              "ee2b98435ff8e35305acee8e08f1428bf5d19dd1164174a356e150c11df28ae4"});
}

TEST_CASE("circuit: PoRep, 512 MiB", "[.][circuit][bit-exact][porep-512m]") {
  require(porep_of("512MiB"), {40, 4420837, 4423433, 4385080, 1174174,
                               "c7ade8c93707968e967cce4507669258eab20ff010e6dc1827d55544ee671cbb"});
}

TEST_CASE("circuit: PoRep, 32 GiB", "[.][circuit][bit-exact][porep-32g]") {
  require(porep_of("32GiB"), {328, 130169893, 130278541, 129753620, 33112282,
                              "a790207ea0435359e7d5f286563586e3f9a3a286c97af2440f65a4a18063d9cb"});
}

TEST_CASE("circuit: PoRep, 64 GiB", "[.][circuit][bit-exact][porep-64g]") {
  require(porep_of("64GiB"), {328, 131076643, 131185849, 130637870, 33386944,
                              "7686117961498d7849ede7429233254b20e3b149011eca8674ca8e9ab0655af6"});
}

TEST_CASE("circuit: WindowPoSt, 32 GiB", "[.][circuit][bit-exact][window-32g]") {
  require(window_of("32GiB"), {25840, 126902376, 125279217, 96205645, 91925767,
                               "1036a47757014fa295aee4d8539d43c45adaf71c80a4b17c1dba6eca41b0d54f"});
}

TEST_CASE("circuit: WindowPoSt, 64 GiB", "[.][circuit][bit-exact][window-64g]") {
  require(window_of("64GiB"), {25301, 131500200, 129887900, 99649801, 95413201,
                               "c0067486fdc1ab0885e045ae7e61190ec4cdc979f939d08d67c3d06fc3c6f42c"});
}

TEST_CASE("circuit: update, 512 MiB", "[.][circuit][bit-exact][update-512m]") {
  require(update_of("512MiB"),
          {5, 57401314, 57450479, 57212322, 14916880,
           "d9f9e8c5646d12ad5a07ce7967df4e19fd998a0439a3eb1585baf51559b24751"});
}

TEST_CASE("circuit: update, 32 GiB", "[.][circuit][bit-exact][update-32g]") {
  require(update_of("32GiB"), {5, 80978488, 81049499, 80743586, 20983608,
                               "ed11b3af5ba3ae6e1e9e56122c31c51507edb6516c97baf1893a97da69517634"});
}

TEST_CASE("circuit: update, 64 GiB", "[.][circuit][bit-exact][update-64g]") {
  require(update_of("64GiB"), {5, 84931220, 85006101, 84682730, 22012684,
                               "8854cef703f930ed25d91a7e818524f3e4c67bb2393ba3c70fbfb0b1572c96af"});
}
