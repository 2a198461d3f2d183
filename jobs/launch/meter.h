// Shows how far a job is: a bar on a terminal, a line a minute, progress.json. Private.
#pragma once
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/stage/progress.h"

namespace sealyard::launch {

class Meter {
 public:
  struct Where {
    std::filesystem::path root;     ///< empty: no file
    std::vector<SectorId> sectors;  ///< a file for each
    stage::Attempt attempt;
    std::string stage;
    bool bar = false;
    std::chrono::seconds line_every{60};  ///< where there is no bar
    std::function<void(std::string_view)> line;  ///< to the log; called under the lock
  };

  void start(Where where);
  /// Thread-safe; nothing but a clock reading in most calls.
  void update(std::uint64_t done, std::uint64_t total, std::string_view unit,
              std::string_view what);
  /// Ends the bar and removes the sector's file.
  void end(SectorId sector);
  void end_bar();

 private:
  using Clock = std::chrono::steady_clock;
  void show(const stage::Progress& progress);

  std::mutex guard_;
  Where where_;
  std::atomic<Clock::rep> next_{0};
  Clock::time_point began_, next_line_;
  std::uint64_t began_done_ = 0, last_done_ = 0, last_total_ = 0;
  bool bar_open_ = false;
};

}  // namespace sealyard::launch
