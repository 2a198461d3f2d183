#include "slurm/job.h"

#include <array>
#include <charconv>

#include "kernels/base/error.h"

namespace sealyard::slurm {

std::string JobId::text() const {
  return task < 0 ? std::to_string(job) : fmt::format("{}_{}", job, task);
}

JobId JobId::parse(std::string_view text) {
  JobId id;
  const char* const end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, id.job);
  if (error == std::errc() && at != end && *at == '_') {
    std::uint32_t task = 0;
    const auto rest = std::from_chars(at + 1, end, task);
    at = rest.ptr;
    error = rest.ec;
    id.task = task;
  }
  if (error != std::errc() || at != end || id.job == 0)
    throw Error(Fault::usage, "\"{}\" is not a job id; want \"12\" or \"12_4\"", text);
  return id;
}

std::string_view name(State state) {
  constexpr std::array<std::string_view, 12> kNames{
      "pending", "running",   "suspended", "completed", "cancelled", "failed",
      "timeout", "node_fail", "preempted", "boot_fail", "deadline",  "out_of_memory"};
  return kNames.at(static_cast<std::size_t>(state));
}

}  // namespace sealyard::slurm
