#include "chain/deadline/usual.h"

#include <algorithm>
#include <map>
#include <set>

#include "kernels/base/error.h"

namespace sealyard::deadline {
namespace {

/// @return seconds that tell how long the work takes; below 0: it was ended before it was done.
double taken_s(const slurm::Attempt& attempt) {
  const bool tells =
      attempt.state == slurm::State::completed || attempt.state == slurm::State::timeout;
  return tells ? static_cast<double>(attempt.elapsed_s) : -1;
}

}  // namespace

std::vector<std::string> job_names(const std::vector<Files::Past>& past, std::string_view tag) {
  std::set<std::string> names;
  for (const auto& job : past) {
    names.insert(job.part.job_name(tag, job.generation));
    if (job.generation == 1) names.insert(job.part.array_name(tag));
  }
  return {names.begin(), names.end()};
}

double usual_s(const std::vector<Files::Past>& past, std::string_view tag, const Files& files,
               const std::vector<slurm::Attempt>& attempts) {
  std::multimap<std::string, const slurm::Attempt*> by_name;
  for (const auto& attempt : attempts) by_name.emplace(attempt.name, &attempt);
  std::vector<double> seconds;
  for (const auto& job : past) {
    std::optional<stage::PostResult> result;
    try {
      result = stage::read_post_result(files.result(job.part, job.generation));
    } catch (const Error&) {
      // It is reported where it is needed.
    }
    const auto partitions =
        static_cast<double>(result ? std::max<std::uint64_t>(result->partitions, 1) : 1);
    const auto known = seconds.size();
    const auto add = [&](const std::string& name, std::int64_t task) {
      const auto [first, last] = by_name.equal_range(name);
      for (auto one = first; one != last; ++one)
        if (const auto& attempt = *one->second; attempt.id.task == task && taken_s(attempt) >= 0)
          // Whole seconds there, parts of them in the result.
          seconds.push_back(std::max(taken_s(attempt), result ? result->seconds : 0) / partitions);
    };
    add(job.part.job_name(tag, job.generation), -1);
    if (job.generation == 1)
      add(job.part.array_name(tag), static_cast<std::int64_t>(job.part.partition));
    if (seconds.size() == known && result) seconds.push_back(result->seconds / partitions);
  }
  if (seconds.empty()) return 0;
  const auto at = seconds.begin() + static_cast<std::ptrdiff_t>((seconds.size() - 1) * 9 / 10);
  std::nth_element(seconds.begin(), at, seconds.end());
  return *at;
}

}  // namespace sealyard::deadline
