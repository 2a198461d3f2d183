#include "kernels/sha256/sha256.h"

#include <algorithm>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/sha256/variants.h"

namespace sealyard::sha256 {

const BackendTable<Compress> compress_backends{
    .kernel = "sha256::compress",
    .portable = portable::compress,
    .sha_ni = sha_ni::compress,
};

const BackendTable<HashPairs> hash_pairs_backends{
    .kernel = "sha256::hash_pairs",
    .portable = portable::hash_pairs,
    .sha_ni = sha_ni::hash_pairs,
    .avx512 = avx512::hash_pairs,
    .cuda = SEALYARD_IF_CUDA(cuda::hash_pairs),
};

Node state_bytes(const State& state) {
  Node out;
  for (std::size_t i = 0; i < state.size(); ++i) store_be(out.bytes.data() + 4 * i, state[i]);
  return out;
}

Hasher::Hasher(Backend backend) : compress_(compress_backends.best(backend)) {}

void Hasher::update(std::span<const std::uint8_t> bytes) {
  std::size_t held = bytes_ % kBlockBytes;
  bytes_ += bytes.size();
  if (held != 0) {
    const std::size_t taken = std::min(bytes.size(), kBlockBytes - held);
    std::copy_n(bytes.begin(), taken, block_.begin() + static_cast<std::ptrdiff_t>(held));
    bytes = bytes.subspan(taken);
    held += taken;
    if (held < kBlockBytes) return;
    compress_(state_, block_.data(), 1);
  }
  const std::size_t blocks = bytes.size() / kBlockBytes;
  if (blocks != 0) compress_(state_, bytes.data(), blocks);
  const auto rest = bytes.subspan(blocks * kBlockBytes);
  std::copy(rest.begin(), rest.end(), block_.begin());
}

void Hasher::update(std::string_view text) {
  update(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Node Hasher::finish() {
  // One bit, zeros, and the length in bits at the end of a block.
  std::array<std::uint8_t, 2 * kBlockBytes> last{};
  const std::size_t held = bytes_ % kBlockBytes;
  std::copy_n(block_.begin(), held, last.begin());
  last[held] = 0x80;
  const std::size_t blocks = held + 9 <= kBlockBytes ? 1 : 2;
  store_be(last.data() + blocks * kBlockBytes - 8, bytes_ * 8);
  compress_(state_, last.data(), blocks);
  const Node out = state_bytes(state_);
  state_ = kInitialState;
  bytes_ = 0;
  return out;
}

Node digest(std::span<const std::uint8_t> bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

void hash_pairs(std::span<const Node> children, std::span<Node> parents, Backend backend) {
  if (children.size() != 2 * parents.size())
    throw Error(Fault::usage, "sha256::hash_pairs: {} children, room for {} parents; want two each",
                children.size(), parents.size());
  hash_pairs_backends.best_for(backend, parents.size())(children.data(), parents.data(),
                                                        parents.size());
}

}  // namespace sealyard::sha256
