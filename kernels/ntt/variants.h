// The parts of transforms that have variants. Elements are below r before and after.
#pragma once
#include <cstddef>

#include "kernels/device/backend_table.h"
#include "kernels/field/fr.h"

namespace sealyard::ntt {

using field::Fr;

/// Two steps at a time on `count` blocks of 4 * quarter elements, side by side: block `first` and
/// those behind it. Of each, the butterflies begin ... end - 1 of `quarter`.
using Twice = void(Fr* blocks, std::size_t quarter, std::size_t first, std::size_t count,
                   const Fr* roots, std::size_t begin, std::size_t end);

/// x[i] *= first * ratio^i.
using Scale = void(Fr* x, std::size_t n, const Fr& first, const Fr& ratio);

namespace portable {
Twice split_twice, join_twice;
Scale scale;
}  // namespace portable

namespace avx512 {
Twice split_twice, join_twice;
Scale scale;
}  // namespace avx512

extern const BackendTable<Twice> split_backends, join_backends;
extern const BackendTable<Scale> scale_backends;

}  // namespace sealyard::ntt
