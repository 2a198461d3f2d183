#include "chain/ledger/ledger.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <thread>

#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/scratch.h"

using namespace sealyard;
using ledger::Ledger;

namespace {

ledger::Event event(std::uint64_t number, std::string kind) {
  return {.sector = {1000, number},
          .kind = std::move(kind),
          .payload = {{"n", number}},
          .actor = "test"};
}

int run_sql(const std::filesystem::path& file, const char* sql) {
  sqlite3* db = nullptr;
  sqlite3_open(file.c_str(), &db);
  const int rc = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  sqlite3_close(db);
  return rc;
}

}  // namespace

TEST_CASE("ledger: events come back in order, in any later process", "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  {
    auto ledger = Ledger::open(file);
    CHECK(ledger.last_seq() == 0);
    ledger.append(event(7, "pledged"));
    ledger.append(event(INT64_MAX, "pledged"));
    ledger.append(event(7, "intent"));
  }
  const auto ledger = Ledger::open(file);
  const auto all = ledger.events();
  REQUIRE(all.size() == 3);
  CHECK(all[1].sector.number == INT64_MAX);
  CHECK(all[0].payload == nlohmann::json{{"n", 7}});
  CHECK(all[0].time_ms > 1'600'000'000'000);
  CHECK(ledger.events(all[1].seq).size() == 1);
  CHECK(ledger.events_of({1000, 7}).size() == 2);
  CHECK(ledger.events_of({1001, 7}).empty());
}

TEST_CASE("ledger: append-only, also for whoever opens the file by hand", "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  Ledger::open(file).append(event(1, "pledged"));
  CHECK(run_sql(file, "UPDATE event SET kind = 'x'") != SQLITE_OK);
  CHECK(run_sql(file, "DELETE FROM event") != SQLITE_OK);
  CHECK(Ledger::open(file).events().at(0).kind == "pledged");
}

TEST_CASE("ledger: refuses other files", "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  SECTION("text") { std::ofstream(file) << std::string(5000, 'x'); }
  SECTION("another database") { run_sql(file, "CREATE TABLE t(a)"); }
  SECTION("a newer schema") {
    Ledger::open(file);
    run_sql(file, "PRAGMA user_version = 99");
  }
  CHECK_THROWS_AS(Ledger::open(file), Error);
}

TEST_CASE("ledger: a decision taken from an old state is refused", "[ledger]") {
  const Scratch scratch;
  auto ledger = Ledger::open(scratch.path() / "ledger.sqlite");
  auto other = Ledger::open(scratch.path() / "ledger.sqlite");
  const auto seen = ledger.append(event(1, "pledged"));
  other.append(event(2, "pledged"));  // another sector does not matter
  REQUIRE(other.append_after(seen, event(1, "intent")).has_value());
  CHECK_FALSE(ledger.append_after(seen, event(1, "intent")).has_value());
  CHECK(ledger.events_of({1000, 1}).size() == 2);
}

TEST_CASE("ledger: an action that throws leaves nothing", "[ledger]") {
  const Scratch scratch;
  auto ledger = Ledger::open(scratch.path() / "ledger.sqlite");
  CHECK_THROWS_AS(ledger.transact([&] {
    ledger.append(event(1, "pledged"));
    throw Error(Fault::usage, "no");
  }),
                  Error);
  CHECK(ledger.last_seq() == 0);
  ledger.append(event(1, "pledged"));
  CHECK(ledger.events().size() == 1);
}

TEST_CASE("ledger: sectors at rest are not read until something is written about them",
          "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  auto ledger = Ledger::open(file);
  const auto awake = [&] {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (const auto& e : Ledger::open(file).events_awake())
      found.emplace_back(e.sector.number, e.kind);
    return found;
  };
  using Found = decltype(awake());
  ledger.append(event(2, "pledged"));
  ledger.append(event(1, "pledged"));
  const auto seen = ledger.append(event(2, "proving"));
  CHECK(awake() == Found{{1, "pledged"}, {2, "pledged"}, {2, "proving"}});
  ledger.rest({{{1000, 2}, seen}, {{1000, 3}, 0}});
  CHECK(awake() == Found{{1, "pledged"}});
  Ledger::open(file).append(event(2, "state"));
  CHECK(awake() == Found{{1, "pledged"}, {2, "pledged"}, {2, "proving"}, {2, "state"}});
  ledger.rest({{{1000, 2}, seen}});  // decided before the last event
  CHECK(awake().size() == 4);
}

TEST_CASE("ledger: one of the version before wakes all its sectors", "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  {
    auto ledger = Ledger::open(file);
    const auto seen = ledger.append(event(1, "pledged"));
    ledger.append(event(2, "pledged"));
    ledger.rest({{{1000, 1}, seen}});
  }
  REQUIRE(run_sql(file, "DROP TRIGGER event_wakes; DROP TABLE awake; PRAGMA user_version = 1") ==
          SQLITE_OK);
  auto ledger = Ledger::open(file);
  CHECK(ledger.events_awake().size() == 2);
  ledger.append(event(3, "pledged"));
  CHECK(ledger.events_awake().size() == 3);
}

TEST_CASE("ledger: processes that take numbers at once never take the same", "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  Ledger::open(file);
  constexpr int kProcesses = 4, kEach = 25;
  std::set<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        auto ledger = Ledger::open(file);
        for (int n = 0; n < kEach; ++n)
          ledger.transact([&] { ledger.append(event(ledger.next_number(1000, 5), "pledged")); });
      } catch (...) {
        _exit(1);
      }
      _exit(0);
    }
    children.insert(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  std::set<std::uint64_t> numbers;
  for (const auto& e : Ledger::open(file).events()) numbers.insert(e.sector.number);
  CHECK(numbers.size() == kProcesses * kEach);
  CHECK(*numbers.begin() == 5);
  CHECK(*numbers.rbegin() == 5 + kProcesses * kEach - 1);
}

TEST_CASE("ledger: a writer killed at any moment leaves whole transactions", "[ledger]") {
  const Scratch scratch;
  const auto file = scratch.path() / "ledger.sqlite";
  Ledger::open(file);
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      auto ledger = Ledger::open(file);
      for (;;)
        ledger.transact([&] {  // always in pairs
          const auto number = ledger.next_number(1000, 0);
          ledger.append(event(number, "pledged"));
          ledger.append(event(number, "ticket"));
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(7 + 11 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const auto events = Ledger::open(file).events();
    CHECK(events.size() % 2 == 0);
    for (std::size_t i = 0; i + 1 < events.size(); i += 2) {
      REQUIRE(events[i].sector == events[i + 1].sector);
      REQUIRE(events[i].sector.number == i / 2);
    }
  }
  CHECK(Ledger::open(file).last_seq() > 0);
}
