#include "kernels/base/cid.h"

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"

using namespace sealyard;

TEST_CASE("cid: CommD of zero sectors", "[cid]") {
  const auto [hex, cid] = GENERATE(table<const char*, const char*>({
      {"fc7e928296e516faade986b28f92d44a4f24b935485223376a799027bc18f833",
       "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy"},
      {"65f29e5d98d246c38b388cfc06db1f6b021303c5a289000bdce832a9c3ec421c",
       "baga6ea4seaqgl4u6lwmnerwdrm4iz7ag3mpwwaqtapc2fciabpooqmvjypweeha"},
      {"39560e7b13a93b07a243fd2720ffa7cb3e1d2e505ab3629e79f46313512cda06",
       "baga6ea4seaqdsvqopmj2soyhujb72jza76t4wpq5fzifvm3ctz47iyytkewnubq"},
      {"077e5fde35c50a9303a55009e3498a4ebedff39c42b710b730d8ec7ac7afa63e",
       "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq"},
      {"e64005a6bfe3777953b8ad6ef93f0fca1049b2041654f2a411f7702799cece02",
       "baga6ea4seaqomqafu276g53zko4k23xzh4h4uecjwicbmvhsuqi7o4bhthhm4aq"},
  }));
  const auto node = node_from_hex(hex, "CommD");
  CHECK(comm_d_cid(node) == cid);
  CHECK(comm_d_from_cid(cid) == node);
}

TEST_CASE("cid: CommR read and written back", "[cid]") {
  // The identifiers lotus printed for sectors of a 2 KiB network, and those of its documentation.
  const std::string cid =
      GENERATE("bagboea4b5abcbj2phlh54njltzdfj3peyn32fmxqsp5bw6cta2s7rdfmpvbpklzx",
               "bagboea4b5abca2ccvqio45uzwhkcomgd4lhiql55k7jqy6yb3didyf2vrvbxlnjv",
               "bagboea4b5abcbrshxgmmpaucffwp2elaofbcrvb7hmcu3653o4lsw2arlor4hn3c",
               "bagboea4b5abcbx3jccdohrttzfneleehcpkmle4oltwuh4q3rcf5tpdodaoj6mtl");
  CHECK(comm_r_cid(comm_r_from_cid(cid)) == cid);
}

TEST_CASE("cid: refuses what is none", "[cid]") {
  const std::string good = "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy";
  CHECK_THROWS_AS(comm_r_from_cid(good), Error);
  CHECK_THROWS_AS(comm_d_from_cid(good.substr(0, 60)), Error);
  CHECK_THROWS_AS(comm_d_from_cid("z" + good.substr(1)), Error);
  CHECK_THROWS_AS(comm_d_from_cid(""), Error);
  auto stray = good;
  stray.back() = 'z';  // bits beyond the last byte
  CHECK_THROWS_AS(comm_d_from_cid(stray), Error);
  auto upper = good;
  upper[10] = 'A';
  CHECK_THROWS_AS(comm_d_from_cid(upper), Error);
}
