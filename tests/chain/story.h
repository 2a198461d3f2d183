// Builds a sector's events one by one, the way the daemon writes them.
#pragma once
#include <string>
#include <vector>

#include "chain/pledge/key.h"
#include "chain/pledge/sector.h"

struct Story {
  static constexpr char kTicket[] =
      "a54ab9069af6f2ca04f40adc15101707f37e240706ffd2c0755c0800b7d06a72";

  sealyard::pledge::Sector sector;
  std::vector<sealyard::ledger::Event> events;
  std::int64_t clock_ms = 1'700'000'000'000;

  void add(std::string kind, nlohmann::json payload) {
    clock_ms += 1000;
    events.push_back(
        {events.size() + 1, clock_ms, {1000, 7}, std::move(kind), std::move(payload), "test"});
    sealyard::pledge::apply(sector, events.back());
  }

  void pledge(nlohmann::json more = nlohmann::json::object()) {
    nlohmann::json payload{{"proof_type", "StackedDrg2KiBV1_1"}};
    payload.update(more);
    add("pledged", payload);
  }

  void intent(const std::string& stage, unsigned generation) {
    const sealyard::pledge::Key key{"tag", {1000, 7}, stage, generation};
    add("intent",
        {{"stage", stage}, {"generation", generation}, {"name", key.name()}, {"plan", "00000000"}});
  }

  void submitted(std::uint32_t job) {
    add("submitted", {{"name", sector.job->name},
                      {"job", job},
                      {"submit_time", clock_ms / 1000},
                      {"adopted", false}});
  }

  void running(std::uint32_t job, unsigned restarts, const std::string& node) {
    add("running", {{"name", sector.job->name},
                    {"job", job},
                    {"restarts", restarts},
                    {"node", node},
                    {"start_ms", clock_ms}});
  }

  /// A stage from intent to commit.
  void run(const std::string& stage, std::uint32_t job, nlohmann::json commitments) {
    intent(stage, sector.generation[stage] + 1);
    submitted(job);
    running(job, 0, "n1");
    add("committed",
        {{"stage", stage},
         {"generation", sector.job->generation},
         {"identity", stage + std::to_string(job)},
         {"result",
          {{"commitments", commitments},
           {"seconds", 1.5},
           {"attempt", {{"job_id", job}, {"restart", 0}, {"node", "n1"}, {"pid", 1}}}}}});
  }

  void to_pc1() {
    if (events.empty()) pledge();
    run("add_piece", 11, nlohmann::json::object());
    add("ticket", {{"value", kTicket}, {"epoch", 0}, {"source", "random"}});
  }

  void to_pc2() {
    to_pc1();
    run("pc1", 12, nlohmann::json::object());
  }
};
