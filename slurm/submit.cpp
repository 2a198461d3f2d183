#include "slurm/submit.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "slurm/accounting.h"
#include "slurm/cluster.h"
#include "slurm/contact.h"
#include "slurm/convert.h"
#include "slurm/description.h"

namespace sealyard::slurm {
namespace {

using Response = Loaded<submit_response_msg_t, slurm_free_submit_response_response_msg>;
using Estimate = Loaded<will_run_response_msg_t, version::free_will_run>;

constexpr auto kLongestDoubt = std::chrono::seconds(120);

// Slurm drops a dependency on an id it does not know and starts the job at once.
void check_dependency(const Request& request) {
  std::uint64_t id = 0;
  bool in_number = false;
  const std::string text = request.dependency + ' ';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9' && (in_number || i == 0 || text[i - 1] == ':')) {
      id = id * 10 + static_cast<std::uint64_t>(c - '0');
      in_number = true;
    } else if (in_number) {
      if (load_records(static_cast<std::uint32_t>(id)).empty())
        throw Error(Fault::usage,
                    "job {}: dependency \"{}\": Slurm does not know job {} and would ignore it",
                    request.name, request.dependency, id);
      id = 0;
      in_number = false;
    }
  }
}

// What came of one submission: an id, or the code it was refused with.
struct Outcome {
  int code = 0;
  std::uint32_t id = 0;
};

Outcome submit_description(Description& description) {
  submit_response_msg_t* loaded = nullptr;
  const int rc = slurm_submit_batch_job(description.get(), &loaded);
  const int code = rc == SLURM_SUCCESS ? 0 : version::code(rc);
  const Response response(loaded);
  return {code, code == 0 && response ? version::job_id(*response) : 0};
}

Submitted submitted_as(std::uint32_t id) {
  Submitted job{.id = {id}};
  const auto records = load_records(id);
  if (!records.empty()) {
    job.submit_time = records.front().submit_time;
    job.state = records.front().state;
  }
  return job;
}

// slurmctld keeps what it refused as a failed job for a while; that is not a job of ours.
template <class Record>
bool refused(const Record& record) {
  return record.state == State::failed && record.nodes.empty();
}

// The records of one array are one submission, not ended while one of its tasks has not.
void merge(std::vector<Submitted>& found, const JobState& job) {
  const auto same =
      std::ranges::find(found, job.id.job, [](const Submitted& s) { return s.id.job; });
  if (same == found.end()) {
    found.push_back(
        {.id = {job.id.job}, .submit_time = job.submit_time, .state = job.state, .adopted = true});
  } else {
    same->submit_time = std::max(same->submit_time, job.submit_time);
    if (!terminal(job.state)) same->state = job.state;
  }
}

std::vector<Submitted> in_controller(const std::string& name) {
  contact();
  job_info_msg_t* loaded = nullptr;
  const int rc = slurm_load_job_user(&loaded, getuid(), SHOW_ALL | SHOW_DETAIL);
  const Jobs message(loaded);
  check(rc, "jobs of this user");
  std::vector<Submitted> found;
  for (std::uint32_t i = 0; i < message->record_count; ++i)
    if (text(message->job_array[i].name) == name) {
      const JobState job = to_job(message->job_array[i]);
      if (!refused(job)) merge(found, job);
    }
  return found;
}

// Ended jobs only: what slurmdbd believes to be alive and slurmctld does not know was lost.
void add_history(std::vector<Submitted>& found, const std::string& name, std::time_t since) {
  History history;
  history.names = {name};
  history.since = since;
  for (const Attempt& attempt : attempts(history)) {
    if (!terminal(attempt.state) || attempt.requeued || refused(attempt)) continue;
    const auto known = [&](const Submitted& s) { return s.id.job == attempt.id.job; };
    if (std::ranges::any_of(found, known)) continue;
    found.push_back({.id = {attempt.id.job},
                     .submit_time = attempt.submit_time,
                     .state = attempt.state,
                     .adopted = true,
                     .from_history = true});
  }
}

