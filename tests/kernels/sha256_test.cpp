#include "kernels/sha256/sha256.h"

#include <sodium.h>

#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"

using namespace sealyard;

namespace {

// Bytes that differ everywhere: a linear congruential sequence, fixed.
std::vector<std::uint8_t> sample(std::size_t n) {
  std::vector<std::uint8_t> out(n);
  std::uint32_t x = 12345;
  for (auto& byte : out) byte = static_cast<std::uint8_t>((x = x * 1664525 + 1013904223) >> 24);
  return out;
}

std::vector<Node> sample_nodes(std::size_t n) {
  const auto bytes = sample(n * kNodeBytes);
  std::vector<Node> out(n);
  for (std::size_t i = 0; i < bytes.size(); ++i) out[i / 32].bytes[i % 32] = bytes[i];
  return out;
}

Node sodium_digest(std::span<const std::uint8_t> bytes) {
  Node out;
  crypto_hash_sha256(out.bytes.data(), bytes.data(), bytes.size());
  return out;
}

std::string hex_of(std::string_view text, Backend backend) {
  sha256::Hasher hasher(backend);
  hasher.update(text);
  return to_hex(hasher.finish());
}

}  // namespace

TEST_CASE("sha256: every backend gives the digests of FIPS 180-4", "[sha256][bit-exact]") {
  const auto backend = GENERATE(from_range(sha256::compress_backends.backends()));
  CAPTURE(name(backend));
  // Source: NIST, "Examples with Intermediate Values", SHA-256.
  REQUIRE(hex_of("", backend) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  REQUIRE(hex_of("abc", backend) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  REQUIRE(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", backend) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  REQUIRE(hex_of(std::string(1000000, 'a'), backend) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256: any length, whole or in parts, is as libsodium has it", "[sha256][bit-exact]") {
  const auto backend = GENERATE(from_range(sha256::compress_backends.backends()));
  CAPTURE(name(backend));
  const auto bytes = sample(400);
  sha256::Hasher hasher(backend);  // used again and again: finish() must leave it as new
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    CAPTURE(n);
    const auto message = std::span(bytes).first(n);
    const auto want = sodium_digest(message);
    hasher.update(message);
    REQUIRE(hasher.finish() == want);
    for (const std::size_t cut : {n / 3, n / 2, n - n / 7}) {
      hasher.update(message.first(cut));
      const auto copy = hasher;
      hasher.update(message.subspan(cut));
      REQUIRE(hasher.finish() == want);
      auto again = copy;
      again.update(message.subspan(cut));
      REQUIRE(again.finish() == want);
    }
    REQUIRE(sha256::digest(message) == want);
  }
}

TEST_CASE("sha256: pairs are trimmed digests, for every count and in place",
          "[sha256][bit-exact]") {
  const auto backend = GENERATE(from_range(sha256::hash_pairs_backends.backends()));
  CAPTURE(name(backend));
  for (const std::size_t n :
       {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64, 65}) {
    CAPTURE(n);
    auto children = sample_nodes(2 * n);
    std::vector<Node> parents(n), want(n);
    for (std::size_t i = 0; i < n; ++i)
      want[i] = trim(sodium_digest(std::span(children[2 * i].bytes.data(), 2 * kNodeBytes)));
    sha256::hash_pairs(children, parents, backend);
    REQUIRE(parents == want);
    sha256::hash_pairs(children, std::span(children).first(n), backend);
    children.resize(n);
    REQUIRE(children == want);
  }
}

TEST_CASE("sha256: a wrong number of parents is a usage error and writes nothing", "[sha256]") {
  const auto children = sample_nodes(4);
  std::vector<Node> parents(3, Node{{7}});
  REQUIRE_THROWS_AS(sha256::hash_pairs(children, parents, Backend::portable), Error);
  REQUIRE(parents == std::vector<Node>(3, Node{{7}}));
}
