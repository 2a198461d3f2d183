#include "kernels/replica/replica.h"

#include "kernels/replica/variants.h"

namespace sealyard::replica {

const BackendTable<Encode> encode_backends{
    .kernel = "replica::encode",
    .portable = portable::encode,
    .avx512 = avx512::encode,
    .cuda = SEALYARD_IF_CUDA(cuda::encode),
};

const BackendTable<Decode> decode_backends{
    .kernel = "replica::decode",
    .portable = portable::decode,
    .avx512 = avx512::decode,
    .cuda = SEALYARD_IF_CUDA(cuda::decode),
};

void encode(std::span<const Node> data, std::span<const Node> label, std::span<Node> replica,
            Backend backend) {
  const std::size_t n = data.size();
  if (label.size() != n || replica.size() != n)
    throw Error(Fault::usage, "replica::encode: {} data nodes, {} labels, room for {}; want equal",
                n, label.size(), replica.size());
  encode_backends.at(backend)(data.data(), label.data(), replica.data(), n);
}

void decode(std::span<const Node> replica, std::span<const Node> label, std::span<Node> data,
            Backend backend) {
  const std::size_t n = replica.size();
  if (label.size() != n || data.size() != n)
    throw Error(Fault::usage,
                "replica::decode: {} replica nodes, {} labels, room for {}; want equal", n,
                label.size(), data.size());
  decode_backends.at(backend)(replica.data(), label.data(), data.data(), n);
}

}  // namespace sealyard::replica
