#include <map>

#include "chain/types/address.h"
#include "chain/types/amount.h"
#include "chain/types/cbor.h"
#include "chain/types/cid.h"
#include "chain/types/json.h"
#include "chain/types/message.h"
#include "chain/types/randomness.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"

using namespace sealyard;
using namespace sealyard::types;

namespace {

Bytes hex(std::string_view text) { return from_hex(text, "golden value"); }

BigInt fil(std::string_view text) { return parse_fil(text); }

}  // namespace

TEST_CASE("address: every protocol, as text and as bytes", "[types]") {
  // Generators of the two groups as public keys; a creation message; an Ethereum address.
  const auto secp = Address::of_secp256k1_key(hex(
      "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e"
      "1108a8fd17b448a68554199c47d08ffb10d4b8"));
  CHECK(to_hex(secp.payload()) == "b0a998cbfbf6619085291997ab5718a168ae3c85");
  CHECK(secp.text(Network::mainnet) == "f1wcuzrs736zqzbbjjdgl2wvyyufuk4pefbymzf2i");
  const auto bls = Address::of_bls_key(hex(
      "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22"
      "c6bb"));
  CHECK(bls.text(Network::mainnet) ==
        "f3s7y5hjzrs7lzijuvmoge7knmb7bwrdcps52lsbnbjy5d6fy3vrmgyvpih74xugxp7m5pacw3eldlw5rocaha");
  const std::string satoshi = "satoshi";
  CHECK(Address::of_actor(Bytes(satoshi.begin(), satoshi.end())).text(Network::mainnet) ==
        "f2i4llai5x72clnz643iydyplvjmni74x4vyme7ny");
  CHECK(Address::from_bytes(hex("040a52963ef50e27e06d72d59fcb4f3c2a687be3cfef"))
            .text(Network::mainnet) == "f410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa");
  CHECK(to_hex(Address::of_id(1000).bytes()) == "00e807");
  CHECK(Address::of_id(INT64_MAX).text(Network::testnet) == "t09223372036854775807");
  CHECK(Address().text(Network::mainnet) == "<empty>");

  for (const auto& address :
       {secp, bls, Address::of_id(0), Address::of_id(1000), Address::of_id(INT64_MAX)})
    for (const auto network : {Network::mainnet, Network::testnet}) {
      CHECK(Address::parse(address.text(network)) == address);
      CHECK(Address::from_bytes(address.bytes()) == address);
    }
}

TEST_CASE("address: what is none is refused", "[types]") {
  const std::string good = "f1wcuzrs736zqzbbjjdgl2wvyyufuk4pefbymzf2i";
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = bad[i] == 'a' ? 'b' : 'a';
    CAPTURE(bad);
    CHECK_THROWS_AS(Address::parse(bad), Error);
  }
  for (const auto* bad :
       {"", "f", "f0", "f0-1", "f01x", "f007", "f09223372036854775808", "f018446744073709551616",
        "x01000", "f5aaaa", "f1", "f1wcuzrs736zqzbbjjdgl2wvyyufuk4pefbymzf2", "f4f", "f410",
        "f410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxb",
        "F1WCUZRS736ZQZBBJJDGL2WVYYUFUK4PEFBYMZF2I"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Address::parse(bad), Error);
  }
  for (const auto* bad : {"", "00", "00e80700", "00e880", "008000", "00ffffffffffffffffff01", "01",
                          "05aa", "02b0a998cbfbf6619085291997ab5718a168ae3c", "03aa"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Address::from_bytes(hex(bad)), Error);
  }
  CHECK_THROWS_WITH(Address::parse("f1wcuzrs736zqzbbjjdgl2wvyyufuk4pefbymzfza"),
                    Catch::Contains("checksum"));
}

