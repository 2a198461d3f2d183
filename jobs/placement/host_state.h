// What a Host keeps. Private to this folder.
#pragma once
#include <hwloc.h>

#include <vector>

#include "jobs/placement/placement.h"

namespace sealyard::placement {

struct Host::State {
  State();
  ~State();
  State(const State&) = delete;

  hwloc_topology_t topology = nullptr;
  std::vector<Core> cores;
  unsigned groups = 0;

  /// Fills cores and groups from the loaded topology.
  void read();
};

}  // namespace sealyard::placement
