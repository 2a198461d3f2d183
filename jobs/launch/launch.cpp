#include "jobs/launch/launch.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <thread>

#include "jobs/launch/job_state.h"
#include "jobs/launch/stop.h"
#include "kernels/base/hex.h"

namespace sealyard::launch {
namespace {

// Was --json given? Asked of the bare words, since the fault may lie in another of them.
bool wants_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

void set_up_log(const std::string& program, const std::string& level) {
  auto log = spdlog::stderr_color_st(program);
  log->set_pattern("%Y-%m-%dT%H:%M:%S %n %l: %v");
  log->set_level(spdlog::level::from_str(level));
  log->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(log));
}

void print_error(const std::string& program, const std::string& prefix, Fault fault,
                 std::string text, bool json) {
  for (auto& c : text)
    if (c == '\n') c = ' ';
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  if (text.starts_with(program + ": ")) text.erase(0, program.size() + 2);
  // One write, so that lines of several ranks do not mix.
  const auto line = fmt::format("{}: {}{}\n", program, prefix, text);
  std::fwrite(line.data(), 1, line.size(), stderr);
  if (!json) return;
  const Json object{
      {"error", {{"fault", name(fault)}, {"exit", exit_code(fault)}, {"text", prefix + text}}}};
  fmt::print("{}\n", dump(object, -1));
  std::fflush(stdout);
}

// What this rank has to say in the end, as JSON text that travels to the first rank.
std::string rank_report(Job::State& state) {
  Json mine{{"results", Json::array()}};
  for (const auto sector : state.finished)
    mine["results"].push_back(Json::parse(to_json(state.results.at(sector))));
  stage::Result whole;
  state.measure(whole, state.start);
  if (state.sectors.empty()) {
    state.measure(state.result, state.start);
    mine["results"].push_back(Json::parse(to_json(state.result)));
  }
  mine["reported"] = state.reported;
  mine["rank"] = {{"rank", state.ranks.rank()},     {"node", whole.attempt.node},
                  {"seconds", whole.seconds},       {"peak_memory_bytes", whole.peak_memory_bytes},
                  {"read_bytes", whole.read_bytes}, {"written_bytes", whole.written_bytes}};
  return dump(mine, -1);
}

// What scripts ask one sector's run for, at the top: its name, every commitment, its files.
void add_plain(Json& all, const Json& result) {
  for (const auto* key : {"sector", "proof_type"})
    if (result.contains(key)) all[key] = result[key];
  for (const auto* group : {"inputs", "commitments"})
    for (const auto& [key, value] : result[group].items()) all[key] = value;
  all["files"] = result["artefacts"];
  all["peak_memory_bytes"] = result["peak_memory_bytes"];
}

void print_report(Job::State& state, const std::vector<std::string>& reports, bool json) {
  Json all{{"program", stage::program(state.program.stage)}, {"version", version_text()}};
  Json results = Json::array(), ranks = Json::array();
  for (const auto& text : reports) {
    const auto report = Json::parse(text);
    for (const auto& [key, value] : report["reported"].items()) all[key] = value;
    for (const auto& result : report["results"]) results.push_back(result);
    ranks.push_back(report["rank"]);
  }
  if (!json) {
    for (const auto& result : results)
      for (const auto& [name, hex] : result["commitments"].items())
        fmt::print("{}{} {}\n",
                   result.contains("sector") ? result["sector"].get<std::string>() + " " : "", name,
                   hex.get<std::string>());
    return;
  }
  if (results.size() == 1) add_plain(all, results[0]);
  all["seconds"] = ranks[0]["seconds"];
  all["results"] = results;
  all["ranks"] = ranks;
  fmt::print("{}\n", dump(all, 2));
}

// The work between reading the command line and the report.
void work_through(Job::State& state, const std::function<void(Job&)>& work, bool json) {
  state.read_options();
  if (state.ranks.size() > 1 && !state.program.ranks)
    throw Error(Fault::usage, "started as {} ranks, does its work alone; start one",
                state.ranks.size());
  watch_signals();
  watch_mapped_files(stage::program(state.program.stage));
  Job job(state);
  const auto& environment = state.environment;
  job.log(fmt::format("{} on {}: backend {}, {} threads, rank {} of {}{}", version_text(),
                      environment.attempt.text(), name(state.backend), state.threads,
                      state.ranks.rank(), state.ranks.size(),
                      environment.memory_bytes
                          ? fmt::format(", {} bytes of memory", *environment.memory_bytes)
                          : ""));
  if (state.program.self_test) state.program.self_test(state.backend);
  job.about(std::vector(state.about));
  work(job);
  state.meter.end_bar();
  const auto reports = state.ranks.gather(rank_report(state));
  if (state.ranks.first()) print_report(state, reports, json);
  if (std::fflush(stdout) != 0) throw Error(Fault::io, "stdout: cannot be written");
}

// Ends with the right code, whoever waits. The same fault mostly meets every rank: the first speaks
// for all, a rank that fails alone is heard after this moment.
int leave(ranks::Ranks* ranks, const std::function<void()>& say, Fault fault) {
  const bool several = ranks && !ranks->alone();
  if (several && !ranks->first()) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  say();
  if (several) ranks->abort(exit_code(fault));
  return exit_code(fault);
}

}  // namespace

void Job::end_with(int code) { state_.end_code = code; }

int run(int argc, char** argv, const Program& program, const std::function<void(Options&)>& declare,
        const std::function<void(Job&)>& work) {
  const auto program_name = stage::program(program.stage);
  const bool json = wants_json(argc, argv);
  std::unique_ptr<ranks::Ranks> ranks;
  std::unique_ptr<Job::State> state;
  const auto fail = [&](Fault fault, const std::string& text) {
    return leave(
        ranks.get(),
        [&] {
          if (state) state->meter.end_bar();
          print_error(program_name, state ? state->prefix() : "", fault, text, json);
        },
        fault);
  };
  try {
    ranks = std::make_unique<ranks::Ranks>();
    Options::Declared declared(program, version_text());
    Options options(declared);
    declare(options);
    if (!declared.parse(argc, argv)) {
      if (ranks->first()) fmt::print("{}", declared.answer);
      return 0;
    }
    state = std::make_unique<Job::State>(program, *ranks, declared);
    state->environment =
        read_environment([](const char* variable) { return std::getenv(variable); });
    set_up_log(program_name, state->environment.log_level);
    work_through(*state, work, json);
    return state->end_code;
  } catch (const Error& error) {
    return fail(error.fault(), error.what());
  } catch (const std::bad_alloc&) {
    return fail(Fault::internal, "no memory left; ask for more, or fewer threads or sectors");
  } catch (const std::exception& error) {
    return fail(Fault::internal, error.what());
  }
}

}  // namespace sealyard::launch
