// The life of a sector: the state table, the fold of its events, and what follows a failure.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "chain/pledge/key.h"
#include "chain/pledge/order.h"
#include "chain/pledge/retry.h"
#include "chain/pledge/sector.h"
#include "chain/pledge/state.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/chain/scratch.h"
#include "tests/chain/story.h"

using namespace sealyard;
using nlohmann::json;
using pledge::State;

TEST_CASE("state: the table is whole", "[pledge]") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < pledge::states().size(); ++i) {
    const auto& row = pledge::states()[i];
    CHECK(static_cast<std::size_t>(row.state) == i);
    CHECK(names.insert(row.name).second);
    CHECK(pledge::state_named(row.name) == row.state);
    if (!row.stage.empty()) CHECK(pledge::is_failure(row.failed));
  }
  CHECK_FALSE(pledge::state_named("Nonsense"));
}

TEST_CASE("state: the happy path ends waiting for a chain", "[pledge]") {
  std::vector<std::string_view> path;
  for (State state = State::packing; pledge::row(state).waits_for.empty();
       state = pledge::row(state).done)
    path.push_back(pledge::name(state));
  CHECK(path == std::vector<std::string_view>{"Packing", "GetTicket", "PreCommit1", "PreCommit2"});
  CHECK(pledge::row(State::wait_chain).done == State::finalize_sector);
  CHECK(pledge::row(State::commit1).done == State::commit2);
  CHECK(pledge::row(State::commit2).done == State::wait_commit);
  CHECK(pledge::row(State::wait_commit).done == State::finalize_sector);
}

TEST_CASE("state: every step on chain is one of the table's", "[pledge]") {
  std::set<std::pair<State, std::string_view>> seen;
  for (const auto& edge : pledge::edges()) {
    CAPTURE(pledge::name(edge.from), edge.event);
    CHECK(seen.insert({edge.from, edge.event}).second);
    CHECK(pledge::next(edge.from, edge.event) == edge.to);
  }
  CHECK_FALSE(pledge::next(State::proving, "queued"));
  // Who waits for the chain in a state can leave it, and can fail in it.
  for (const auto& row : pledge::states()) {
    if (row.of_chain.empty()) continue;
    CAPTURE(row.name);
    CHECK(pledge::is_failure(row.failed));
    CHECK(std::any_of(seen.begin(), seen.end(),
                      [&](const auto& edge) { return edge.first == row.state; }));
  }
  std::set<std::pair<State, std::string_view>> rules;
  for (const auto& rule : pledge::chain_rules()) {
    CHECK(rules.insert({rule.in, rule.cause}).second);
    CHECK(pledge::is_failure(rule.in));
    CHECK_FALSE(pledge::is_failure(rule.to));
  }
  CHECK_THROWS_AS(pledge::chain_rule(State::commit_failed, "weather"), Error);
}

TEST_CASE("state: the diagram shows every state and every step", "[pledge]") {
  const auto dot = pledge::dot();
  CHECK(dot.starts_with("digraph sector {\n"));
  CHECK(dot.ends_with("}\n"));
  for (const auto& row : pledge::states())
    CHECK_THAT(dot, Catch::Matchers::Contains("  " + std::string(row.name)));
  for (const auto& edge : pledge::edges())
    CHECK_THAT(dot, Catch::Matchers::Contains(fmt::format("  {} -> {} [label=\"{}\"]",
                                                          pledge::name(edge.from),
                                                          pledge::name(edge.to), edge.event)));
}

TEST_CASE("retry: what the chain refuses goes on by the table", "[pledge]") {
  settings::Retry retry;
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {{"comm_r", to_hex(Node{{2}})}});
  story.add("queued", json::object());
  REQUIRE(story.sector.state == State::pre_committing);
  auto event = pledge::decide_on_chain(story.sector, "out_of_gas", "x", 9, retry, 1000);
  CHECK(event["batch_limit"] == 4);
  CHECK(event["again_ms"] == 61'000);
  story.add("failed", event);
  CHECK(story.sector.state == State::pre_commit_failed);
  CHECK(story.sector.batch_limit["precommit"] == 4);
  story.add("retry", {{"to", event["to"]}});
  CHECK(story.sector.state == State::pre_committing);
  CHECK(pledge::decide_on_chain(story.sector, "exit", "x", 4, retry, 0)["batch_limit"] == 1);
  event = pledge::decide_on_chain(story.sector, "ticket_expired", "x", 0, retry, 5);
  CHECK(event["to"] == "GetTicket");
  CHECK(event["again_ms"] == 5);
  story.sector.bad_runs["precommit"] = retry.attempts - 1;
  CHECK(pledge::decide_on_chain(story.sector, "exit", "x", 1, retry, 0)["action"] == "hold");
  CHECK(pledge::decide_on_chain(story.sector, "allocated", "x", 0, retry, 0)["again_ms"] == 0);
}

