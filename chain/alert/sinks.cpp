// The ways out: log, command, webhook, DingTalk.
#include <signal.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "chain/alert/alert.h"
#include "chain/ledger/files.h"
#include "chain/ledger/instance_lock.h"
#include "chain/ledger/spawn.h"
#include "chain/rpc/http.h"
#include "chain/types/bytes.h"
#include "kernels/base/error.h"

namespace sealyard::alert {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestHook = 30s;
constexpr auto kConnect = 5s, kAnswer = 10s;

std::string_view state(const Alert& alert) { return alert.over ? "over" : "on"; }

rpc::HttpAnswer post(const std::string& url, const nlohmann::json& body) {
  rpc::Http http({url, ""}, kConnect);
  auto answer =
      http.post(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), kAnswer, {});
  if (answer.status < 200 || answer.status > 299)
    throw Error(Fault::io, "HTTP status {}", answer.status);
  return answer;
}

class LogSink : public Sink {
 public:
  explicit LogSink(std::shared_ptr<spdlog::logger> log) : log_(std::move(log)) {}
  void deliver(const Alert& alert) override {
    if (alert.over)
      log_->info("ALERT over: {} of {}", alert.kind, alert.subject);
    else
      log_->error("ALERT {} of {}: {}", alert.kind, alert.subject, alert.text);
  }

 private:
  std::shared_ptr<spdlog::logger> log_;
};

class CommandSink : public Sink {
 public:
  explicit CommandSink(std::string command) : command_(std::move(command)) {}

  void deliver(const Alert& alert) override {
    std::vector<std::string> environment;
    for (char** one = environ; *one; ++one) environment.emplace_back(*one);
    environment.push_back("SEALYARD_ALERT_KIND=" + alert.kind);
    environment.push_back("SEALYARD_ALERT_SUBJECT=" + alert.subject);
    environment.push_back("SEALYARD_ALERT_TEXT=" + alert.text);
    environment.push_back(fmt::format("SEALYARD_ALERT_STATE={}", state(alert)));
    wait_for(ledger::spawn({"/bin/sh", "-c", command_}, std::move(environment)));
  }

 private:
  static void wait_for(pid_t pid) {
    const auto until = std::chrono::steady_clock::now() + kLongestHook;
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() >= until) {
        kill(-pid, SIGKILL);
        waitpid(pid, &status, 0);
        throw Error(Fault::io, "alerts.command: not done after 30 s");
      }
      std::this_thread::sleep_for(20ms);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      throw Error(Fault::io, "alerts.command: ended with status {}", status);
  }

  std::string command_;
};

class WebhookSink : public Sink {
 public:
  explicit WebhookSink(std::string url) : url_(std::move(url)) {}
  void deliver(const Alert& alert) override {
    post(url_, {{"kind", alert.kind},
                {"subject", alert.subject},
                {"text", alert.text},
                {"state", state(alert)},
                {"time", alert.time_ms / 1000},
                {"host", ledger::host_name()}});
  }

 private:
  std::string url_;
};

class DingTalkSink : public Sink {
 public:
  DingTalkSink(std::string url, std::string secret)
      : url_(std::move(url)), secret_(std::move(secret)) {}
  void deliver(const Alert& alert) override {
    auto url = url_;
    if (!secret_.empty()) {
      using namespace std::chrono;
      const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
      url += (url.find('?') == url.npos ? "?" : "&") + dingtalk_query(secret_, now.count());
    }
    const auto content = fmt::format("sealyard {}{}: {}: {}", alert.over ? "over: " : "",
                                     alert.kind, alert.subject, alert.text);
    const auto answer = post(url, {{"msgtype", "text"}, {"text", {{"content", content}}}});
    const auto said = nlohmann::json::parse(answer.body, nullptr, false);
    if (said.is_object() && said.value("errcode", 0) != 0)
      throw Error(Fault::io, "DingTalk: {}", said.value("errmsg", "errcode is not 0"));
  }

 private:
  std::string url_, secret_;
};

class FileSink : public Sink {
 public:
  explicit FileSink(std::filesystem::path file) : file_(std::move(file)) { write(); }
  void deliver(const Alert& alert) override {
    const std::pair key{alert.kind, alert.subject};
    if (alert.over)
      going_.erase(key);
    else
      going_[key] = alert;
    write();
  }

 private:
  void write() const {
    auto all = nlohmann::json::array();
    for (const auto& [key, alert] : going_)
      all.push_back({{"kind", alert.kind},
                     {"subject", alert.subject},
                     {"text", alert.text},
                     {"time_ms", alert.time_ms}});
    const auto text = all.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
    ledger::write_whole(file_, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                        0600);
  }

  std::filesystem::path file_;
  std::map<std::pair<std::string, std::string>, Alert> going_;
};

}  // namespace

std::string dingtalk_query(const std::string& secret, std::int64_t time_ms) {
  const auto text = fmt::format("{}\n{}", time_ms, secret);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  types::Bytes mac(crypto_auth_hmacsha256_BYTES);
  crypto_auth_hmacsha256_state hmac;  // keys of any length
  crypto_auth_hmacsha256_init(&hmac, reinterpret_cast<const unsigned char*>(secret.data()),
                              secret.size());
  crypto_auth_hmacsha256_update(&hmac, bytes, text.size());
  crypto_auth_hmacsha256_final(&hmac, mac.data());
  std::string escaped;
  for (const char c : types::to_base64(mac))
    escaped += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
  return fmt::format("timestamp={}&sign={}", time_ms, escaped);
}

std::unique_ptr<Sink> log_sink(std::shared_ptr<spdlog::logger> log) {
  return std::make_unique<LogSink>(std::move(log));
}
std::unique_ptr<Sink> file_sink(std::filesystem::path file) {
  return std::make_unique<FileSink>(std::move(file));
}
std::unique_ptr<Sink> command_sink(std::string command) {
  return std::make_unique<CommandSink>(std::move(command));
}
std::unique_ptr<Sink> webhook_sink(std::string url) {
  return std::make_unique<WebhookSink>(std::move(url));
}
std::unique_ptr<Sink> dingtalk_sink(std::string url, std::string secret) {
  return std::make_unique<DingTalkSink>(std::move(url), std::move(secret));
}

}  // namespace sealyard::alert
