#include "chain/alert/alert.h"

#include <spdlog/spdlog.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace sealyard::alert {
namespace {

constexpr char kGoingFile[] = "alerts.json";

}  // namespace

std::vector<std::unique_ptr<Sink>> sinks(const settings::Alerts& settings,
                                         const std::filesystem::path& home,
                                         const std::shared_ptr<spdlog::logger>& log) {
  std::vector<std::unique_ptr<Sink>> all;
  all.push_back(log_sink(log));
  all.push_back(file_sink(home / kGoingFile));
  if (!settings.command.empty()) all.push_back(command_sink(settings.command));
  if (!settings.webhook.empty()) all.push_back(webhook_sink(settings.webhook));
  if (!settings.dingtalk.empty())
    all.push_back(dingtalk_sink(settings.dingtalk, settings.dingtalk_secret));
  return all;
}

std::vector<Alert> going(const std::filesystem::path& home) {
  std::ifstream in(home / kGoingFile);
  const auto all = nlohmann::json::parse(in, nullptr, false);
  std::vector<Alert> found;
  if (!all.is_array()) return found;
  for (const auto& one : all)
    found.push_back({one.value("kind", ""), one.value("subject", ""), one.value("text", ""), false,
                     one.value("time_ms", std::int64_t{0})});
  return found;
}

Alerts::Alerts(std::vector<std::unique_ptr<Sink>> sinks, std::int64_t repeat_ms,
               std::shared_ptr<spdlog::logger> log)
    : sinks_(std::move(sinks)),
      repeat_ms_(repeat_ms),
      log_(std::move(log)),
      thread_([this] { work(); }) {}

Alerts::~Alerts() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Alerts::raise(const std::string& kind, const std::string& subject, const std::string& text,
                   std::int64_t now_ms) {
  const auto [found, first] = going_.try_emplace({kind, subject});
  if (!first && now_ms < found->second.told_ms + repeat_ms_) return;
  found->second = {now_ms, text};
  send({kind, subject, text, false, now_ms});
}

void Alerts::clear(const std::string& kind, const std::string& subject, std::int64_t now_ms) {
  const auto found = going_.find({kind, subject});
  if (found == going_.end()) return;
  send({kind, subject, found->second.text, true, now_ms});
  going_.erase(found);
}

void Alerts::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

void Alerts::send(Alert alert) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(alert));
  }
  changed_.notify_all();
}

void Alerts::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto alert = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    for (const auto& sink : sinks_) {
      try {
        sink->deliver(alert);
      } catch (const std::exception& error) {
        log_->warn("alert '{}' of {} did not get out: {}", alert.kind, alert.subject, error.what());
      }
    }
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace sealyard::alert