TEST_CASE("cid: commitments and objects", "[types]") {
  const Node zero =
      node_from_hex("077e5fde35c50a9303a55009e3498a4ebedff39c42b710b730d8ec7ac7afa63e", "CommD");
  const auto comm_d = Cid::of_comm_d(zero);
  CHECK(comm_d.text() == "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq");
  CHECK(to_hex(comm_d.bytes()) == "0181e203922020" + to_hex(zero));
  CHECK(Cid::parse(comm_d.text()) == comm_d);
  CHECK(comm_d.comm_d() == zero);
  CHECK(comm_d.is_comm_d());
  CHECK_FALSE(comm_d.is_comm_r());
  CHECK_THROWS_AS(comm_d.comm_r(), Error);
  const auto comm_r = Cid::of_comm_r(zero);
  CHECK(comm_r.text().starts_with("bagboea4b5abc"));
  CHECK((comm_r.is_comm_r() && comm_r.comm_r() == zero));
  CHECK(to_hex(CborWriter().cid(comm_d).take()).starts_with("d82a5828000181e203922020"));
  CHECK(to_hex(CborWriter().cid(comm_r).take()).starts_with("d82a5829000182e20381e80220"));
  CHECK(to_hex(CborWriter().cid(Cid()).take()) == "f6");
  for (const auto* bad : {"", "b", "bagboea4b5abc", "Qmbad",
                          "baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mp"})
    CHECK_THROWS_AS(Cid::parse(bad), Error);
  for (const auto* bad :
       {"", "01", "0171a0e4022", "02710000", "0171a0e4020101ff", "0171a0e4028000"})
    CHECK_THROWS_AS(Cid::from_bytes(hex(std::string(bad).size() % 2 ? "01" : bad)), Error);
}

