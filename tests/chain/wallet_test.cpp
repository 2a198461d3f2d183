#include <regex>

#include "chain/types/json.h"
#include "chain/wallet/key.h"
#include "chain/wallet/key_info.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/chain/recorded.h"

using namespace sealyard;
using wallet::Key;
using wallet::KeyType;

namespace {

types::Bytes hex(const std::string& text) { return from_hex(text, "golden value"); }

Key imported(const nlohmann::json& entry) {
  return wallet::parse_key_info(entry["export"].get<std::string>() + "\n");
}

}  // namespace

TEST_CASE("wallet: lotus' keys, addresses and signatures", "[wallet]") {
  unsigned keys = 0;
  const auto recording = recorded::read("wallet");
  for (const auto& entry : recording["keys"]) {
    if (entry["type"] == "delegated") {
      CHECK_THROWS_AS(imported(entry), Error);
      continue;
    }
    ++keys;
    const auto key = imported(entry);
    CAPTURE(entry["type"]);
    CHECK(key.address().text(types::Network::testnet) == entry["address"].get<std::string>());
    CHECK(wallet::export_hex(key) == entry["export"].get<std::string>());
    const auto info = wallet::key_info(key);
    CHECK(wallet::parse_key_info(info).address() == key.address());
    const types::Bytes bytes(info.begin(), info.end());
    CHECK(wallet::parse_key_info(types::to_base64(bytes) + "\n").address() == key.address());
    for (const auto& sign : entry["sign"]) {
      const auto text = wallet::envelope(hex(sign["message_hex"]));
      const auto theirs = types::Signature::from_bytes(hex(sign["signature_hex"]));
      CHECK(wallet::verify(theirs, key.address(), text));
      const auto ours = key.sign(types::ByteView(text));
      CHECK(wallet::verify(ours, key.address(), text));
      // BLS signatures are the only ones of their message; lotus draws secp256k1's at random.
      if (key.type() == KeyType::bls)
        CHECK(to_hex(ours.bytes()) == sign["signature_hex"].get<std::string>());
      for (const std::size_t at :
           {std::size_t{0}, theirs.data.size() / 2, theirs.data.size() - 1}) {
        auto broken = theirs;
        broken.data[at] ^= 1;
        CHECK_FALSE(wallet::verify(broken, key.address(), text));
      }
      auto longer = text;
      longer.push_back(0);
      CHECK_FALSE(wallet::verify(theirs, key.address(), longer));
    }
    for (const auto* name : {"signed_message", "signed_message_with_params"}) {
      const auto theirs = types::JsonView(entry, "wallet").at(name).signed_message();
      CHECK(wallet::verify(theirs));
      CHECK(theirs.cid().text() == entry[name]["CID"]["/"].get<std::string>());
      CHECK(theirs.message.cid().text() == entry[name]["Message"]["CID"]["/"].get<std::string>());
      CHECK(wallet::verify(key.sign(theirs.message)));
      if (key.type() == KeyType::bls) CHECK(key.sign(theirs.message) == theirs);
    }
  }
  CHECK(keys == 2);
}

TEST_CASE("wallet: generated keys sign; nobody else's signature passes", "[wallet]") {
  for (const auto type : {KeyType::bls, KeyType::secp256k1}) {
    const auto key = Key::generate(type), other = Key::generate(type);
    CHECK(key.address() != other.address());
    const types::Bytes text{1, 2, 3};
    const auto signature = key.sign(types::ByteView(text));
    CHECK(wallet::verify(signature, key.address(), text));
    CHECK_FALSE(wallet::verify(signature, other.address(), text));
    const auto stranger = Key::generate(type == KeyType::bls ? KeyType::secp256k1 : KeyType::bls);
    CHECK_FALSE(wallet::verify(signature, stranger.address(), text));
    CHECK_FALSE(wallet::verify({signature.type, {}}, key.address(), text));
    CHECK_THROWS_AS(wallet::verify(signature, types::Address::of_id(100), text), Error);
  }
}

TEST_CASE("wallet: secp256k1 signatures with S in the upper half are refused", "[wallet]") {
  const auto key = Key::generate(KeyType::secp256k1);
  const types::Bytes text{9};
  auto mirrored = key.sign(types::ByteView(text));
  // S -> n - S with the other recovery number is the same signature to plain ECDSA.
  const auto order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
  int borrow = 0;
  for (int i = 31; i >= 0; --i) {
    const int digit = order[i] - mirrored.data[32 + i] - borrow;
    borrow = digit < 0;
    mirrored.data[32 + i] = static_cast<std::uint8_t>(digit + 256 * borrow);
  }
  mirrored.data[64] ^= 1;
  CHECK_FALSE(wallet::verify(mirrored, key.address(), text));
}

