// Which sectors of a job are labelled side by side, on how many cores.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernels/label/label.h"

namespace sealyard::pc1 {

struct Given {
  unsigned sectors;  ///< whose layers are to be made, all of one porep
  unsigned cores;
  std::uint64_t memory_bytes;               ///< for layers; two of each sector worked on
  std::optional<std::uint64_t> deadline_s;  ///< all layers of all sectors, from now
  std::uint64_t nodes;                      ///< of a sector
  unsigned layers;
};

/// Sectors that one core labels in lock step.
struct Share {
  unsigned sectors;
  std::vector<label::Part> split;
};
struct Plan {
  std::vector<std::vector<Share>> waves;  ///< one after another; the cores of each side by side
  double seconds;                         ///< by the measured times of the kernels
  std::string why;                        ///< for the log
};

/// The fastest way; with a deadline the one with the least core-seconds that meets it, so that
/// cores stay free for others (more sectors on a core take less of its time each, but longer).
/// One sector is labelled even where memory says none.
/// @param ns  time of a node by each kernel: label::measure().
/// @throws Error{usage} no sector or no core.
Plan plan(const Given& given, std::span<const label::Kernel> kernels, std::span<const double> ns);

}  // namespace sealyard::pc1
