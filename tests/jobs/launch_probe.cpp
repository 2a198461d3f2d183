// A program made with launch and nothing else: what the launch tests start and watch.
#include <chrono>
#include <new>
#include <stdexcept>
#include <thread>

#include "jobs/launch/launch.h"

using namespace sealyard;

namespace {

constexpr Fault kFaults[] = {Fault::usage,    Fault::corrupt, Fault::missing, Fault::unsupported,
                             Fault::internal, Fault::io,      Fault::busy,    Fault::configuration};

void fail_as(const std::string& word) {
  if (word == "bad_alloc") throw std::bad_alloc();
  if (word == "exception") throw std::runtime_error("not an Error");
  for (const auto fault : kFaults)
    if (word == std::to_string(exit_code(fault)))
      throw Error(fault, "layer 11 is 2016 bytes, want 2048\nrerun seal-pc1");
}

}  // namespace

int main(int argc, char** argv) {
  const launch::Program program{.stage = "pc2",
                                .summary = "Does what its options say.",
                                .sectors = launch::Sectors::many,
                                .ranks = true,
                                .self_test = [](Backend) {
                                  if (std::getenv("PROBE_WRONG_KERNEL"))
                                    throw Error(Fault::internal, "label: gives 12, want 34");
                                }};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("--fail", "Exit code, bad_alloc or exception");
        options.number("--on-rank", "Only this rank fails");
        options.number("--steps", "Steps of 10 ms");
        options.list("--ticket", "Words");
        options.flag("--wait", "Never finish by itself");
        options.exclusive({"--wait", "--steps"});
      },
      [](launch::Job& job) {
        const bool mine = !job.has("--on-rank") || job.ranks().rank() == job.number("--on-rank");
        if (mine) fail_as(job.text("--fail"));
        const auto steps = job.number("--steps", job.flag("--wait") ? 100'000 : 0);
        for (std::uint64_t step = 0; step < steps; ++step) {
          job.progress(step, steps, "steps", "step by step");
          job.throw_if_stopping();
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        job.ranks().barrier();  // a rank that failed never comes here
        for (std::size_t i = job.ranks().rank(); i < job.sectors().size();
             i += job.ranks().size()) {
          const auto sector = job.sectors()[i];
          job.about(sector);
          for (const auto& word : job.list("--ticket")) job.result(sector).inputs[word] = "given";
          job.result(sector).commitments["comm_d"] = Node{{1, 2, 3}};
          job.finish(sector, {});
        }
        job.report("answer", std::uint64_t{42});
      });
}