TEST_CASE("wallet: broken key files are refused without quoting them", "[wallet]") {
  const std::string secret = "rSI+l/ernuXJVBgih9nsZsKriMJWT9pAXka6HpymT0c=";
  for (const std::string& bad :
       {std::string(), std::string("zz"), std::string("7b22"), std::string("{}"), std::string("[]"),
        R"({"Type":"rsa","PrivateKey":")" + secret + "\"}",
        R"({"Type":"bls","PrivateKey":7})" + std::string(),
        R"({"Type":"bls","PrivateKey":")" + secret.substr(4) + "\"}",
        R"({"Type":"bls","PrivateKey":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})" +
            std::string(),
        R"({"Type":"secp256k1","PrivateKey":"//////////////////////////////////////////8="})" +
            std::string(),
        R"({"Type":"delegated","PrivateKey":")" + secret + "\"}"}) {
    CAPTURE(bad);
    try {
      wallet::parse_key_info(bad);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find(secret.substr(4, 20)) == std::string::npos);
    }
  }
  const auto numbered = wallet::parse_key_info(R"({"Type":2,"PrivateKey":")" + secret + "\"}");
  CHECK(numbered.type() == KeyType::bls);
}

TEST_CASE("wallet: a key file with any damage ends in an error or a key", "[wallet]") {
  std::mt19937_64 rng(20260102);
  const std::string key = recorded::read("wallet")["keys"][0]["export"];
  unsigned refused = 0;
  for (int round = 0; round < 3'000; ++round) {
    auto damaged = key;
    for (auto times = 1 + rng() % 3; times > 0; --times)
      damaged[rng() % damaged.size()] = "0123456789abcdefg{}\0"[rng() % 20];
    if (rng() % 4 == 0) damaged.resize(rng() % damaged.size());
    try {
      wallet::parse_key_info(damaged);
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 1'000);
}

// PrivateKey made with md5sum and `openssl enc -aes-128-cfb`, as wallet_aes.go of the fork does.
TEST_CASE("wallet: a key that a fork of lotus locked opens with its password", "[wallet]") {
  const std::string text =
      R"({"Type":"secp256k1","PrivateKey":)"
      R"("/////wABAgMEBQYHCAkKCwwNDg80Kx2UhRdk23gH9g4seqoRxYyYSJiOku5+5B4O9mzwaQ=="})";
  const auto secret = hex("0101010101010101010101010101010101010101010101010101010101010101");
  const Key key(KeyType::secp256k1, wallet::Secret(secret));
  const auto password = std::string("Fil-storage1");
  for (const auto& form : {text, to_hex(types::Bytes(text.begin(), text.end()))}) {
    const auto info = wallet::read_key_info(form);
    REQUIRE(info.locked());
    const auto opened = wallet::unlock(info, password, key.address());
    CHECK(opened.address() == key.address());
    CHECK(types::Bytes(opened.secret().bytes().begin(), opened.secret().bytes().end()) == secret);
    // Without a tag every password gives a key: the address refuses it.
    CHECK_THROWS_WITH(wallet::unlock(info, "Fil-storage2", key.address()),
                      Catch::Matchers::Contains("the password does not open the key of f1"));
    CHECK_THROWS_AS(wallet::unlock(info, password, Key::generate(KeyType::secp256k1).address()),
                    Error);
    CHECK_THROWS_WITH(wallet::parse_key_info(form), Catch::Matchers::Contains("locked"));
  }
  const auto plain = wallet::read_key_info(wallet::key_info(key));
  CHECK_FALSE(plain.locked());
  CHECK_THROWS_AS(wallet::unlock(plain, password, key.address()), Error);
  // A BLS scalar below the order is rare among random bytes: what is none is the wrong password,
  // too.
  const auto bls = wallet::read_key_info(std::regex_replace(text, std::regex("secp256k1"), "bls"));
  CHECK_THROWS_WITH(wallet::unlock(bls, "none", key.address()),
                    Catch::Matchers::Contains("the password does not open"));
}
