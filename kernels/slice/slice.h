// The ways to make slices, and how large slices are where a GPU makes them.
#pragma once
#include <cstdint>
#include <optional>

#include "kernels/device/backend_table.h"
#include "kernels/device/share.h"
#include "kernels/slice/lane.h"

namespace sealyard::slice {

/// A lane that hashes (CPU backends) or copies (cuda) with so many threads.
using MakeLane = std::unique_ptr<Lane>(const Shape& shape, unsigned threads);
extern const BackendTable<MakeLane> lane_backends;

/// How a job goes through a base tree.
struct Plan {
  Backend backend;
  Shape shape;
  unsigned lanes;
};

/// On a GPU with that much free memory: slices as large as it allows, up to what fills any card;
/// nothing where not even the smallest fit, or where a GPU does not hash columns of these layers.
/// @param leaves  of a base tree.
std::optional<Plan> gpu_plan(unsigned layers, std::uint64_t leaves, std::uint64_t gpu_free_bytes);

/// That where share.backend is cuda and there is such a plan; else a CPU's, whose slices are what
/// its threads hash in half a second.
/// @param gpu_free_bytes  device::gpu_free_bytes().
Plan plan(unsigned layers, std::uint64_t leaves, const device::Share& share,
          std::uint64_t gpu_free_bytes);

/// Memory of the GPU that a job of this plan takes, and of the host that it locks; 0 on a CPU.
std::uint64_t gpu_bytes(const Plan& plan);
std::uint64_t pinned_bytes(const Plan& plan);

/// PC2 jobs that one card takes side by side: as memory allows, and no more than keep it busy while
/// the others read; 0: the card is too small for one. Source of the wish: several PC2 a card.
unsigned jobs_per_gpu(std::uint64_t card_bytes, unsigned layers);

}  // namespace sealyard::slice
