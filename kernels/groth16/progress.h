// How far long work is.
#pragma once
#include <cstdint>
#include <functional>

namespace sealyard::groth16 {

/// Told now and then how many points of how many are done, by the thread that called; may throw to
/// stop the work.
using Progress = std::function<void(std::uint64_t points, std::uint64_t of)>;

}  // namespace sealyard::groth16
