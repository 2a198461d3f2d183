#include "kernels/fr32/fr32.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/base/error.h"

namespace sealyard::fr32 {
namespace {

static_assert(std::endian::native == std::endian::little, "limbs are copied from and to bytes");

constexpr std::uint64_t kElementBits = 254;  // of client data in a node
constexpr std::uint64_t kNodeBits = 256;
constexpr std::uint64_t kLowBitsOfTopLimb = ~std::uint64_t{0} >> 2;
constexpr std::size_t kLimbs = 4;  // of a node

// A block as 64-bit limbs; one more, so that a shifted read may look past the end.
using Limbs = std::array<std::uint64_t, kPaddedBlockBytes / 8 + 1>;

// 127 bytes, or fewer and zeros, to up to 4 elements: element k is bits [254 k, 254 k + 254).
void pad_block(std::span<const std::uint8_t> unpadded, std::span<Node> padded) {
  Limbs in{};
  std::memcpy(in.data(), unpadded.data(), unpadded.size());
  for (std::size_t k = 0; k < padded.size(); ++k) {
    const std::size_t limb = k * kElementBits / 64, shift = k * kElementBits % 64;
    std::array<std::uint64_t, kLimbs> element{};
    for (std::size_t i = 0; i < kLimbs; ++i) {
      element[i] = in[limb + i] >> shift;
      if (shift != 0) element[i] |= in[limb + i + 1] << (64 - shift);
    }
    element[kLimbs - 1] &= kLowBitsOfTopLimb;
    std::memcpy(padded[k].bytes.data(), element.data(), kNodeBytes);
  }
}

// Up to 128 bytes, zeros behind them, to 127.
std::array<std::uint8_t, kUnpaddedBlockBytes> unpad_block(std::span<const std::uint8_t> padded) {
  Limbs in{}, out{};
  std::memcpy(in.data(), padded.data(), padded.size());
  for (std::size_t k = 0; k < kBlockNodes; ++k) {
    const std::size_t limb = k * kElementBits / 64, shift = k * kElementBits % 64;
    for (std::size_t i = 0; i < kLimbs; ++i) {
      const auto bits =
          i + 1 < kLimbs ? in[kLimbs * k + i] : in[kLimbs * k + i] & kLowBitsOfTopLimb;
      out[limb + i] |= bits << shift;
      if (shift != 0) out[limb + i + 1] |= bits >> (64 - shift);
    }
  }
  std::array<std::uint8_t, kUnpaddedBlockBytes> bytes{};
  std::memcpy(bytes.data(), out.data(), bytes.size());
  return bytes;
}

// floor(bytes * 8 / bits) and the rest, without overflow for any file size.
struct Split {
  std::uint64_t whole, rest;
};
Split split(std::uint64_t bytes, std::uint64_t bits) {
  // 8 * bytes = 8 * bits * (bytes / bits) + 8 * (bytes % bits)
  const std::uint64_t rest = 8 * (bytes % bits);
  return {8 * (bytes / bits) + rest / bits, rest % bits};
}

}  // namespace

std::uint64_t to_padded(std::uint64_t unpadded) {
  const auto [elements, bits] = split(unpadded, kElementBits);
  return elements * kNodeBytes + (bits + 7) / 8;
}

std::uint64_t to_unpadded(std::uint64_t padded) {
  const auto [elements, bits] = split(padded, kNodeBits);
  // elements * 254 bits and `bits` more, in bytes; elements * 254 / 8 = elements / 4 * 127 + ...
  return elements / 4 * kUnpaddedBlockBytes + (elements % 4 * kElementBits + bits) / 8;
}

std::uint64_t padded_nodes(std::uint64_t unpadded) {
  const auto [elements, bits] = split(unpadded, kElementBits);
  return elements + (bits != 0);
}

void pad(std::span<const std::uint8_t> unpadded, std::span<Node> padded) {
  if (padded.size() != padded_nodes(unpadded.size()))
    throw Error(Fault::usage, "fr32::pad: {} bytes, room for {} nodes, want room for {}",
                unpadded.size(), padded.size(), padded_nodes(unpadded.size()));
  while (!padded.empty()) {
    const auto bytes = std::min(unpadded.size(), kUnpaddedBlockBytes);
    const auto nodes = std::min(padded.size(), kBlockNodes);
    pad_block(unpadded.first(bytes), padded.first(nodes));
    unpadded = unpadded.subspan(bytes);
    padded = padded.subspan(nodes);
  }
}

void unpad(std::span<const std::uint8_t> padded, std::uint64_t offset,
           std::span<std::uint8_t> unpadded) {
  const std::uint64_t held = to_unpadded(padded.size());
  if (offset > held || unpadded.size() > held - offset)
    throw Error(Fault::usage, "fr32::unpad: bytes {} to {} of a stream of {}; want a range inside",
                offset, offset + unpadded.size(), held);
  std::size_t block = offset / kUnpaddedBlockBytes, skip = offset % kUnpaddedBlockBytes;
  for (; !unpadded.empty(); ++block, skip = 0) {
    const auto rest = padded.subspan(block * kPaddedBlockBytes);
    const auto bytes = unpad_block(rest.first(std::min(rest.size(), kPaddedBlockBytes)));
    const std::size_t taken = std::min(unpadded.size(), kUnpaddedBlockBytes - skip);
    std::memcpy(unpadded.data(), bytes.data() + skip, taken);
    unpadded = unpadded.subspan(taken);
  }
}

Cover cover(std::uint64_t offset, std::uint64_t bytes) {
  const std::uint64_t first = offset / kUnpaddedBlockBytes;
  const std::uint64_t skip = offset % kUnpaddedBlockBytes;
  const std::uint64_t blocks = (skip + bytes + kUnpaddedBlockBytes - 1) / kUnpaddedBlockBytes;
  return {first * kPaddedBlockBytes, blocks * kPaddedBlockBytes, skip};
}

void Padder::update(std::span<const std::uint8_t> unpadded, std::vector<Node>& out) {
  if (rest_bytes_ != 0) {
    const auto taken = std::min(unpadded.size(), kUnpaddedBlockBytes - rest_bytes_);
    std::copy_n(unpadded.begin(), taken, rest_.begin() + static_cast<std::ptrdiff_t>(rest_bytes_));
    rest_bytes_ += taken;
    unpadded = unpadded.subspan(taken);
    if (rest_bytes_ < kUnpaddedBlockBytes) return;
    finish(out);
  }
  const std::size_t blocks = unpadded.size() / kUnpaddedBlockBytes;
  const std::size_t at = out.size();
  out.resize(at + blocks * kBlockNodes);
  pad(unpadded.first(blocks * kUnpaddedBlockBytes), std::span(out).subspan(at));
  const auto rest = unpadded.subspan(blocks * kUnpaddedBlockBytes);
  std::copy(rest.begin(), rest.end(), rest_.begin());
  rest_bytes_ = rest.size();
}

void Padder::finish(std::vector<Node>& out) {
  const std::size_t at = out.size();
  out.resize(at + padded_nodes(rest_bytes_));
  pad(std::span(rest_).first(rest_bytes_), std::span(out).subspan(at));
  rest_bytes_ = 0;
}

}  // namespace sealyard::fr32
