#include "kernels/curve/pairing.h"

#include <vector>

namespace sealyard::curve {

// blst_miller_loop_n() is wrong for identities: they stay out.
bool product_is_one(std::span<const std::pair<G1Affine, G2Affine>> pairs) {
  std::vector<const blst_p1_affine*> left;
  std::vector<const blst_p2_affine*> right;
  for (const auto& [p, q] : pairs) {
    if (p.is_identity() || q.is_identity()) continue;
    left.push_back(&p.value);
    right.push_back(&q.value);
  }
  if (left.empty()) return true;
  blst_fp12 product;
  blst_miller_loop_n(&product, right.data(), left.data(), left.size());
  blst_final_exp(&product, &product);
  return blst_fp12_is_one(&product);
}

}  // namespace sealyard::curve