TEST_CASE("order: no job gets what only the daemon may know", "[pledge]") {
  setenv("FULLNODE_API_INFO", "secret:/ip4/127.0.0.1/tcp/1/http", 1);
  Story story;
  story.to_pc2();
  settings::Settings settings;
  settings.storage_root = "/s";
  settings.environment["RUST_LOG"] = "info";
  settings.chain.on = true;
  settings.chain.endpoints = "secret:/ip4/127.0.0.1/tcp/1/http";
  const auto request = pledge::request(story.sector, {"tag", story.sector.id, "pc2", 1}, settings);
  CHECK(request.environment == settings.environment);
  for (const auto& word : request.argv) CHECK(word.find("secret") == word.npos);
  unsetenv("FULLNODE_API_INFO");
}

TEST_CASE("order: PC2 asks for a GPU where the site has them, or for its share of one",
          "[pledge]") {
  Story story;
  story.to_pc2();
  settings::Settings settings;
  settings.storage_root = "/s";
  const auto gres = [&](const char* backend, const char* of_site) {
    settings.stages["pc2"].backend = backend;
    settings.stages["pc2"].gres = of_site;
    std::string all;
    const auto key = pledge::Key{"tag", story.sector.id, "pc2", 1};
    for (const auto& one : pledge::request(story.sector, key, settings).gres)
      all += fmt::format("{}:{} ", one.name, one.count);
    return all;
  };
  CHECK(gres("avx512", "") == "");
  CHECK(gres("cuda", "") == "gpu:1 ");
  CHECK(gres("cuda", "slot:2") == "slot:2 gpu:1 ");
  CHECK(gres("cuda", "shard:2") == "shard:2 ");
  CHECK(gres("cuda", "gpu:a100:1") == "gpu:a100:1 ");
}

TEST_CASE("order: another ticket after a replica begins PC1 anew", "[pledge]") {
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {{"comm_r", to_hex(Node{{2}})}});
  story.add("state", {{"to", "GetTicket"}});
  story.add("ticket", {{"value", std::string(64, '1')}, {"epoch", 5}, {"source", "chain"}});
  settings::Settings settings;
  settings.storage_root = "/s";
  const auto argv =
      pledge::request(story.sector, {"tag", story.sector.id, "pc1", 2}, settings).argv;
  CHECK(std::find(argv.begin(), argv.end(), "--recalculate") != argv.end());
  CHECK(story.sector.ticket_epoch == 5);
  story.run("pc1", 14, json::object());
  CHECK_FALSE(story.sector.new_ticket);
}

TEST_CASE("fold: a proof between sealing and long-term storage", "[pledge]") {
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {{"comm_r", to_hex(Node{{2}})}});
  story.add("seed", {{"value", Story::kTicket}, {"epoch", 0}, {"source", "random"}});
  CHECK(story.sector.state == State::commit1);
  CHECK(story.sector.seed == Story::kTicket);
  story.run("c1", 14, {});
  CHECK(story.sector.state == State::commit2);
  CHECK(story.sector.proven_ms == 0);
  story.run("c2", 15, {});
  CHECK(story.sector.state == State::wait_commit);
  CHECK(story.sector.proven_ms == story.clock_ms);
  story.add("finalize", {{"store", "/store"}});
  CHECK(story.sector.state == State::finalize_sector);
}

