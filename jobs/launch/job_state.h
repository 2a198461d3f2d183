// Everything a Job knows. Private to this folder.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/launch/meter.h"
#include "jobs/launch/options.h"
#include "jobs/launch/usage.h"

namespace sealyard::launch {

using Json = nlohmann::ordered_json;

struct Start {
  std::string text;
  std::chrono::steady_clock::time_point at;
  Usage usage;
};
Start start_now();

struct Job::State {
  State(const Program& a_program, ranks::Ranks& a_ranks, Options::Declared& an_options)
      : program(a_program), ranks(a_ranks), options(an_options) {}

  const Program& program;
  ranks::Ranks& ranks;
  Options::Declared& options;
  Environment environment;
  std::vector<SectorId> sectors;
  Backend backend = Backend::portable;
  unsigned threads = 1;
  Start start = start_now();

  std::vector<SectorId> about;
  Meter meter;
  std::map<SectorId, stage::Result> results;
  std::map<SectorId, Start> starts;
  std::vector<SectorId> finished;  ///< by this rank, in order
  stage::Result result;            ///< of a program without sectors
  Json reported = Json::object();
  int end_code = 0;  ///< of a program whose work came to its end

  /// Reads the common options.  @throws Error{usage}, Error{unsupported}
  void read_options();
  std::string prefix() const;  ///< "s-t01000-7: ", or nothing
  void measure(stage::Result& of, const Start& from) const;
};

std::string version_text();  ///< "sealyard 0.1.0 (208537f)"

}  // namespace sealyard::launch
