#include "kernels/replica/limbs.h"
#include "kernels/replica/variants.h"

namespace sealyard::replica {

void portable::encode(const Node* data, const Node* label, Node* replica, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) store(replica[i], add(load(data[i]), load(label[i])));
}

void portable::decode(const Node* replica, const Node* label, Node* data, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) store(data[i], subtract(load(replica[i]), load(label[i])));
}

}  // namespace sealyard::replica
