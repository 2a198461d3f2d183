#include "slurm/accounting.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

#include "slurm/cluster.h"
#include "slurm/contact.h"
#include "slurm/convert.h"

namespace sealyard::slurm {
namespace {

constexpr std::time_t kLookBack = 30 * 24 * 3600;
constexpr std::uint32_t kMemoryTres = 2;  // slurmdb.h, TRES_MEM

using List = std::remove_pointer_t<decltype(slurm_list_create(nullptr))>;
using OwnList = Loaded<List, slurm_list_destroy>;

class Connection {
 public:
  Connection() : handle_(slurmdb_connection_get(&flags_)) {
    if (!handle_) throw Error(Fault::io, "slurmdbd does not answer");
  }
  ~Connection() { slurmdb_connection_close(&handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  void* get() { return handle_; }

 private:
  std::uint16_t flags_ = 0;
  void* handle_;
};

template <class Record, class Visit>
void for_each(List* list, Visit visit) {
  if (!list) return;
  const auto at = slurm_list_iterator_create(list);
  while (void* const item = slurm_list_next(at)) visit(*static_cast<const Record*>(item));
  slurm_list_iterator_destroy(at);
}

// A list of borrowed strings.
OwnList borrow(std::vector<std::string>& strings) {
  if (strings.empty()) return OwnList();
  OwnList list(slurm_list_create(nullptr));
  for (std::string& one : strings) slurm_list_append(list.get(), one.data());
  return list;
}

// TRES number -> "cpu", "mem", "gres/gpu".
std::map<std::uint32_t, std::string> tres_names(Connection& connection) {
  slurmdb_tres_cond_t condition{};
  condition.count = NO_VAL;
  const OwnList list(slurmdb_tres_get(connection.get(), &condition));
  std::map<std::uint32_t, std::string> names;
  for_each<slurmdb_tres_rec_t>(list.get(), [&](const slurmdb_tres_rec_t& tres) {
    const std::string detail = text(tres.name);
    names[tres.id] = text(tres.type) + (detail.empty() ? "" : "/" + detail);
  });
  return names;
}

// "1=2,2=4096" as pairs.
std::vector<std::pair<std::uint32_t, std::uint64_t>> tres_counts(const char* list) {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts;
  for (const std::string& part : split(text(list))) {
    std::uint32_t id = 0;
    std::uint64_t count = 0;
    const char* const end = part.data() + part.size();
    const auto equals = std::from_chars(part.data(), end, id).ptr;
    if (equals != end && std::from_chars(equals + 1, end, count).ec == std::errc())
      counts.emplace_back(id, count);
  }
  return counts;
}

std::uint64_t max_rss(const slurmdb_job_rec_t& record) {
  std::uint64_t highest = 0;
  for_each<slurmdb_step_rec_t>(record.steps, [&](const slurmdb_step_rec_t& step) {
    for (const auto& [id, count] : tres_counts(step.stats.tres_usage_in_max))
      if (id == kMemoryTres && count != INFINITE64) highest = std::max(highest, count);
  });
  return highest;
}

Attempt to_attempt(const slurmdb_job_rec_t& record,
                   const std::map<std::uint32_t, std::string>& names) {
  Attempt attempt;
  attempt.raw_id = record.jobid;
  attempt.id.job = record.array_job_id ? record.array_job_id : record.jobid;
  if (record.array_job_id && record.array_task_id != NO_VAL) attempt.id.task = record.array_task_id;
  attempt.name = text(record.jobname);
  attempt.account = text(record.account);
  attempt.slurm_partition = text(record.partition);
  attempt.comment = text(record.derived_es);
  attempt.user_id = record.uid;
  attempt.state = to_state(record.state);
  attempt.requeued = record.state & (JOB_REQUEUE | JOB_REQUEUE_HOLD);
  attempt.submit_time = record.submit;
  attempt.eligible_time = known_time(record.eligible);
  attempt.start_time = known_time(record.start);
  attempt.end_time = known_time(record.end);
  attempt.elapsed_s = record.elapsed;
  attempt.time_limit_s = minutes_to_s(record.timelimit);
  const int status = static_cast<int>(record.exitcode);
  attempt.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  attempt.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (text(record.nodes) != "None assigned") attempt.nodes = expand_hosts(record.nodes);
  for (const auto& [id, count] : tres_counts(record.tres_alloc_str)) {
    const auto known = names.find(id);
    attempt.tres[known == names.end() ? std::to_string(id) : known->second] = count;
  }
  attempt.max_rss_bytes = max_rss(record);
  return attempt;
}

void number_attempts(std::vector<Attempt>& all) {
  std::ranges::stable_sort(all, [](const Attempt& a, const Attempt& b) {
    return std::tie(a.id, a.name, a.submit_time) < std::tie(b.id, b.name, b.submit_time);
  });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].id == all[i - 1].id && all[i].name == all[i - 1].name)
      all[i].number = all[i - 1].number + 1;
  std::ranges::stable_sort(all, [](const Attempt& a, const Attempt& b) {
    return std::tie(a.id, a.submit_time) < std::tie(b.id, b.submit_time);
  });
}

}  // namespace

bool has_accounting() { return settings().accounting; }

std::vector<Attempt> attempts(const History& history) {
  if (!has_accounting())
    throw Error(Fault::configuration,
                "no accounting: AccountingStorageType is not accounting_storage/slurmdbd; "
                "ended jobs are known for MinJobAge only; set it in slurm.conf and start slurmdbd");
  const std::time_t now = std::time(nullptr);
  std::vector<std::string> names = history.names;
  std::vector<std::string> users;
  if (!history.all_users) users.push_back(std::to_string(getuid()));
  const OwnList name_list = borrow(names), user_list = borrow(users);

  slurmdb_job_cond_t condition{};
  condition.flags = JOBCOND_FLAG_DUP | JOBCOND_FLAG_NO_TRUNC;
  condition.db_flags = SLURMDB_JOB_FLAG_NOTSET;
  condition.usage_start = history.since ? history.since : now - kLookBack;
  condition.usage_end = history.until ? history.until : now + 60;
  condition.jobname_list = name_list.get();
  condition.userid_list = user_list.get();

  Connection connection;
  const auto known = tres_names(connection);
  const OwnList list(slurmdb_jobs_get(connection.get(), &condition));
  if (!list) throw Error(Fault::io, "slurmdbd does not answer: {}", slurm_strerror(errno));

  std::vector<Attempt> all;
  for_each<slurmdb_job_rec_t>(list.get(), [&](const slurmdb_job_rec_t& record) {
    Attempt attempt = to_attempt(record, known);
    const auto wanted = [&](JobId id) {
      return id == attempt.id || (id.task < 0 && id.job == attempt.id.job);
    };
    if (history.ids.empty() || std::ranges::any_of(history.ids, wanted))
      all.push_back(std::move(attempt));
  });
  number_attempts(all);
  return all;
}

}  // namespace sealyard::slurm
