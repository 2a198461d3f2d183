#include "kernels/curve/encoded_sums_backends.h"

namespace sealyard::curve {

template <typename Group>
const BackendTable<MakeEncodedSums<Group>>& encoded_sums_backends() {
  static const BackendTable<MakeEncodedSums<Group>> table{
      .kernel = "curve::encoded_sums", .cuda = SEALYARD_IF_CUDA(cuda::encoded_sums<Group>)};
  return table;
}

template const BackendTable<MakeEncodedSums<G1>>& encoded_sums_backends<G1>();
template const BackendTable<MakeEncodedSums<G2>>& encoded_sums_backends<G2>();

}  // namespace sealyard::curve
