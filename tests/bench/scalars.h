// Scalars without a pattern, the same every time.
#pragma once
#include <cstddef>
#include <vector>

#include "kernels/field/fr.h"

namespace sealyard::bench {

inline std::vector<field::Fr> scalars(std::size_t n) {
  std::vector<field::Fr> made(n);
  field::Fr x = field::from_u64(5);
  for (auto& scalar : made) scalar = x = field::add(field::pow5(x), field::one());
  return made;
}

}  // namespace sealyard::bench
