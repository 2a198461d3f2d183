#include "chain/types/randomness.h"

#include "chain/types/cbor.h"
#include "kernels/base/bytes.h"

namespace sealyard::types {

Node randomness_digest(ByteView source) { return Node{blake2b_256(source)}; }

Node draw(DrawTag tag, const Node& digest, Epoch epoch, ByteView entropy) {
  Bytes bytes(8 + kNodeBytes + 8);
  store_be<std::uint64_t>(bytes.data(), static_cast<std::uint64_t>(tag));
  std::copy(digest.bytes.begin(), digest.bytes.end(), bytes.begin() + 8);
  store_be<std::uint64_t>(bytes.data() + 8 + kNodeBytes, static_cast<std::uint64_t>(epoch));
  bytes.insert(bytes.end(), entropy.begin(), entropy.end());
  return Node{blake2b_256(bytes)};
}

Bytes miner_entropy(const Address& miner) {
  miner.id();  // refuses every other protocol
  return CborWriter().address(miner).take();
}

}  // namespace sealyard::types
