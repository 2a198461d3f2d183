#include "jobs/launch/meter.h"

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::launch {
namespace {

using namespace std::chrono_literals;
constexpr auto kFileEvery = 1s;
constexpr unsigned kBarWidth = 30;

}  // namespace

void Meter::start(Where where) {
  const std::lock_guard lock(guard_);
  where_ = std::move(where);
  last_total_ = 0;
  next_ = 0;
}

void Meter::update(std::uint64_t done, std::uint64_t total, std::string_view unit,
                   std::string_view what) {
  const auto now = Clock::now();
  if (done < total && now.time_since_epoch().count() < next_.load(std::memory_order_relaxed))
    return;
  const std::lock_guard lock(guard_);
  if (total != last_total_ || done < last_done_) {
    // Another piece of work. What was there before this attempt does not count in the rate.
    began_ = now;
    began_done_ = done;
    next_line_ = now + where_.line_every;
  }
  last_done_ = done;
  last_total_ = total;
  next_ = (now + kFileEvery).time_since_epoch().count();

  const double seconds = std::chrono::duration<double>(now - began_).count();
  stage::Progress progress{.stage = where_.stage,
                           .sector = {},
                           .attempt = where_.attempt,
                           .what = std::string(what),
                           .unit = std::string(unit),
                           .done = done,
                           .total = total,
                           .rate = 0,
                           .eta_s = -1,
                           .updated = stage::now_text()};
  if (seconds > 0 && done > began_done_)
    progress.rate = static_cast<double>(done - began_done_) / seconds;
  if (progress.rate > 0) progress.eta_s = static_cast<double>(total - done) / progress.rate;
  show(progress);
}

void Meter::show(const stage::Progress& progress) {
  if (where_.bar) {
    const auto full = static_cast<unsigned>(progress.percent() / 100 * kBarWidth);
    fmt::print(stderr, "\r\033[K[{:<{}}] {}", std::string(std::min(full, kBarWidth), '#'),
               kBarWidth, progress.text());
    std::fflush(stderr);
    bar_open_ = true;
  } else if (Clock::now() >= next_line_) {
    next_line_ = Clock::now() + where_.line_every;
    where_.line(progress.text());
  }
  if (where_.root.empty()) return;
  try {
    for (const auto sector : where_.sectors) {
      auto one = progress;
      one.sector = sector;
      stage::write(where_.root, one);
    }
  } catch (const Error& error) {
    // Progress is advice: the stage itself will meet the same folder and say what is wrong.
    where_.root.clear();
    where_.line(error.what());
  }
}

void Meter::end(SectorId sector) {
  end_bar();
  const std::lock_guard lock(guard_);
  auto& sectors = where_.sectors;
  sectors.erase(std::remove(sectors.begin(), sectors.end(), sector), sectors.end());
  std::error_code ignored;
  if (!where_.root.empty())
    std::filesystem::remove(stage::progress_path(where_.root, sector), ignored);
}

void Meter::end_bar() {
  const std::lock_guard lock(guard_);
  if (bar_open_) fmt::print(stderr, "\n");
  bar_open_ = false;
}

}  // namespace sealyard::launch