TEST_CASE("retry: what is wrong with C1's output is made again by C1, the layers by PC1",
          "[pledge]") {
  const settings::Retry retry;
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {});
  story.add("seed", {{"value", Story::kTicket}, {"epoch", 0}, {"source", "random"}});
  const auto in_c1 = pledge::decide(story.sector, "corrupt", "x", retry, 0);
  CHECK(in_c1["action"] == "reseal");
  CHECK(in_c1["to"] == "PreCommit1");
  story.run("c1", 14, {});
  for (const char* cause : {"corrupt", "missing"}) {
    const auto in_c2 = pledge::decide(story.sector, cause, "x", retry, 0);
    CHECK(in_c2["action"] == "before");
    CHECK(in_c2["to"] == "Commit1");
  }
  story.sector.bad_runs["c2"] = retry.attempts;
  CHECK(pledge::decide(story.sector, "corrupt", "x", retry, 0)["action"] == "hold");
}

TEST_CASE("key: name and back", "[pledge]") {
  const pledge::Key key{"3f2a91bc", {1000, INT64_MAX}, "pc1", 2};
  CHECK(key.name() == "sl.3f2a91bc.1000.9223372036854775807.pc1.2");
  CHECK(pledge::parse_key(key.name()) == key);
  CHECK(key.comment("aa") == "sl1;miner=1000;sector=9223372036854775807;stage=pc1;gen=2;plan=aa");
  for (const char* other : {"", "bash", "sl.a.1.2.pc1", "sl.a.1.2.pc1.x", "sl.a.1.2.pc1.1.1",
                            "sl..1.2.pc1.1", "xx.a.1.2.pc1.1", "sl.a.-1.2.pc1.1"})
    CHECK_FALSE(pledge::parse_key(other));
}

TEST_CASE("fold: a sector from pledge to long-term storage", "[pledge]") {
  Story story;
  story.pledge();
  CHECK(story.sector.state == State::packing);
  story.run("add_piece", 11, {{"comm_d", to_hex(Node{{1}})}});
  CHECK(story.sector.state == State::get_ticket);
  story.add("ticket", {{"value", Story::kTicket}, {"epoch", 0}, {"source", "random"}});
  CHECK(story.sector.state == State::pre_commit1);
  story.run("pc1", 12, {});
  story.run("pc2", 13, {{"comm_d", to_hex(Node{{1}})}, {"comm_r", to_hex(Node{{2}})}});
  CHECK(story.sector.state == State::wait_chain);
  CHECK(story.sector.comm_d == Node{{1}});
  CHECK(story.sector.comm_r == Node{{2}});
  CHECK_FALSE(story.sector.job);
  story.add("finalize", {{"store", "/store"}});
  CHECK(story.sector.state == State::finalize_sector);
  story.run("finalize", 14, {});
  CHECK(story.sector.state == State::finalized);
  REQUIRE(story.sector.runs.size() == 4);
  CHECK(story.sector.runs[1].stage == "pc1");
  CHECK(story.sector.runs[1].job == 12);
  CHECK(story.sector.runs[1].node == "n1");
  CHECK(story.sector.runs[1].outcome == "done");
  CHECK(story.sector.spent.size() == 4);
}

TEST_CASE("fold: pieces make it AddPiece, not Packing", "[pledge]") {
  Story story;
  story.pledge({{"pieces", json::array({{{"file", "/data/a"}, {"unpadded_bytes", 2032}}})}});
  CHECK(story.sector.state == State::add_piece);
  CHECK(story.sector.pieces.at(0).unpadded_bytes == 2032);
}

TEST_CASE("fold: a requeue is a line of its own in the timeline", "[pledge]") {
  Story story;
  story.pledge();
  story.intent("add_piece", 1);
  story.submitted(5);
  story.running(5, 0, "n1");
  story.running(5, 1, "n2");
  REQUIRE(story.sector.runs.size() == 2);
  CHECK(story.sector.runs[0].outcome == "requeued");
  CHECK(story.sector.runs[0].node == "n1");
  CHECK(story.sector.runs[1].node == "n2");
  CHECK(story.sector.runs[1].ended_ms == 0);
}

TEST_CASE("fold: a lost job keeps its name and is submitted again", "[pledge]") {
  Story story;
  story.pledge();
  story.intent("add_piece", 1);
  story.submitted(5);
  story.add("lost", {{"name", story.sector.job->name}, {"job", 5}});
  REQUIRE(story.sector.job);
  CHECK(story.sector.job->id == 0);
  CHECK(story.sector.job->generation == 1);
  CHECK(story.sector.runs.back().outcome == "lost by Slurm");
}

