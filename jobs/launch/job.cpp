#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "jobs/launch/job_state.h"
#include "jobs/launch/stop.h"
#include "jobs/stage/progress.h"
#include "kernels/base/hex.h"
#include "kernels/device/cpu.h"

namespace sealyard::launch {
namespace {

Backend parse_backend(std::string_view text, bool gpu) {
  if (text == "auto")
    return gpu && device::host_has(Backend::cuda) ? Backend::cuda : device::best_cpu();
  for (const auto backend : kBackends) {
    if (text != name(backend)) continue;
    if (!device::host_has(backend))
      throw Error(Fault::unsupported, "--backend {}: this host cannot run it", text);
    return backend;
  }
  throw Error(Fault::usage, "--backend: \"{}\", want auto, portable, sha-ni, avx512 or cuda", text);
}

}  // namespace

Start start_now() { return {stage::now_text(), std::chrono::steady_clock::now(), usage_now()}; }

void Job::State::read_options() {
  if (program.sectors == Sectors::maybe && options.given("--storage") != options.given("--sector"))
    throw Error(Fault::usage, "--storage and --sector go together");
  if (program.sectors != Sectors::none && program.sectors != Sectors::root) {
    for (const auto& word : options.at("--sector")) {
      const auto sector = parse_sector_id(word);
      if (std::find(sectors.begin(), sectors.end(), sector) != sectors.end())
        throw Error(Fault::usage, "--sector: {} is given twice", sector.text());
      sectors.push_back(sector);
    }
  }
  if (sectors.size() == 1) about = sectors;
  const auto& backends = options.at("--backend");
  backend = parse_backend(backends.empty() ? "auto" : backends.front(), program.gpu);
  device::use_at_most(backend);
  threads = environment.cpus;
  if (const auto& words = options.at("--threads"); !words.empty()) {
    const auto number = parse_number("--threads", words.front());
    if (number < 1 || number > 4096)
      throw Error(Fault::usage, "--threads: {}, want 1 to 4096", number);
    threads = static_cast<unsigned>(number);
  }
}

std::string Job::State::prefix() const {
  if (about.empty()) return {};
  if (about.size() == 1) return about.front().text() + ": ";
  return fmt::format("{} and {} more: ", about.front().text(), about.size() - 1);
}

void Job::State::measure(stage::Result& of, const Start& from) const {
  const auto now = usage_now();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - from.at;
  of.stage = program.stage;
  of.attempt = environment.attempt;
  of.backend = name(backend);
  of.threads = threads;
  of.started = from.text;
  of.ended = stage::now_text();
  of.seconds = std::round(seconds.count() * 1000) / 1000;
  of.peak_memory_bytes = now.peak_memory_bytes;
  of.read_bytes = now.read_bytes - from.usage.read_bytes;
  of.written_bytes = now.written_bytes - from.usage.written_bytes;
  of.version = version_text();
}

bool Job::has(std::string_view option) const { return state_.options.given(option); }

std::string Job::text(std::string_view option, std::string_view otherwise) const {
  const auto& words = state_.options.at(option);
  return words.empty() ? std::string(otherwise) : words.front();
}

std::vector<std::string> Job::list(std::string_view option) const {
  return state_.options.at(option);
}

std::uint64_t Job::number(std::string_view option, std::uint64_t otherwise) const {
  const auto& words = state_.options.at(option);
  return words.empty() ? otherwise : parse_number(option, words.front());
}

PorepConfig Job::porep() const {
  if (has("--proof-type")) return parse_porep(text("--proof-type"));
  if (!has("--porep-id") || !has("--sector-size") || !has("--api-version"))
    throw Error(Fault::usage,
                "want --proof-type, or all of --porep-id, --sector-size and --api-version");
  return raw_porep(parse_size(text("--sector-size")),
                   node_from_hex(text("--porep-id"), "--porep-id"),
                   parse_api_version(text("--api-version")));
}

std::filesystem::path Job::storage() const {
  return std::filesystem::absolute(text("--storage")).lexically_normal();
}

const std::vector<SectorId>& Job::sectors() const { return state_.sectors; }

SectorId Job::sector() const { return state_.sectors.at(0); }

std::string Job::recorded_cache_path(SectorId sector) const {
  if (has("--recorded-cache-path")) return text("--recorded-cache-path");
  return (storage() / "cache" / sector.text()).string();
}

Backend Job::backend() const { return state_.backend; }
unsigned Job::threads() const { return state_.threads; }
const Environment& Job::environment() const { return state_.environment; }
const stage::Attempt& Job::attempt() const { return state_.environment.attempt; }
ranks::Ranks& Job::ranks() const { return state_.ranks; }
std::string Job::version() const { return version_text(); }

std::string Job::lock_text() const {
  return fmt::format("{} {}", stage::program(state_.program.stage), attempt().text());
}

void Job::require_memory(std::uint64_t bytes) const {
  const auto have = environment().memory_bytes;
  if (have && *have < bytes)
    throw Error(Fault::configuration,
                "needs {} bytes of memory, the job has {}; submit with --mem={}M", bytes, *have,
                (bytes >> 20) + 1);
}

bool Job::stop_wanted() const { return stop_signal() != 0; }

void Job::throw_if_stopping() const {
  if (const int signal = stop_signal())
    throw Error(Fault::busy, "stopped by {}; run again to go on", signal_name(signal));
}

void Job::about(std::vector<SectorId> sectors) {
  state_.about = std::move(sectors);
  for (const auto sector : state_.about)
    if (!state_.starts.contains(sector)) state_.starts.emplace(sector, start_now());
  // Ranks that share one sector would write over each other: the first speaks for all.
  const bool speaks = state_.ranks.first() || state_.program.sectors == Sectors::many;
  state_.meter.start({.root = speaks && !state_.about.empty() ? storage() : std::filesystem::path(),
                      .sectors = speaks ? state_.about : std::vector<SectorId>{},
                      .attempt = attempt(),
                      .stage = std::string(state_.program.stage),
                      .bar = speaks && state_.ranks.alone() && ::isatty(STDERR_FILENO) == 1,
                      .line_every = std::chrono::seconds(environment().progress_s),
                      // Not log(): the meter calls this while it holds its own lock, and has no
                      // bar to end where it writes lines.
                      .line = [this, speaks](std::string_view line) {
                        if (speaks) spdlog::info("{}{}", state_.prefix(), line);
                      }});
}

void Job::progress(std::uint64_t done, std::uint64_t total, std::string_view unit,
                   std::string_view what) {
  state_.meter.update(done, total, unit, what);
}

void Job::log(std::string_view line) const {
  state_.meter.end_bar();
  spdlog::info("{}{}", state_.prefix(), line);
}

void Job::warn(std::string_view line) const {
  state_.meter.end_bar();
  spdlog::warn("{}{}", state_.prefix(), line);
}

stage::Result& Job::result(SectorId sector) {
  auto& result = state_.results[sector];
  result.stage = state_.program.stage;
  result.sector = sector;
  return result;
}

stage::Result& Job::result() { return state_.result; }

void Job::measure(SectorId sector) {
  const auto from = state_.starts.find(sector);
  state_.measure(result(sector), from == state_.starts.end() ? state_.start : from->second);
}

void Job::finish(SectorId sector, const std::function<void()>& fence) {
  measure(sector);
  stage::write(storage(), result(sector), fence);
  state_.meter.end(sector);
  state_.finished.push_back(sector);
}

void Job::keep(SectorId sector, stage::Result earlier) {
  result(sector) = std::move(earlier);
  state_.meter.end(sector);
  state_.finished.push_back(sector);
}

void Job::report(std::string_view key, std::string_view value) {
  state_.reported[std::string(key)] = value;
}
void Job::report(std::string_view key, std::uint64_t value) {
  state_.reported[std::string(key)] = value;
}
void Job::report(std::string_view key, double value) { state_.reported[std::string(key)] = value; }
void Job::report(std::string_view key, const Node& value) { report(key, to_hex(value)); }
void Job::report_json(std::string_view key, std::string_view json) {
  state_.reported[std::string(key)] = Json::parse(json);
}

}  // namespace sealyard::launch
