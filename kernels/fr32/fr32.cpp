#include "kernels/fr32/fr32.h"

#include <algorithm>
#include <cstring>

#include "kernels/base/error.h"
#include "kernels/fr32/variants.h"

namespace sealyard::fr32 {
namespace {

constexpr std::uint64_t kNodeBits = 256;

// Fewer bytes and zeros, to up to 4 elements.
void pad_rest(std::span<const std::uint8_t> unpadded, std::span<Node> padded) {
  std::array<std::uint8_t, kUnpaddedBlockBytes> in{};
  std::copy(unpadded.begin(), unpadded.end(), in.begin());
  std::array<Node, kBlockNodes> out;
  portable::pad_blocks(in.data(), out.data(), 1);
  std::copy_n(out.begin(), padded.size(), padded.begin());
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

const BackendTable<PadBlocks> pad_backends{
    .kernel = "fr32::pad",
    .portable = portable::pad_blocks,
    .avx512 = avx512::pad_blocks,
};

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

void pad(std::span<const std::uint8_t> unpadded, std::span<Node> padded, Backend backend) {
  if (padded.size() != padded_nodes(unpadded.size()))
    throw Error(Fault::usage, "fr32::pad: {} bytes, room for {} nodes, want room for {}",
                unpadded.size(), padded.size(), padded_nodes(unpadded.size()));
  const std::size_t blocks = unpadded.size() / kUnpaddedBlockBytes;
  pad_backends.best(backend)(unpadded.data(), padded.data(), blocks);
  if (blocks * kUnpaddedBlockBytes < unpadded.size())
    pad_rest(unpadded.subspan(blocks * kUnpaddedBlockBytes), padded.subspan(blocks * kBlockNodes));
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
