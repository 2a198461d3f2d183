#include "kernels/groth16/scalars.h"

#include <sodium.h>

#include "kernels/base/error.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::groth16 {
namespace {

void random_bytes(void* to, std::size_t bytes) {
  static const bool ready = ::sodium_init() >= 0;
  if (!ready) throw Error(Fault::unsupported, "groth16: libsodium finds no source of randomness");
  ::randombytes_buf(to, bytes);
}

}  // namespace

Fr random_scalar() {
  Node node;
  std::optional<Fr> scalar;
  while (!scalar) {  // 255 bits are below r in 9 of 10 cases
    random_bytes(node.bytes.data(), kNodeBytes);
    node.bytes[31] &= 0x7f;
    scalar = field::from_canonical(node);
  }
  wipe(&node, sizeof node);
  const Fr out = *scalar;
  wipe(&scalar, sizeof scalar);
  return out;
}

Fr random_short_scalar() {
  Node node;
  do {
    random_bytes(node.bytes.data(), 16);
  } while (node == Node{});
  return field::from_node(node);
}

Fr named_scalar(std::string_view text) {
  sha256::Hasher hasher;
  hasher.update(text);
  return field::from_node(trim(hasher.finish()));
}

void wipe(void* from, std::size_t bytes) { ::sodium_memzero(from, bytes); }

}  // namespace sealyard::groth16
