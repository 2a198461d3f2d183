#include "kernels/circuit/label.h"

#include "kernels/base/error.h"
#include "kernels/circuit/sha256.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::circuit {
namespace {

constexpr std::size_t kNodeBits = 256;

void append(Bits& message, std::span<const Boolean> bits) {
  if (bits.size() != kNodeBits)
    throw Error(Fault::usage, "circuit: {} bits of a node, want {}", bits.size(), kNodeBits);
  message.insert(message.end(), bits.begin(), bits.end());
}

}  // namespace

Num create_label(Sink& sink, std::span<const Boolean> replica_id,
                 std::span<const std::span<const Boolean>> parents, std::uint32_t layer,
                 std::span<const Boolean> node) {
  if (parents.size() != vanilla::kHashedLabels || node.size() != 64)
    throw Error(Fault::usage, "circuit: label of {} parents and {} bits of a node number",
                parents.size(), node.size());
  Bits message;
  message.reserve((2 + parents.size()) * kNodeBits);
  append(message, replica_id);
  for (unsigned i = 32; i-- > 0;) message.push_back(Boolean::constant(layer >> i & 1));
  message.insert(message.end(), node.rbegin(), node.rend());
  message.resize(2 * kNodeBits);  // constant zeros
  for (const auto& parent : parents) append(message, parent);
  return pack_digest(sink, sha256_hash(sink, message));
}

}  // namespace sealyard::circuit