TEST_CASE("fold: an unreadable event breaks its sector only", "[pledge]") {
  pledge::Sectors sectors;
  const auto event = [](std::uint64_t seq, std::uint64_t number, json payload) {
    return ledger::Event{seq, 1, {1000, number}, "pledged", std::move(payload), "t"};
  };
  pledge::apply(sectors, {event(1, 7, json::object()), event(2, 8, {{"proof_type", "x"}})});
  CHECK_THAT((sectors[{1000, 7}].broken), Catch::Matchers::Contains("event 1"));
  CHECK((sectors[{1000, 8}].broken).empty());
}

TEST_CASE("fold: events applied by their writer are not applied again", "[pledge]") {
  Story story;
  story.pledge();
  pledge::Sectors sectors{{story.sector.id, story.sector}};
  const auto before = sectors.begin()->second.events;
  pledge::apply(sectors, story.events);
  CHECK(sectors.begin()->second.events == before);
}

TEST_CASE("fold: a sector rests where only a new event can move it", "[pledge]") {
  for (const auto& row : pledge::states()) {
    CAPTURE(row.name);
    pledge::Sector sector;
    sector.state = row.state;
    using enum pledge::State;
    CHECK(pledge::rests(sector) ==
          (row.state == proving || row.state == finalized || row.state == pre_commit_expired ||
           row.state == failed_unrecoverable));
  }
  pledge::Sector sector;
  sector.state = pledge::State::proving;
  SECTION("a job") { sector.job.emplace(); }
  SECTION("a failure to tell about") { sector.failure.emplace(); }
  SECTION("unreadable events") { sector.broken = "event 7"; }
  SECTION("on chain, not said yet") {
    sector.state = pledge::State::finalized;
    sector.activation = 1200;
  }
  SECTION("a proof to commit") {
    sector.state = pledge::State::finalized;
    sector.precommit_epoch = 1100;
    sector.proof = "cA==";
  }
  SECTION("on chain, but not for good") { sector.activation = 1200; }
  CHECK_FALSE(pledge::rests(sector));
}

TEST_CASE("fold: what a reorg took back is committed again with the kept proof", "[pledge]") {
  Story story;
  story.pledge();
  story.add("activated", {{"activation", 1200}, {"expiration", 9000}});
  story.add("state", {{"to", "Proving"}, {"reason", "test"}});
  story.sector.proof = "cA==";
  CHECK_FALSE(pledge::rests(story.sector));
  SECTION("moved") {
    story.add("activated", {{"activation", 1203}, {"expiration", 9000}});
    CHECK(story.sector.state == State::proving);
    CHECK(story.sector.activation == 1203);
  }
  SECTION("gone") {
    story.add("gone", {{"epoch", 1210}, {"text", "reorg"}});
    CHECK(story.sector.state == State::submit_commit);
    CHECK(story.sector.activation == -1);
    CHECK(story.sector.proof == "cA==");
  }
  SECTION("there for good") {
    story.add("final", {{"epoch", 2100}});
    CHECK(story.sector.state == State::proving);
    CHECK(pledge::rests(story.sector));
  }
}

namespace {

json after(const pledge::Sector& sector, slurm::State state, int exit, int signal = 0) {
  return pledge::decide(sector, {state, exit, signal, false, "n1"}, {}, 1'000'000);
}

}  // namespace

