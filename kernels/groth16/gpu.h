// Whether proofs are made on a GPU.
#pragma once
#include <cstdint>

#include "kernels/circuit/density.h"
#include "kernels/device/share.h"

namespace sealyard::groth16 {

/// Memory of the GPU that a proof takes at most: one list of rows and a slice of another, or 2^21
/// points, their buckets and what they are sorted with.
std::uint64_t gpu_bytes(const circuit::Density& density);

/// The share, on the best CPU variant where it names a GPU that has less free memory than that.
device::Share share_for(const circuit::Density& density, const device::Share& share);

/// Known answers of what a GPU does in proofs: the CPU's. Nothing to do for other backends.
/// @throws Error{internal} the GPU gives others; Error{io} it cannot be used.
void self_test(Backend backend);

}  // namespace sealyard::groth16
