#include "chain/deadline/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "kernels/base/error.h"

namespace sealyard::deadline {
namespace {

namespace fs = std::filesystem;

/// Proofs by the older rule of challenges have lower types.  Source: go-state-types, abi/sector.go.
constexpr std::int64_t kFirstV1_1 = 10;
/// Of the newest jobs only: disks fill up and are replaced.
constexpr std::size_t kMostSamples = 100;

/// Reads a number and takes it off; false where there is none.
bool number(std::string_view& text, auto& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool word(std::string_view& text, std::string_view wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(wanted.size());
  return true;
}

/// "1440-3": epoch and deadline; absent where it is no such name.
std::optional<Window> opened(const fs::path& folder) {
  const auto name = folder.filename().string();
  std::string_view rest = name;
  Window window;
  if (number(rest, window.open) && word(rest, "-") && number(rest, window.index) && rest.empty())
    return window;
  return std::nullopt;
}

/// "proof-0.1.order.json": partition and generation of a task's order.
std::optional<Files::Past> ordered(std::string_view file, Task task) {
  Files::Past job;
  job.part.task = task;
  if (word(file, name(task)) && word(file, "-") && number(file, job.part.partition) &&
      word(file, ".") && number(file, job.generation) && file == ".order.json")
    return job;
  return std::nullopt;
}

/// By the epoch they are of, newest first. A folder that is not there has none.
std::vector<std::pair<Window, fs::path>> folders(const fs::path& miner) {
  std::vector<std::pair<Window, fs::path>> found;
  std::error_code none;
  for (const auto& item : fs::directory_iterator(miner, none))
    if (const auto window = opened(item.path())) found.emplace_back(*window, item.path());
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first.open > b.first.open; });
  return found;
}

std::int64_t written_ms(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  if (error) return 0;
  using namespace std::chrono;
  return duration_cast<milliseconds>(file_clock::to_sys(time).time_since_epoch()).count();
}

}  // namespace

std::string Part::which() const {
  if (partitions == 1) return std::to_string(partition);
  return fmt::format("{}-{}", partition, partition + partitions - 1);
}

std::string Part::text() const {
  return fmt::format("t0{} deadline {} partition{} {} {}", window.miner, window.index,
                     partitions == 1 ? "" : "s", which(), name(task));
}

std::string Part::job_name(std::string_view tag, unsigned generation) const {
  return fmt::format("sp.{}.{}.{}.{}.{}.{}.{}", tag, window.miner, window.open, window.index,
                     partition, name(task), generation);
}

std::string Part::array_name(std::string_view tag) const {
  return fmt::format("sp.{}.{}.{}.{}.all.{}.1", tag, window.miner, window.open, window.index,
                     name(task));
}

std::string Part::message_key(std::string_view what, unsigned generation) const {
  return fmt::format("{} t0{} {} {} {} {}", what, window.miner, window.open, window.index, which(),
                     generation);
}

fs::path Files::miner(std::uint64_t id) const { return root_ / "post" / fmt::format("t0{}", id); }

fs::path Files::folder(const Window& window) const {
  return miner(window.miner) / fmt::format("{}-{}", window.open, window.index);
}

std::string Files::name(Task task, std::string_view partition, unsigned generation,
                        std::string_view ending) {
  return fmt::format("{}-{}.{}.{}", deadline::name(task), partition, generation, ending);
}

fs::path Files::order(const Part& part, unsigned generation) const {
  return of(part, generation, "order.json");
}

fs::path Files::result(const Part& part, unsigned generation) const {
  return of(part, generation, "result.json");
}

fs::path Files::output(const Part& part, unsigned generation) const {
  return of(part, generation, "out");
}

unsigned Files::generation(const Part& part) const {
  unsigned found = 0;
  while (fs::exists(order(part, found + 1))) ++found;
  return found;
}

void Files::read(const Part& part, Facts& facts) const {
  facts.generation = generation(part);
  if (facts.generation == 0) return;
  const auto file = order(part, facts.generation);
  facts.order = stage::read_post_order(file);
  facts.ordered_ms = written_ms(file);
  try {
    facts.result = stage::read_post_result(result(part, facts.generation));
  } catch (const Error& error) {
    if (error.fault() != Fault::corrupt) throw;
    facts.result_error = error.what();
  }
}

std::vector<Files::Past> Files::past(std::uint64_t id, Task task) const {
  std::vector<Past> found;
  for (const auto& [window, folder] : folders(miner(id))) {
    std::error_code none;
    for (const auto& item : fs::directory_iterator(folder, none))
      if (auto job = ordered(item.path().filename().string(), task)) {
        job->part.window = window;
        job->part.window.miner = id;
        found.push_back(std::move(*job));
      }
    if (found.size() >= kMostSamples) break;
  }
  return found;
}

void Files::forget(std::uint64_t id, Epoch before) const {
  for (const auto& [window, folder] : folders(miner(id))) {
    std::error_code ignored;  // somebody looks into it: another time
    if (window.open < before) fs::remove_all(folder, ignored);
  }
}

Place place(const settings::Settings& settings, const Stored& stored, SectorId id, bool updated) {
  const auto sealed = updated ? "update" : "sealed", cache = updated ? "update-cache" : "cache";
  const auto in = [&](const fs::path& root) {
    return Place{(root / sealed / id.text()).string(), (root / cache / id.text()).string()};
  };
  const auto there = [&](const fs::path& root) {
    std::error_code none;
    return !root.empty() && fs::exists(root / sealed / id.text(), none);
  };
  if (there(settings.store_root)) return in(settings.store_root);
  const fs::path other = stored ? stored(id) : std::string();
  if (there(other)) return in(other);
  if (there(settings.storage_root)) return in(settings.storage_root);
  return in(other.empty() ? settings.store_root : other);
}

stage::PostOrder post_order(const settings::Settings& settings, const Stored& stored,
                            std::uint64_t id, const rpc::MinerInfo& info,
                            const std::vector<rpc::SectorOnChain>& on_chain,
                            const sealyard::Node& randomness) {
  stage::PostOrder order;
  order.kind = info.window_post_proof >= kFirstV1_1 ? "window" : "window-v1";
  order.sector_bytes = info.sector_bytes;
  order.miner = id;
  order.randomness = randomness;
  for (const auto& sector : on_chain) {
    const auto where = place(settings, stored, {id, sector.number}, sector.sector_key.defined());
    order.sectors.push_back({sector.number, sector.comm_r.comm_r(), where.sealed, where.cache});
  }
  std::sort(order.sectors.begin(), order.sectors.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  return order;
}

}  // namespace sealyard::deadline
