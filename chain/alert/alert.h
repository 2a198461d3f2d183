// Tells people that something waits for them: one interface for every way of doing it.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "chain/settings/settings.h"

namespace spdlog {
class logger;
}

namespace sealyard::alert {

struct Alert {
  std::string kind;     ///< "funds", "sector_held", ...: the same trouble has the same kind
  std::string subject;  ///< what it is about: "s-t01000-7", "f3abc...", "chain"
  std::string text;     ///< one line
  bool over = false;    ///< the trouble has gone
  std::int64_t time_ms = 0;
};

/// One way out. deliver() may take seconds; @throws Error{io} it did not arrive.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void deliver(const Alert& alert) = 0;
};

std::unique_ptr<Sink> log_sink(std::shared_ptr<spdlog::logger> log);
/// /bin/sh -c COMMAND with SEALYARD_ALERT_KIND, _SUBJECT, _TEXT and _STATE (on, over); ended after
/// 30 s.
std::unique_ptr<Sink> command_sink(std::string command);
/// POSTs {"kind", "subject", "text", "state", "time", "host"}; any status of 200 to 299 is good.
std::unique_ptr<Sink> webhook_sink(std::string url);
/// A DingTalk robot: {"msgtype":"text","text":{"content":...}}; with a secret, signed as it wants.
/// Source: DingTalk open platform, custom robot access, security settings.
std::unique_ptr<Sink> dingtalk_sink(std::string url, std::string secret);

/// Keeps those that are going on in a JSON file, for going(); begins it anew.
std::unique_ptr<Sink> file_sink(std::filesystem::path file);
/// What the daemon of this home folder last had going on; none where it never ran.
std::vector<Alert> going(const std::filesystem::path& home);

/// "...&timestamp=T&sign=S": base64 of HMAC-SHA256(secret, "T\nsecret"), escaped for a URL.
std::string dingtalk_query(const std::string& secret, std::int64_t time_ms);

/// The log, the file of `home`, and whatever the settings name.
std::vector<std::unique_ptr<Sink>> sinks(const settings::Alerts& settings,
                                         const std::filesystem::path& home,
                                         const std::shared_ptr<spdlog::logger>& log);

/// Remembers what is going on, and hands news to a thread of its own: nobody waits for a slow hook.
/// A way out that fails is logged, and holds up no other.
class Alerts {
 public:
  Alerts(std::vector<std::unique_ptr<Sink>> sinks, std::int64_t repeat_ms,
         std::shared_ptr<spdlog::logger> log);
  ~Alerts();  ///< delivers what is left

  /// Call it as often as the trouble is seen: it is told at first and then every repeat_ms.
  void raise(const std::string& kind, const std::string& subject, const std::string& text,
             std::int64_t now_ms);
  /// The trouble has gone; nothing where it was never raised.
  void clear(const std::string& kind, const std::string& subject, std::int64_t now_ms);
  /// Waits until everything is delivered.
  void flush();

 private:
  struct Going {
    std::int64_t told_ms = 0;
    std::string text;
  };
  void send(Alert alert);
  void work();

  std::vector<std::unique_ptr<Sink>> sinks_;
  std::int64_t repeat_ms_;
  std::shared_ptr<spdlog::logger> log_;
  std::map<std::pair<std::string, std::string>, Going> going_;  ///< by kind and subject
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Alert> queue_;
  bool busy_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace sealyard::alert
