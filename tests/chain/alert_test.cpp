// Alerts: what is told when, and what arrives at the other end of every way out.
#include "chain/alert/alert.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/http_server.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using alert::Alert;

namespace {

struct Logged {
  std::ostringstream text;
  std::shared_ptr<spdlog::logger> log = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
};

class Kept : public alert::Sink {
 public:
  explicit Kept(std::vector<Alert>& all) : all_(all) {}
  void deliver(const Alert& alert) override { all_.push_back(alert); }

 private:
  std::vector<Alert>& all_;
};

class Broken : public alert::Sink {
 public:
  void deliver(const Alert&) override { throw Error(Fault::io, "no such wire"); }
};

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

const Alert kAlert{"funds", "t01000", "t3abc has \"1 FIL\"", false, 1'700'000'000'000};

}  // namespace

TEST_CASE("alert: what is going on lies in a file for other programs", "[alert]") {
  const Scratch scratch;
  CHECK(alert::going(scratch.path()).empty());
  Logged logged;
  alert::Alerts alerts(alert::sinks({}, scratch.path(), logged.log), 1000, logged.log);
  alerts.raise(kAlert.kind, kAlert.subject, kAlert.text, kAlert.time_ms);
  alerts.raise("key", "t01000", "none", 0);
  alerts.clear("key", "t01000", 1);
  alerts.flush();
  const auto there = alert::going(scratch.path());
  REQUIRE(there.size() == 1);
  CHECK(there[0].kind == kAlert.kind);
  CHECK(there[0].subject == kAlert.subject);
  CHECK(there[0].text == kAlert.text);
  CHECK(there[0].time_ms == kAlert.time_ms);
  const alert::Alerts next(alert::sinks({}, scratch.path(), logged.log), 1000, logged.log);
  CHECK(alert::going(scratch.path()).empty());  // another daemon finds its own
}

TEST_CASE("alert: told once, again after a while, and when it is over", "[alert]") {
  Logged logged;
  std::vector<Alert> all;
  std::vector<std::unique_ptr<alert::Sink>> sinks;
  sinks.push_back(std::make_unique<Broken>());
  sinks.push_back(std::make_unique<Kept>(all));
  alert::Alerts alerts(std::move(sinks), 1000, logged.log);
  alerts.clear("funds", "a", 0);
  alerts.raise("funds", "a", "empty", 0);
  alerts.raise("funds", "a", "still empty", 999);
  alerts.raise("funds", "b", "empty", 999);
  alerts.raise("funds", "a", "still empty", 1000);
  alerts.clear("funds", "a", 1001);
  alerts.clear("funds", "a", 1002);
  alerts.raise("funds", "a", "again", 1003);
  alerts.flush();
  REQUIRE(all.size() == 5);
  CHECK(all[1].subject == "b");
  CHECK(all[2].text == "still empty");
  CHECK(all[3].over);
  CHECK(all[4].text == "again");
  CHECK_THAT(logged.text.str(), Catch::Matchers::Contains("no such wire"));
}

TEST_CASE("alert: the log", "[alert]") {
  Logged logged;
  alert::log_sink(logged.log)->deliver(kAlert);
  CHECK_THAT(logged.text.str(), Catch::Matchers::Contains("ALERT funds of t01000: t3abc has"));
}

TEST_CASE("alert: a command gets it in its environment", "[alert]") {
  const Scratch scratch;
  const auto file = scratch.path() / "said";
  alert::command_sink(
      "echo \"$SEALYARD_ALERT_KIND $SEALYARD_ALERT_SUBJECT "
      "$SEALYARD_ALERT_STATE $SEALYARD_ALERT_TEXT\" > " +
      file.string())
      ->deliver(kAlert);
  CHECK(read(file) == "funds t01000 on t3abc has \"1 FIL\"\n");
  CHECK_THROWS_AS(alert::command_sink("exit 3")->deliver(kAlert), Error);
}

TEST_CASE("alert: a webhook gets JSON", "[alert]") {
  std::string body;
  unsigned status = 204;
  HttpServer server([&](const HttpServer::Request& request) {
    body = request.body;
    return HttpServer::Answer{status, ""};
  });
  const auto sink = alert::webhook_sink(server.url() + "/hook");
  sink->deliver(kAlert);
  const auto json = nlohmann::json::parse(body);
  CHECK(json["kind"] == "funds");
  CHECK(json["subject"] == "t01000");
  CHECK(json["text"] == kAlert.text);
  CHECK(json["state"] == "on");
  CHECK(json["time"] == 1'700'000'000);
  status = 500;
  CHECK_THROWS_AS(sink->deliver(kAlert), Error);
}

TEST_CASE("alert: DingTalk's form, signed", "[alert]") {
  std::string target, body, answer = R"({"errcode":0,"errmsg":"ok"})";
  HttpServer server([&](const HttpServer::Request& request) {
    target = request.target;
    body = request.body;
    return HttpServer::Answer{200, answer};
  });
  const auto sink = alert::dingtalk_sink(server.url() + "/robot/send?access_token=x", "SEC1");
  sink->deliver(kAlert);
  const auto json = nlohmann::json::parse(body);
  CHECK(json["msgtype"] == "text");
  CHECK(json["text"]["content"] == "sealyard funds: t01000: " + kAlert.text);
  const auto at = target.find("&timestamp=");
  REQUIRE(at != target.npos);
  const auto time_ms = std::stoll(target.substr(at + 11));
  CHECK(target.substr(at + 1) == alert::dingtalk_query("SEC1", time_ms));
  answer = R"({"errcode":310000,"errmsg":"sign not match"})";
  CHECK_THROWS_WITH(sink->deliver(kAlert), Catch::Matchers::Contains("sign not match"));
}

TEST_CASE("alert: DingTalk's signature", "[alert]") {
  // Computed with: printf '1700000000000\nSEC1' | openssl dgst -sha256 -hmac SEC1 -binary | base64
  CHECK(alert::dingtalk_query("SEC1", 1'700'000'000'000) ==
        "timestamp=1700000000000&sign=ukR4%2BWoOOBTGaOauYqugxVrMSFyr92q4hPxJxuOkiio%3D");
}
