#include "jobs/placement/placement.h"

#include <sched.h>

#include <string>

#include "jobs/placement/cpu_list.h"
#include "kernels/base/error.h"
#include "tests/catch.h"

using namespace sealyard;
using placement::Host;

namespace {

// Core numbers of the units, "0-3 16-19".
std::string layout(const std::vector<placement::Unit>& units) {
  std::string text;
  for (const auto& unit : units) {
    std::vector<unsigned> cores;
    for (const auto& core : unit.cores) cores.push_back(core.index);
    text += (text.empty() ? "" : " ") + placement::list_text(cores);
  }
  return text;
}

std::string layout(const char* host, unsigned cores_per_unit,
                   const placement::Policy& policy = {}) {
  return layout(Host::synthetic(host).units(cores_per_unit, policy));
}

}  // namespace

// Source of the expected layouts: rust-fil-proofs,
// storage-proofs-porep/src/stacked/vanilla/cores.rs, tests.
TEST_CASE("placement: units are those of the reference", "[placement]") {
  CHECK(layout("l3:1 core:18 pu:1", 4) == "0-3 4-7 8-11 12-15");
  CHECK(layout("l3:2 core:16 pu:1", 4) == "0-3 16-19 4-7 20-23 8-11 24-27 12-15 28-31");
  CHECK(layout("l3:4 core:4 pu:1", 3) == "0-2 4-6 8-10 12-14");
  CHECK(layout("l3:2 core:8 pu:1", 3) == "0-2 8-10 3-5 11-13");
  CHECK(layout("l3:8 core:6 pu:1", 3) ==
        "0-2 6-8 12-14 18-20 24-26 30-32 36-38 42-44 "
        "3-5 9-11 15-17 21-23 27-29 33-35 39-41 45-47");
  CHECK(layout("l3:1 core:4 pu:1", 2) == "0-1 2-3");
}

TEST_CASE("placement: the first cache that cores share makes the groups", "[placement]") {
  CHECK(Host::synthetic("package:2 l3:2 l2:4 core:1 pu:2").groups() == 4);  // L2 is a core's own
  CHECK(Host::synthetic("package:1 l3:1 l2:4 core:4 pu:1").groups() == 4);  // L2 of four cores
  CHECK(Host::synthetic("package:2 core:4 pu:1").groups() == 2);            // no cache known
  CHECK(Host::synthetic("core:4 pu:1").groups() == 1);
}

TEST_CASE("placement: threads of a core count as one core", "[placement]") {
  const auto host = Host::synthetic("l3:2 core:2 pu:2");
  CHECK(host.cores().size() == 4);
  CHECK(host.cpus() == 8);
  CHECK(host.cores()[1].cpus == std::vector<unsigned>{2, 3});
  CHECK(layout(host.units(2)) == "0-1 2-3");
}

TEST_CASE("placement: groups in reverse, without the first", "[placement]") {
  const char* host = "l3:4 core:4 pu:1";
  CHECK(layout(host, 4, {.reverse = true}) == "12-15 8-11 4-7 0-3");
  CHECK(layout(host, 4, {.skip_first = true}) == "4-7 8-11 12-15");
  CHECK(layout(host, 4, {.reverse = true, .skip_first = true}) == "12-15 8-11 4-7");
  CHECK(layout("l3:1 core:8 pu:1", 4, {.skip_first = true}) == "0-3 4-7");  // the only one
}

TEST_CASE("placement: no group is large enough, so no unit", "[placement]") {
  CHECK(layout("l3:8 core:2 pu:1", 4).empty());
  CHECK(placement::text({}) == "no unit: unbound");
}

TEST_CASE("placement: custom lists are CPU numbers of the host", "[placement]") {
  const char* host = "l3:2 core:4 pu:2";  // core n has CPUs 2n and 2n+1
  const auto units = Host::synthetic(host).units(9, {.custom = "0,2,4;8-9"});
  REQUIRE(units.size() == 2);
  CHECK(layout(units) == "0-2 4,4");  // CPUs 8 and 9 are the two threads of core 4
  CHECK(units[0].cores[1].cpus == std::vector<unsigned>{2});
  CHECK(layout(host, 1, {.custom = "0-1;14,16"}) == "0,0");  // CPU 16 was not given
  for (const char* bad : {"0-3;2", "x", "3-1", "0-3-5", ";", "6,8"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(layout(host, 1, {.custom = bad}), Error);
  }
}

TEST_CASE("placement: only cores given to this process", "[placement]") {
  cpu_set_t before, one;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &before)) ++cpu;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  const auto host = Host::given();
  CHECK(host.cpus() == 1);
  CHECK(host.cores().front().cpus == std::vector<unsigned>{static_cast<unsigned>(cpu)});
  CHECK(host.units(4).empty());
  CHECK(host.bind_thread(host.cores().front()));
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
  CHECK(Host::given().cpus() == static_cast<unsigned>(CPU_COUNT(&before)));
}

TEST_CASE("placement: lists as the system writes them", "[placement]") {
  CHECK(placement::list_text({3, 1, 2, 8, 10, 11}) == "1-3,8,10-11");
  CHECK(Host::synthetic("l3:2 core:2 pu:1").text() ==
        "4 cores, group 0: cpus 0-1 numa 0; group 1: cpus 2-3 numa 0");
}
