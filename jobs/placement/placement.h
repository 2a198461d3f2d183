// Which cores and which memory a job uses, of those it was given; never more.
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::placement {

/// A core of this process's share. All its hardware threads count as one: labels are bound by the
/// core, not by its threads.
struct Core {
  unsigned index = 0;          ///< 0, 1, ... among the cores given, in the order of the host
  std::vector<unsigned> cpus;  ///< hardware threads by the system's numbers, lowest first
  unsigned group = 0;          ///< which cores share a cache with it
  unsigned numa = 0;           ///< memory node by the system's number
};

/// Cores that work on one thing together; they share a cache.
struct Unit {
  std::vector<Core> cores;
  unsigned group() const { return cores.front().group; }
  unsigned numa() const { return cores.front().numa; }
};

struct Policy {
  bool reverse = false;     ///< last group first: the low cores stay free for the system
  bool skip_first = false;  ///< leave out the group of CPU 0 unless it is the only one
  /// "0-3;4-7": units of this host by the system's CPU numbers, instead of the rule; what was not
  /// given to this process is left out.
  std::string custom = {};
};

/// The cores given, as hwloc sees them after cgroup and affinity have taken the rest away.
class Host {
 public:
  static Host given();
  /// Invented hosts for tests and plans: hwloc's synthetic text "l3:2 core:16 pu:1".
  static Host synthetic(std::string_view description);

  Host(Host&&) noexcept;
  ~Host();

  const std::vector<Core>& cores() const;
  unsigned groups() const;  ///< sets of cores that share a cache
  unsigned cpus() const;    ///< hardware threads of all cores

  /// Units of `cores_per_unit` consecutive cores of one group, dealt one per group first. A group's
  /// rest that fills no unit stays free. Empty where no group is large enough: run unbound then.
  /// Source: rust-fil-proofs, storage-proofs-porep/src/stacked/vanilla/cores.rs.
  /// @throws Error{configuration} custom: no list, a CPU twice, a unit across two groups.
  std::vector<Unit> units(unsigned cores_per_unit, const Policy& policy = {}) const;

  /// Puts the calling thread (and the threads it starts) on these cores: one hardware thread of
  /// each. False where the system refuses; the work is right either way.
  bool bind_thread(const Core& core) const;
  bool bind_thread(const Unit& unit) const;
  /// Pages of this memory not yet touched come from the memory node; best effort.
  bool bind_memory(void* data, std::size_t bytes, unsigned numa) const;

  /// "4 cores, group 0: cpus 0-3 numa 0", for the log.
  std::string text() const;

 private:
  struct State;
  explicit Host(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// "unit 0: cpus 0-3 numa 0; unit 1: cpus 16-19 numa 1"
std::string text(const std::vector<Unit>& units);

}  // namespace sealyard::placement