// A live one before an ended one, the newest first.
const Submitted& best(const std::vector<Submitted>& found) {
  const auto live =
      std::ranges::find_if(found, [](const Submitted& s) { return !terminal(s.state); });
  return live != found.end() ? *live : found.front();
}

std::vector<Submitted> find(const std::string& name, std::time_t since, const Settings& site) {
  auto found = in_controller(name);
  // What was submitted less than MinJobAge ago slurmctld cannot have forgotten.
  const bool fresh = since != 0 && std::time(nullptr) - since < site.min_job_age_s;
  const auto alive = [](const Submitted& s) { return !terminal(s.state); };
  if (site.accounting && !fresh && !std::ranges::any_of(found, alive))
    add_history(found, name, since);
  std::ranges::stable_sort(found, std::ranges::greater(), &Submitted::submit_time);
  return found;
}

// Looks until slurmctld answers, first after it has had time to work off what it holds.
std::vector<Submitted> find_after_doubt(const std::string& name, std::time_t since,
                                        const Settings& site) {
  const auto until = std::chrono::steady_clock::now() + kLongestDoubt;
  std::chrono::seconds pause(2 * site.message_timeout_s);
  for (;;) {
    std::this_thread::sleep_for(pause);
    try {
      return find(name, since, site);
    } catch (const Error& error) {
      if (error.fault() != Fault::io) throw;
      if (std::chrono::steady_clock::now() > until)
        throw Error(Fault::io, "job {}: submitted or not is unknown: {}", name, error.what());
      pause = std::chrono::seconds(2);
    }
  }
}

}  // namespace

Submitted submit(const Request& request) {
  Description description(request);
  contact();
  check_dependency(request);
  const Outcome outcome = submit_description(description);
  if (outcome.code != 0) throw failure(outcome.code, "job " + request.name);
  return submitted_as(outcome.id);
}

std::vector<Submitted> find_by_name(const std::string& name, std::time_t since) {
  return find(name, since, settings());
}

Submitted submit_once(const Request& request, const Journal& journal, std::time_t since) {
  Description description(request);
  if (journal.intent) journal.intent(request);
  const Settings site = settings();
  auto found = find(request.name, since, site);
  Submitted job;
  for (int tries = 0; found.empty(); ++tries) {
    check_dependency(request);
    const Outcome outcome = submit_description(description);
    if (outcome.code == 0) {
      job = submitted_as(outcome.id);
      break;
    }
    const Error error = failure(outcome.code, "job " + request.name);
    if (!outcome_unknown(outcome.code) || tries == 3) throw error;
    found = find_after_doubt(request.name, since, site);
  }
  if (!found.empty()) job = best(found);
  if (journal.submitted) journal.submitted(job);
  return job;
}

SubmittedArray submit_array(const Request& request, const std::string& indices) {
  SubmittedArray result;
  const auto tasks = array_indices(indices);
  Request array = request;
  array.array = indices;
  Description description(array);
  contact();
  check_dependency(array);
  const Outcome outcome = submit_description(description);
  if (outcome.code != 0)
    throw failure(outcome.code, fmt::format("job {}, array \"{}\"", request.name, indices));
  result.array = submitted_as(outcome.id);
  for (const std::uint32_t task : tasks) result.tasks.push_back({outcome.id, task});
  return result;
}

StartEstimate will_run(const Request& request) {
  Description description(request);
  contact();
  check_dependency(request);
  will_run_response_msg_t* loaded = nullptr;
  const int rc = slurm_job_will_run2(description.get(), &loaded);
  const Estimate estimate(loaded);
  check(rc, "job " + request.name);
  StartEstimate start;
  if (estimate) {
    start.start_time = known_time(estimate->start_time);
    start.nodes = expand_hosts(estimate->node_list);
  }
  return start;
}

}  // namespace sealyard::slurm
