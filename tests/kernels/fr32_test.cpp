#include "kernels/fr32/fr32.h"

#include <algorithm>
#include <string>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

std::string padded_hex(std::string_view unpadded) {
  const auto bytes = from_hex(unpadded, "input");
  std::vector<Node> out(fr32::padded_nodes(bytes.size()));
  fr32::pad(bytes, out);
  std::string text;
  for (const auto& node : out) text += to_hex(node);
  return text;
}

std::string repeat(std::string_view text, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += text;
  return out;
}

std::vector<std::uint8_t> data(std::uint64_t n) { return vectors::Piece{"fr32", n, {}}.data(); }

std::span<const std::uint8_t> as_bytes(std::span<const Node> nodes) {
  return {reinterpret_cast<const std::uint8_t*>(nodes.data()), nodes.size_bytes()};
}

// The definition, bit by bit: 254 bits of the stream, two zero bits, and so on.
std::vector<Node> pad_by_bits(std::span<const std::uint8_t> unpadded) {
  std::vector<Node> out((unpadded.size() * 8 + 253) / 254);
  for (std::size_t bit = 0; bit < unpadded.size() * 8; ++bit)
    if (unpadded[bit / 8] >> (bit % 8) & 1)
      out[bit / 254].bytes[bit % 254 / 8] |= static_cast<std::uint8_t>(1u << (bit % 254 % 8));
  return out;
}

}  // namespace

// Source: rust-fil-proofs, fr32/src/reader.rs, tests.
TEST_CASE("fr32: pads as the reference's own examples", "[fr32][bit-exact]") {
  REQUIRE(padded_hex("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fff"
                     "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fff090909ff") ==
          "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f3f"
          "07080c1014181c2024282c3034383c4044484c5054585c6064686c7074787c3c"
          "9f9090f00f" +
              repeat("00", 27));
  REQUIRE(padded_hex(repeat("ff", 32)) == repeat("ff", 31) + "3f03" + repeat("00", 31));
  REQUIRE(padded_hex(repeat("ff", 127)) == repeat(repeat("ff", 31) + "3f", 4));
  REQUIRE(padded_hex("") == "");
}

TEST_CASE("fr32: every length is padded as the definition says, whole or in parts",
          "[fr32][bit-exact]") {
  const auto backend = GENERATE(from_range(fr32::pad_backends.backends()));
  const auto bytes = data(400);
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    CAPTURE(name(backend), n);
    const auto unpadded = std::span(bytes).first(n);
    const auto want = pad_by_bits(unpadded);
    REQUIRE(fr32::padded_nodes(n) == want.size());
    std::vector<Node> out(want.size(), Node{{0xee}});
    fr32::pad(unpadded, out, backend);
    REQUIRE(out == want);

    fr32::Padder padder;
    std::vector<Node> streamed;
    const std::size_t part = 1 + n % 131;
    for (std::size_t at = 0; at < n; at += part)
      padder.update(unpadded.subspan(at, std::min(part, n - at)), streamed);
    padder.finish(streamed);
    REQUIRE(streamed == want);
  }
}

TEST_CASE("fr32: any range of client bytes comes back", "[fr32][bit-exact]") {
  const auto bytes = data(635);  // 5 blocks
  std::vector<Node> padded(fr32::padded_nodes(bytes.size()));
  fr32::pad(bytes, padded);
  const auto all = as_bytes(padded);
  for (std::size_t offset = 0; offset <= bytes.size(); offset += 1 + offset % 3)
    for (std::size_t n = 0; offset + n <= bytes.size(); n += 1 + n / 5) {
      CAPTURE(offset, n);
      const std::vector<std::uint8_t> want(bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                                           bytes.begin() + static_cast<std::ptrdiff_t>(offset + n));
      std::vector<std::uint8_t> out(n);
      fr32::unpad(all, offset, out);
      REQUIRE(out == want);
      const auto read = fr32::cover(offset, n);
      REQUIRE(read.padded_offset % 128 == 0);
      REQUIRE(read.offset < 127);
      std::fill(out.begin(), out.end(), 0);
      fr32::unpad(all.subspan(read.padded_offset, read.padded_bytes), read.offset, out);
      REQUIRE(out == want);
    }
}

TEST_CASE("fr32: a stream that ends inside a block gives its whole bytes only", "[fr32]") {
  const auto bytes = data(127);
  std::vector<Node> padded(4);
  fr32::pad(bytes, padded);
  const auto all = as_bytes(padded);
  for (std::size_t held = 0; held <= all.size(); ++held) {
    CAPTURE(held);
    std::vector<std::uint8_t> out(fr32::to_unpadded(held));
    fr32::unpad(all.first(held), 0, out);
    REQUIRE(std::equal(out.begin(), out.end(), bytes.begin()));
    std::vector<std::uint8_t> more(out.size() + 1, 0xee);
    REQUIRE_THROWS_AS(fr32::unpad(all.first(held), 0, more), Error);
    REQUIRE(more == std::vector<std::uint8_t>(more.size(), 0xee));
  }
  std::vector<std::uint8_t> one(1);
  REQUIRE_THROWS_AS(fr32::unpad(all, 127, one), Error);
  REQUIRE_THROWS_AS(fr32::unpad(all, ~std::uint64_t{0}, one), Error);
}

TEST_CASE("fr32: sizes", "[fr32]") {
  for (std::uint64_t n = 0; n < 1100; ++n) {
    CAPTURE(n);
    REQUIRE(fr32::to_padded(n) == (8 * n / 254 * 256 + 8 * n % 254 + 7) / 8);
    REQUIRE(fr32::to_unpadded(n) == (8 * n / 256 * 254 + 8 * n % 256) / 8);
    REQUIRE(fr32::to_unpadded(fr32::to_padded(n)) == n);
  }
  REQUIRE(fr32::to_padded(68182605824) == 68719476736);
  REQUIRE(fr32::to_unpadded(std::uint64_t{1} << 62) == (std::uint64_t{1} << 62) / 128 * 127);
}

TEST_CASE("fr32: wrong room is a usage error and writes nothing", "[fr32]") {
  std::vector<Node> out(3, Node{{7}});
  REQUIRE_THROWS_AS(fr32::pad(data(127), out), Error);
  REQUIRE(out == std::vector<Node>(3, Node{{7}}));
}

TEST_CASE("fr32: the pieces of the reference sectors give their unsealed bytes",
          "[fr32][bit-exact]") {
  for (const auto& sector : vectors::seal_cases(32 << 10)) {
    CAPTURE(sector.name);
    const auto want = vectors::nodes(sector.path("unsealed"));
    REQUIRE(sector.unsealed() == want);
    std::vector<std::uint8_t> out(sector.config.unpadded_bytes());
    fr32::unpad(as_bytes(want), 0, out);
    if (sector.json.contains("unsealed_unpadded_sha256"))
      REQUIRE(vectors::sha256(out) == sector.json.at("unsealed_unpadded_sha256"));
  }
}
