#include "kernels/poseidon/poseidon.h"

#include <algorithm>

#include "kernels/base/error.h"
#include "kernels/poseidon/poseidon_cuda.h"
#include "kernels/poseidon/variants.h"

namespace sealyard::poseidon {
namespace {

bool known(std::size_t arity) {
  return std::find(kArities.begin(), kArities.end(), arity) != kArities.end();
}

void want_arity(std::string_view who, std::size_t arity) {
  if (!known(arity))
    throw Error(Fault::usage, "{}: arity {}, want 2, 4, 8, 11, 16, 24 or 36", who, arity);
}

constexpr std::size_t kMaxArity = 36;

}  // namespace

const BackendTable<HashMany> hash_backends{
    .kernel = "poseidon::hash",
    .portable = portable::hash_many,
    .avx512 = avx512::hash_many,
    .cuda = SEALYARD_IF_CUDA(cuda::hash_many),
};

field::Fr hash(std::span<const field::Fr> elements) {
  want_arity("poseidon::hash", elements.size());
  return portable::permute(elements);
}

Node hash(std::span<const Node> nodes) {
  want_arity("poseidon::hash", nodes.size());
  std::array<field::Fr, kMaxArity> elements;
  std::transform(nodes.begin(), nodes.end(), elements.begin(), field::from_node);
  return field::to_node(portable::permute(std::span(elements.data(), nodes.size())));
}

void hash_groups(unsigned arity, std::span<const Node> in, std::span<Node> out, Backend backend) {
  want_arity("poseidon::hash_groups", arity);
  if (in.size() != arity * out.size())
    throw Error(Fault::usage, "poseidon::hash_groups: {} nodes for {} groups of {}, want {}",
                in.size(), out.size(), arity, arity * out.size());
  std::array<const Node*, kMaxArity> first{};
  for (unsigned k = 0; k < arity; ++k) first[k] = in.data() + k;
  hash_backends.best_for(backend, out.size())(arity, first.data(), arity, out.data(), out.size());
}

void hash_columns(std::span<const Node* const> layers, std::span<Node> out, Backend backend) {
  want_arity("poseidon::hash_columns", layers.size());
  hash_backends.best_for(backend, out.size())(static_cast<unsigned>(layers.size()), layers.data(),
                                              1, out.data(), out.size());
}

Node hash_md(std::span<const Node> nodes) {
  if (nodes.empty()) throw Error(Fault::usage, "poseidon::hash_md: no nodes, want 1 or more");
  Node running = nodes[0];
  auto rest = nodes.subspan(1);
  do {
    std::array<Node, kMaxArity> group{running};
    const std::size_t n = std::min(rest.size(), kMaxArity - 1);
    std::copy_n(rest.begin(), n, group.begin() + 1);
    running = hash(group);
    rest = rest.subspan(n);
  } while (!rest.empty());
  return running;
}

}  // namespace sealyard::poseidon
