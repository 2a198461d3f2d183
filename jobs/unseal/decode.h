// A replica back to client bytes.
#pragma once
#include <cstdint>
#include <functional>
#include <span>

#include "jobs/sector/output.h"
#include "kernels/base/backend.h"
#include "kernels/base/node.h"

namespace sealyard::unseal {

/// Client bytes [offset, offset + length) of the sector.
struct Range {
  std::uint64_t offset, length;
};

/// Decodes the whole sector block by block, writes the range without its padding, and returns
/// CommD of what was decoded: one wrong bit of replica, label, ticket or CommD shows in it.
/// @param padded_done  called with the padded bytes done; may throw to stop.
Node decode(std::span<const Node> replica, std::span<const Node> label, Range range,
            sector::Output& out, Backend backend,
            const std::function<void(std::uint64_t padded_done)>& progress);

}  // namespace sealyard::unseal
