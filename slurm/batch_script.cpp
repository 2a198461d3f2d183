#include <charconv>

#include "kernels/base/error.h"
#include "slurm/request.h"

namespace sealyard::slurm {
namespace {

constexpr std::uint32_t kMostIndices = 4'000'001;  // slurm.conf(5), MaxArraySize

std::uint32_t number(std::string_view text, const std::string& specification) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value >= kMostIndices)
    throw Error(Fault::usage, "job array \"{}\": \"{}\" is not an index; want \"0-9\", \"1,3\"",
                specification, text);
  return value;
}

// One part of a specification: "7", "0-9" or "0-9:3".
void append_range(std::string_view part, const std::string& specification,
                  std::vector<std::uint32_t>& indices) {
  std::uint32_t step = 1;
  if (const auto colon = part.find(':'); colon != part.npos) {
    step = number(part.substr(colon + 1), specification);
    part = part.substr(0, colon);
  }
  const auto dash = part.find('-');
  const std::uint32_t first = number(part.substr(0, dash), specification);
  const std::uint32_t last =
      dash == part.npos ? first : number(part.substr(dash + 1), specification);
  if (step == 0 || last < first)
    throw Error(Fault::usage, "job array \"{}\": \"{}\" is empty", specification, part);
  for (std::uint64_t i = first; i <= last; i += step)
    indices.push_back(static_cast<std::uint32_t>(i));
}

}  // namespace

std::string shell_quote(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

std::string batch_script(const Request& request) {
  if (request.argv.empty() || request.argv.front().empty())
    throw Error(Fault::usage, "job {}: no program to run", request.name);
  if (request.tasks < 1 || request.nodes < 1 || request.cores < 1 || request.time_s < 1)
    throw Error(Fault::usage, "job {}: {} tasks, {} hosts, {} cores, {} s; want at least 1 each",
                request.name, request.tasks, request.nodes, request.cores, request.time_s);
  if (request.tasks > 65000 || request.nodes > 65000 || request.cores > 65000)
    throw Error(Fault::usage, "job {}: {} tasks, {} hosts, {} cores; want at most 65000 each",
                request.name, request.tasks, request.nodes, request.cores);
  if (!request.as_step && request.tasks > 1)
    throw Error(Fault::usage, "job {}: {} tasks need srun", request.name, request.tasks);

  std::string line = "exec";
  if (request.as_step) {
    const std::string mpi = !request.mpi.empty() ? request.mpi
                            : request.tasks > 1  ? "pmix"
                                                 : "none";
    // -c again: srun of 22.05 and 23.02 does not take it over from the job.
    line += fmt::format(" srun --nodes={} --ntasks={} --cpus-per-task={} --mpi={}", request.nodes,
                        request.tasks, request.cores, shell_quote(mpi));
    if (request.tasks > 1) line += " --kill-on-bad-exit=1";
    line += " --";
  }
  for (const std::string& word : request.argv) {
    if (word.find('\0') != word.npos)
      throw Error(Fault::usage, "job {}: an argument of {} holds a NUL byte", request.name,
                  request.argv.front());
    line += ' ' + shell_quote(word);
  }
  return "#!/bin/sh\n" + line + '\n';
}

std::vector<std::uint32_t> array_indices(const std::string& specification) {
  std::string_view rest = specification;
  rest = rest.substr(0, rest.find('%'));
  std::vector<std::uint32_t> indices;
  for (bool more = true; more;) {
    const auto comma = rest.find(',');
    append_range(rest.substr(0, comma), specification, indices);
    more = comma != rest.npos;
    if (more) rest.remove_prefix(comma + 1);
  }
  return indices;
}

}  // namespace sealyard::slurm