TEST_CASE("amount: bytes, text and FIL", "[types]") {
  const std::map<std::string, std::string> cbor{
      {"0", "40"},         {"255", "4200ff"},
      {"-1", "420101"},    {"1000000000000000000", "49000de0b6b3a7640000"},
      {"256", "43000100"}, {"-256", "43010100"}};
  for (const auto& [decimal, want] : cbor) {
    const auto value = big_int_from_text(decimal, "n");
    CHECK(to_hex(CborWriter().big_int(value).take()) == want);
    CHECK(CborReader(hex(want), "n").big_int() == value);
    CHECK(to_text(value) == decimal);
  }
  for (const auto* bad : {"00", "01", "0000", "0200", "000001"})
    CHECK_THROWS_AS(big_int_from_bytes(hex(bad)), Error);
  CHECK_THROWS_AS(big_int_from_bytes(Bytes(129, 1)), Error);
  CHECK_THROWS_AS(to_bytes(boost::multiprecision::pow(BigInt(256), 127)), Error);
  CHECK(to_bytes(boost::multiprecision::pow(BigInt(256), 127) - 1).size() == kBigIntMaxBytes);
  for (const auto* bad : {"", "-", "1.5", "0x10", " 1", "1e9"})
    CHECK_THROWS_AS(big_int_from_text(bad, "n"), Error);

  CHECK(fil_text(fil("44633.492813752791430096")) == "44633.492813752791430096 FIL");
  CHECK(fil_text(1) == "0.000000000000000001 FIL");
  CHECK(fil_text(-fil("1.5")) == "-1.5 FIL");
  CHECK(fil_text(0) == "0 FIL");
  CHECK(fil("1.5 FIL") == BigInt("1500000000000000000"));
  CHECK(fil("100attoFIL") == 100);
  CHECK(fil("-2 afil") == -2);
  CHECK(fil(".5") == BigInt("500000000000000000"));
  CHECK(fil("1.10000000000000000000") == fil("1.1"));
  for (const auto* bad :
       {"", ".", "-", "1.5.", "1 BTC", "1.5 attoFIL", "0.0000000000000000001", "1-", "FIL"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(fil(bad), Error);
  }
  // What lotus-miner printed of such amounts.
  CHECK(fil_short(1) == "1 aFIL");
  CHECK(fil_short(100) == "100 aFIL");
  CHECK(fil_short(BigInt("59604643840")) == "59.605 nFIL");
  CHECK(fil_short(BigInt("298023219200")) == "298.023 nFIL");
  CHECK(fil_short(BigInt("3597000000000")) == "3.597 μFIL");
  CHECK(fil_short(fil("44615.37")) == "44615.37 FIL");
  CHECK(fil_short(fil("49999850.000458997522038418")) == "49999850 FIL");
  CHECK(fil_short(0) == "0");
}

TEST_CASE("bitfield: RLE+ and run lengths", "[types]") {
  const std::vector<std::pair<Bitfield, std::string>> golden{
      {{}, ""},
      {{0}, "0c"},
      {{1}, "18"},
      {{5}, "b002"},
      {{0, 1, 2, 8, 9}, "742c05"},
      {Bitfield::range(0, 100), "840c"},
      {Bitfield::range(0, 2349), "a45502"},
      {{0, 2348}, "ccaa44"},
      {{2880}, "00d822"},
  };
  for (const auto& [set, want] : golden) {
    CAPTURE(want);
    CHECK(to_hex(set.rle_plus()) == want);
    CHECK(Bitfield::from_rle_plus(hex(want)) == set);
    CHECK(Bitfield::from_run_lengths(set.run_lengths()) == set);
  }
  CHECK(Json(Bitfield{0, 1, 2, 8, 9}.run_lengths()).dump() == "[0,3,5,2]");
  CHECK(Json(Bitfield{5}.run_lengths()).dump() == "[5,1]");
  CHECK(Json(Bitfield{}.run_lengths()).dump() == "[0]");
  for (const auto* bad : {"00", "0c00", "01", "02", "04", "ff", "b00200", "08"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(Bitfield::from_rle_plus(hex(bad)), Error);
  }
  CHECK_THROWS_AS(Bitfield::from_rle_plus(Bytes(kMaxRlePlusBytes + 1, 0xff)), Error);
  CHECK_THROWS_AS(Bitfield::from_run_lengths({1, 0}), Error);
  CHECK_THROWS_AS(Bitfield::from_run_lengths({1, UINT64_MAX}), Error);
}

TEST_CASE("bitfield: sets behave as sets", "[types]") {
  std::uint64_t rng = 7;
  const auto next = [&](std::uint64_t below) {
    rng = rng * 6364136223846793005u + 1442695040888963407u;
    return (rng >> 33) % below;
  };
  for (int round = 0; round < 300; ++round) {
    Bitfield a, b;
    std::vector<bool> in_a(80), in_b(80);
    for (int i = 0; i < 8; ++i) {
      const auto x = next(60), n = next(20), y = next(60), m = next(9);
      a.insert(x, n);
      b.insert(y, m);
      for (auto k = x; k < x + n; ++k) in_a[k] = true;
      for (auto k = y; k < y + m; ++k) in_b[k] = true;
    }
    const auto either = a | b, rest = a - b;
    for (std::uint64_t k = 0; k < 80; ++k) {
      REQUIRE(a.contains(k) == in_a[k]);
      REQUIRE(either.contains(k) == (in_a[k] || in_b[k]));
      REQUIRE(rest.contains(k) == (in_a[k] && !in_b[k]));
    }
    REQUIRE(Bitfield::from_rle_plus(rest.rle_plus()) == rest);
    const auto far = Bitfield::range(next(1 << 20), 1 + next(1 << 20)) | rest;
    REQUIRE(Bitfield::from_rle_plus(far.rle_plus()) == far);
    REQUIRE(Bitfield::of(a.members(80)) == a);
  }
  const auto huge = Bitfield::range(1, UINT64_MAX - 2);
  CHECK(Bitfield::from_rle_plus(huge.rle_plus()) == huge);
  CHECK(huge.size() == UINT64_MAX - 2);
  CHECK_THROWS_AS(huge.members(1000), Error);
}

TEST_CASE("cbor: one form of every value, the others refused", "[types]") {
  const std::map<std::int64_t, std::string> numbers{{0, "00"},
                                                    {23, "17"},
                                                    {24, "1818"},
                                                    {255, "18ff"},
                                                    {256, "190100"},
                                                    {65536, "1a00010000"},
                                                    {INT64_C(1) << 32, "1b0000000100000000"},
                                                    {-1, "20"},
                                                    {-25, "3818"},
                                                    {INT64_MAX, "1b7fffffffffffffff"},
                                                    {INT64_MIN, "3b7fffffffffffffff"}};
  for (const auto& [value, want] : numbers) {
    CHECK(to_hex(CborWriter().number(value).take()) == want);
    CHECK(CborReader(hex(want), "n").i64() == value);
  }
  const auto refused = [](std::string_view bytes, auto read) {
    const auto data = hex(bytes);
    CborReader reader(data, "test");
    CAPTURE(bytes);
    CHECK_THROWS_AS(read(reader), Error);
  };
  for (const auto* bad : {"", "1817", "190017", "1a0000ffff", "1b00000000ffffffff", "18", "1b00",
                          "1f", "40", "1bffffffffffffffff", "3bffffffffffffffff"})
    refused(bad, [](CborReader& r) { r.i64(); });
  for (const auto* bad : {"5f", "41", "5bffffffffffffffff", "60", "5800"})
    refused(bad, [](CborReader& r) { r.bytes(); });
  for (const auto* bad : {"9f", "9bffffffffffffffff", "992001", "82", "a0"})
    refused(bad, [](CborReader& r) { r.array(); });
  for (const auto* bad : {"d82b4100", "d82a40", "d82a4101", "d82a4100", "c0"})
    refused(bad, [](CborReader& r) { r.cid(); });
  for (const auto* bad : {"f6", "00", "f7"}) refused(bad, [](CborReader& r) { r.boolean(); });
  refused("0000", [](CborReader& r) { r.u64(), r.finish(); });
  CHECK_THROWS_WITH(CborReader(hex("8300"), "message").array_of(2),
                    "message: byte 1 of 2: a tuple of 3, want 2");
}

TEST_CASE("message: bytes and identifiers", "[types]") {
  Message m;
  m.to = Address::parse("f01000");
  m.from = Address::parse("f1wcuzrs736zqzbbjjdgl2wvyyufuk4pefbymzf2i");
  m.nonce = 7;
  m.value = fil("1");
  m.gas_limit = 2'000'000;
  m.gas_fee_cap = 1'500'000'000;
  m.gas_premium = 100'000;
  CHECK(
      to_hex(m.cbor()) ==
      "8a004300e8075501b0a998cbfbf6619085291997ab5718a168ae3c850749000de0b6b3a76400001a001e84804500"
      "59682f0044000186a00040");
  CHECK(m.cid().text() == "bafy2bzaceb2ct7mqbokbi7emmhmy5mdbnp7wtf74ouveaprqd3ctrt3ifzbas");
  CHECK(to_hex(blake2b_256(m.cid().bytes())) ==
        "d7461973913a55accac9861385964f02b5da761977824f3322bfe22e889117ad");
  CHECK(Message::from_cbor(m.cbor()) == m);
  CHECK(flaw(m).empty());

  const auto flawed = [&](auto change) {
    Message other = m;
    change(other);
    return !flaw(other).empty();
  };
  CHECK(flawed([](Message& o) { o.to = Address(); }));
  CHECK(flawed([](Message& o) { o.to = Address::of_bls_key(Bytes(48)); }));
  CHECK(flawed([](Message& o) { o.value = -1; }));
  CHECK(flawed([](Message& o) { o.value = parse_fil("2000000000.1"); }));
  CHECK(flawed([](Message& o) { o.gas_limit = 0; }));
  CHECK(flawed([](Message& o) { o.gas_limit = kBlockGasLimit + 1; }));
  CHECK(flawed([](Message& o) { o.gas_premium = o.gas_fee_cap + 1; }));

  auto versioned = m.cbor();
  versioned[1] = 1;
  CHECK_THROWS_AS(Message::from_cbor(versioned), Error);
  CHECK_THROWS_AS(Signature::from_bytes(hex("0100")), Error);
  CHECK_THROWS_AS(Signature::from_bytes(Bytes(66, 4)), Error);
}

TEST_CASE("randomness: the draw of a seal ticket", "[types]") {
  Node digest;
  const auto bytes = from_base64("GOobxkrhS1hiFA1EYUKZM3xsyVfy5Xy3bQ0gLPnecYs=", "digest");
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  CHECK(to_base64(draw(DrawTag::seal_ticket, digest, 2797727, hex("440099cb34")).bytes) ==
        "3MCqcLHKZ+pil4MqTS9wjsd+yPvTuTrq8PkGjEo3tYQ=");
  CHECK(to_hex(miner_entropy(Address::of_id(1000))) == "4300e807");
  CHECK_THROWS_AS(miner_entropy(Address::parse("f1wcuzrs736zqzbbjjdgl2wvyyufuk4pefbymzf2i")),
                  Error);
}

TEST_CASE("json: numbers stay 64 bits wide, errors name the path", "[types]") {
  const auto json =
      Json::parse(R"({"a":[{"n":18446744073709551615,"i":-9007199254740993,"f":1.0,"t":"x"}]})");
  const auto item = JsonView(json, "Answer").at("a").items().at(0);
  CHECK(item.at("n").u64() == UINT64_MAX);
  CHECK(item.at("i").i64() == -9007199254740993);
  CHECK_THROWS_WITH(item.at("f").i64(), "Answer.a[0].f: 1.0, want an integer of 64 bits");
  CHECK_THROWS_AS(item.at("n").i64(), Error);
  CHECK_THROWS_AS(item.at("i").u64(), Error);
  CHECK_THROWS_AS(item.at("t").cid(), Error);
  CHECK_THROWS_AS(item.at("t").big_int(), Error);
  CHECK_THROWS_AS(item.at("t").bytes(), Error);
  CHECK_THROWS_AS(item.at("none"), Error);
}