TEST_CASE("retry: the table of exit codes", "[pledge][retry]") {
  Story story;
  story.to_pc2();
  using enum slurm::State;
  const auto [state, exit, action, to] =
      GENERATE(table<slurm::State, int, std::string, std::string>({
          {failed, 65, "reseal", "PreCommit1"},
          {failed, 66, "before", "PreCommit1"},
          {failed, 64, "hold", "PreCommit2"},
          {failed, 69, "hold", "PreCommit2"},
          {failed, 70, "hold", "PreCommit2"},
          {failed, 78, "hold", "PreCommit2"},
          {failed, 74, "again", "PreCommit2"},
          {failed, 75, "again", "PreCommit2"},
          {failed, 1, "again", "PreCommit2"},
          {failed, 137, "again", "PreCommit2"},
          {cancelled, 0, "hold", "PreCommit2"},
          {timeout, 0, "again", "PreCommit2"},
          {node_fail, 0, "again", "PreCommit2"},
          {boot_fail, 0, "again", "PreCommit2"},
          {out_of_memory, 0, "again", "PreCommit2"},
          {preempted, 0, "again", "PreCommit2"},
      }));
  CAPTURE(exit, slurm::name(state));
  const auto event = after(story.sector, state, exit);
  CHECK(event["action"] == action);
  CHECK(event["to"] == to);
  CHECK(event["stage"] == "pc2");
  if (exit == 1) CHECK(event["cause"] == "launch");  // no stage ends so: a host did not start it
  const bool counts = exit != 75 && state != preempted;
  CHECK(event["counts"] == counts);
  if (action == "hold") CHECK(event["again_ms"] == 0);
  if (action == "again") CHECK(event["again_ms"] == (counts ? 1'060'000 : 1'000'000));
}

TEST_CASE("retry: what PC1 and AddPiece complain about", "[pledge][retry]") {
  Story story;
  story.pledge();
  using slurm::State::failed;
  CHECK(after(story.sector, failed, 66)["action"] == "hold");  // the piece's file is not there
  CHECK(after(story.sector, failed, 65)["action"] == "again");
  story.to_pc1();
  CHECK(after(story.sector, failed, 65)["to"] == "Packing");
  CHECK(after(story.sector, failed, 66)["to"] == "Packing");
}

TEST_CASE("retry: C1 runs again once for the sake of C2", "[pledge][retry]") {
  Story story;
  story.to_pc2();
  story.run("pc2", 13, {});
  story.add("seed", {{"value", Story::kTicket}, {"epoch", 9}, {"source", "chain"}});
  story.run("c1", 14, {});
  const auto fails = [&](int exit) {
    story.intent("c2", story.sector.generation["c2"] + 1);
    story.submitted(20 + story.sector.generation["c2"]);
    auto event = after(story.sector, slurm::State::failed, exit);
    story.add("failed", event);
    story.add("retry", {{"to", event["to"]}});
    return event;
  };
  const int exit = GENERATE(65, 66);
  CHECK(fails(74)["action"] == "again");
  CHECK(fails(exit)["to"] == "Commit1");
  story.run("c1", 15, {});
  CHECK(fails(74)["action"] == "again");  // a host's trouble, not an input's
  const auto held = fails(exit);
  CHECK(held["action"] == "hold");
  CHECK_THAT(held["text"].get<std::string>(), Catch::Matchers::Contains("seal-params check"));

  // Proven since, and proven again for another seed: what was before does not count.
  story.add("state", {{"to", "Commit2"}, {"reason", "parameters fetched"}});
  story.run("c2", 30, {});
  story.add("seed", {{"value", Story::kTicket}, {"epoch", 10}, {"source", "chain"}});
  story.run("c1", 31, {});
  CHECK(fails(exit)["to"] == "Commit1");
}

