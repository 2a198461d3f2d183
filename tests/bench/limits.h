// What the arithmetic alone takes on a core: on two 512-bit units, or by the latency or throughput
// of the SHA instructions. For kernels and for the stages that are made of them.
#pragma once
#include "kernels/label/label.h"

namespace sealyard::bench {

// One sector: a chain of 19 blocks, 32 instructions each that take 4 cycles.
inline constexpr double kChainCycles = 19 * 32 * 4;
// 16 sectors: rounds of 17 operations in 20 blocks, nine schedules of 48 words.
inline constexpr double kVectorCycles = (20 * 64.0 * 17 + 9 * (48 * 12.0 + 16)) / 2 / 16;
// Streams: one instruction for two rounds in two cycles.
inline constexpr double kStreamCycles = 20 * 32 * 2;

/// Of a label; 0: none is known.
inline double limit_cycles(const label::Kernel& kernel) {
  if (kernel.backend == Backend::avx512) return kVectorCycles;
  if (kernel.backend != Backend::sha_ni) return 0;
  return kernel.most == 1 ? kChainCycles : kStreamCycles;
}

/// Of a Poseidon hash with sums of products reduced once, 8 lanes: 50 multiply-adds a product and
/// 55 a reduction, two a cycle.
inline double poseidon_cycles(unsigned arity) {
  const double t = arity + 1, p = arity == 2 ? 55 : arity == 4 ? 56 : 57;
  const double products = 24 * t + 7 * t * t + t + 3 * p + p * (2 * t - 1);
  const double reductions = 24 * t + 7 * t + 1 + 3 * p + p * t;
  return (50 * products + 55 * reductions) / 16;
}

}  // namespace sealyard::bench
