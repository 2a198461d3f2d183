// A host without Slurm: an error, never the end of the process.
#include <sys/wait.h>

#include "kernels/base/error.h"
#include "slurm/cluster.h"
#include "slurm/submit.h"
#include "tests/catch.h"

using namespace sealyard;

namespace {

Fault fault_of_submit() {
  slurm::Request request;
  request.name = "nowhere";
  request.argv = {"true"};
  try {
    slurm::submit(request);
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.fault();
  }
  FAIL("submitted without Slurm");
  return Fault::internal;
}

}  // namespace

TEST_CASE("slurm: a missing configuration is an error and comes back at once", "[slurm]") {
  setenv("SLURM_CONF", "/nonexistent/slurm.conf", 1);
  const auto began = std::chrono::steady_clock::now();
  REQUIRE(fault_of_submit() == Fault::configuration);
  REQUIRE(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
  REQUIRE_THROWS_AS(slurm::answers(), Error);
}

TEST_CASE("slurm: a broken configuration does not end the process", "[slurm]") {
  setenv("SLURM_CONF", "/dev/null", 1);
  REQUIRE(fault_of_submit() == Fault::configuration);
}

TEST_CASE("slurm: a controller that is down is to be tried again", "[slurm]") {
  char path[] = "/tmp/sealyard-conf-XXXXXX";
  const int file = mkstemp(path);
  REQUIRE(file >= 0);
  // Port 1 is listened to by nobody here.
  const std::string conf =
      "ClusterName=none\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=1\n"
      "AuthType=auth/munge\nNodeName=n1\nPartitionName=p Nodes=n1\n";
  REQUIRE(write(file, conf.data(), conf.size()) == static_cast<ssize_t>(conf.size()));
  close(file);
  setenv("SLURM_CONF", path, 1);
  const Fault fault = fault_of_submit();
  const bool answered = slurm::answers();
  unlink(path);
  REQUIRE(fault == Fault::io);
  REQUIRE(!answered);
}