TEST_CASE("retry: waits double, then an operator must look", "[pledge][retry]") {
  Story story;
  story.to_pc2();
  const settings::Retry retry{
      .attempts = 4, .reseals = 1, .requeues = 9, .wait_s = 10, .longest_wait_s = 25};
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 4; ++i) {
    story.intent("pc2", static_cast<unsigned>(i + 1));
    auto event = pledge::decide(story.sector, {slurm::State::failed, 74, 0, false, "n1"}, retry, 0);
    waits.push_back(event["again_ms"]);
    const bool last = i == 3;
    CHECK(event["action"] == (last ? "hold" : "again"));
    story.add("failed", event);
    CHECK(story.sector.state == State::seal_pre_commit2_failed);
    if (!last) story.add("retry", {{"to", "PreCommit2"}});
  }
  CHECK(waits == std::vector<std::int64_t>{10'000, 20'000, 25'000, 0});
  CHECK(story.sector.retries == 3);
}

TEST_CASE("retry: sealing again has a cap", "[pledge][retry]") {
  Story story;
  story.to_pc2();
  const settings::Retry retry{.reseals = 2};
  for (int i = 0; i < 3; ++i) {
    auto event = pledge::decide(story.sector, {slurm::State::failed, 65, 0, false, "n1"}, retry, 0);
    story.add("failed", event);
    if (i < 2) {
      CHECK(event["action"] == "reseal");
      story.add("retry", {{"to", event["to"]}});
      CHECK(story.sector.state == State::pre_commit1);
      story.run("pc1", static_cast<std::uint32_t>(50 + i), {});
    }
  }
  CHECK(story.sector.state == State::failed_unrecoverable);
}

TEST_CASE("order: gres of the settings", "[pledge][order]") {
  const auto gres = pledge::parse_gres("pc1slot,gpu:a100:2,scratch:7");
  REQUIRE(gres.size() == 3);
  CHECK((gres[0].name == "pc1slot" && gres[0].count == 1));
  CHECK((gres[1].name == "gpu:a100" && gres[1].count == 2));
  CHECK((gres[2].name == "scratch" && gres[2].count == 7));
  CHECK_THROWS_AS(pledge::parse_gres("a:0"), Error);
  CHECK_THROWS_AS(pledge::parse_gres(",a"), Error);
}

TEST_CASE("order: the request carries group, key and what the site says", "[pledge][order]") {
  Story story;
  story.pledge({{"group", "east"}});
  story.run("add_piece", 11, {});
  story.add("ticket", {{"value", Story::kTicket}, {"epoch", 0}, {"source", "random"}});
  settings::Settings settings;
  settings.storage_root = "/data";
  settings.programs = "/opt/bin";
  settings.all_stages.account = "f01000";
  settings.stages["pc1"] = {.slurm_partition = "pc1", .gres = "pc1slot:1", .constraint = "nvme"};
  const pledge::Key key{"tag", story.sector.id, "pc1", 1};
  const auto request = pledge::request(story.sector, key, settings);
  CHECK(request.argv == std::vector<std::string>{"/opt/bin/seal-pc1", "--storage", "/data",
                                                 "--sector", "s-t01000-7", "--ticket",
                                                 Story::kTicket});
  CHECK(request.name == key.name());
  CHECK(request.singleton);
  CHECK(request.requeue);
  CHECK(request.constraint == "(nvme)&grp_east");
  CHECK(request.slurm_partition == "pc1");
  CHECK(request.account == "f01000");
  CHECK(request.output == "/data/work/s-t01000-7/pc1.out");
  CHECK_THAT(request.comment,
             Catch::Matchers::StartsWith("sl1;miner=1000;sector=7;stage=pc1;gen=1"));

  auto grown = story.sector;
  grown.out_of_memory["pc1"] = 1;
  grown.timeouts["pc1"] = 1;
  const auto larger = pledge::request(grown, key, settings);
  CHECK(larger.memory_bytes == request.memory_bytes * 3 / 2);
  CHECK(larger.time_s == request.time_s * 2);
  CHECK(pledge::plan(larger) != pledge::plan(request));
}

TEST_CASE("order: one job for what CC sectors of a size share", "[pledge][order]") {
  Scratch scratch;
  Story story;
  story.pledge({{"group", "east"}});
  settings::Settings settings;
  settings.storage_root = scratch.path();
  settings.programs = "/opt/bin";
  CHECK_FALSE(pledge::template_request(story.sector, "tag", settings));
  settings.templates = true;
  const auto request = pledge::template_request(story.sector, "tag", settings);
  REQUIRE(request);
  CHECK(request->name == "st.tag.2048");
  CHECK(request->argv[0] == "/opt/bin/seal-template");
  CHECK(request->constraint.empty());

  auto filled = story.sector;
  filled.pieces.push_back({"/piece", std::nullopt});
  CHECK_FALSE(pledge::template_request(filled, "tag", settings));

  std::filesystem::create_directories(scratch.path() / "template");
  std::ofstream(scratch.path() / "template/unsealed_all_zero_2048") << "x";
  CHECK(pledge::template_request(story.sector, "tag", settings));
  std::ofstream(scratch.path() / "template/tree_d_all_zero_2048") << "x";
  CHECK_FALSE(pledge::template_request(story.sector, "tag", settings));
}
