#include "jobs/placement/placement.h"

#include <algorithm>
#include <map>

#include "jobs/placement/cpu_list.h"
#include "jobs/placement/host_state.h"
#include "kernels/base/error.h"

namespace sealyard::placement {
namespace {

// Above a core: the first cache that fewer objects than cores share. Without such a cache, what
// the system calls a package; without that, everything.
// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/cores.rs, core_groups().
hwloc_obj_t group_of(hwloc_topology_t topology, hwloc_obj_t core, unsigned cores) {
  hwloc_obj_t package = nullptr;
  for (hwloc_obj_t at = core->parent; at; at = at->parent) {
    if (hwloc_obj_type_is_cache(at->type) &&
        static_cast<unsigned>(hwloc_get_nbobjs_by_depth(topology, at->depth)) < cores)
      return at;
    if (at->type == HWLOC_OBJ_PACKAGE &&
        static_cast<unsigned>(hwloc_get_nbobjs_by_depth(topology, at->depth)) < cores)
      package = at;
  }
  return package ? package : hwloc_get_root_obj(topology);
}

unsigned numa_of(hwloc_obj_t core) {
  const int first = core->nodeset ? hwloc_bitmap_first(core->nodeset) : -1;
  return first < 0 ? 0 : static_cast<unsigned>(first);
}

std::vector<unsigned> cpus_of(hwloc_obj_t core) {
  std::vector<unsigned> cpus;
  for (int cpu = hwloc_bitmap_first(core->cpuset); cpu >= 0;
       cpu = hwloc_bitmap_next(core->cpuset, cpu))
    cpus.push_back(static_cast<unsigned>(cpu));
  return cpus;
}

// A set of CPU numbers that is freed.
struct Bitmap {
  hwloc_bitmap_t set = hwloc_bitmap_alloc();
  ~Bitmap() { hwloc_bitmap_free(set); }
};

}  // namespace

Host::State::State() {
  if (hwloc_topology_init(&topology) != 0) throw Error(Fault::internal, "hwloc: no topology");
}

Host::State::~State() { hwloc_topology_destroy(topology); }

void Host::State::read() {
  // Virtual machines may show threads without cores.
  const int found = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
  const auto type = found > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU;
  const auto count = static_cast<unsigned>(std::max(hwloc_get_nbobjs_by_type(topology, type), 0));
  std::map<hwloc_obj_t, unsigned> numbers;
  for (unsigned i = 0; i < count; ++i) {
    const hwloc_obj_t core = hwloc_get_obj_by_type(topology, type, i);
    const auto group = group_of(topology, core, count);
    const auto number =
        numbers.try_emplace(group, static_cast<unsigned>(numbers.size())).first->second;
    cores.push_back({.index = i, .cpus = cpus_of(core), .group = number, .numa = numa_of(core)});
  }
  groups = static_cast<unsigned>(numbers.size());
  if (cores.empty()) throw Error(Fault::internal, "hwloc: no core was given to this process");
}

Host::Host(std::unique_ptr<State> state) : state_(std::move(state)) {}
Host::Host(Host&&) noexcept = default;
Host::~Host() = default;

Host Host::given() {
  auto state = std::make_unique<State>();
  // A cgroup hides foreign cores by itself, plain affinity only with this flag.
  hwloc_topology_set_flags(state->topology, HWLOC_TOPOLOGY_FLAG_RESTRICT_TO_CPUBINDING |
                                                HWLOC_TOPOLOGY_FLAG_IS_THISSYSTEM);
  if (hwloc_topology_load(state->topology) != 0)
    throw Error(Fault::internal, "hwloc: the topology of this host cannot be read");
  state->read();
  return Host(std::move(state));
}

Host Host::synthetic(std::string_view description) {
  auto state = std::make_unique<State>();
  if (hwloc_topology_set_synthetic(state->topology, std::string(description).c_str()) != 0 ||
      hwloc_topology_load(state->topology) != 0)
    throw Error(Fault::usage, "hwloc: \"{}\" describes no host", description);
  state->read();
  return Host(std::move(state));
}

const std::vector<Core>& Host::cores() const { return state_->cores; }
unsigned Host::groups() const { return state_->groups; }

unsigned Host::cpus() const {
  std::size_t count = 0;
  for (const auto& core : cores()) count += core.cpus.size();
  return static_cast<unsigned>(count);
}

bool Host::bind_thread(const Core& core) const { return bind_thread(Unit{{core}}); }

bool Host::bind_thread(const Unit& unit) const {
  const Bitmap one_each;
  for (const auto& core : unit.cores) hwloc_bitmap_set(one_each.set, core.cpus.front());
  return hwloc_set_cpubind(state_->topology, one_each.set, HWLOC_CPUBIND_THREAD) == 0;
}

bool Host::bind_memory(void* data, std::size_t bytes, unsigned numa) const {
  const Bitmap node;
  hwloc_bitmap_set(node.set, numa);
  return hwloc_set_area_membind(state_->topology, data, bytes, node.set, HWLOC_MEMBIND_BIND,
                                HWLOC_MEMBIND_BYNODESET) == 0;
}

std::string Host::text() const {
  std::string line = fmt::format("{} cores", cores().size());
  for (unsigned group = 0; group < groups(); ++group) {
    std::vector<unsigned> cpus;
    unsigned numa = 0;
    for (const auto& core : cores()) {
      if (core.group != group) continue;
      cpus.push_back(core.cpus.front());
      numa = core.numa;
    }
    line += fmt::format("{} group {}: cpus {} numa {}", group ? ";" : ",", group, list_text(cpus),
                        numa);
  }
  return line;
}

}  // namespace sealyard::placement
