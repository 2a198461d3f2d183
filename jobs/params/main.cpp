// seal-params: makes, fetches, lists and checks Groth16 parameters.
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "jobs/launch/launch.h"
#include "jobs/params/check.h"
#include "jobs/params/fetch.h"
#include "jobs/params/folder.h"
#include "jobs/params/generate.h"
#include "kernels/groth16/identity.h"

namespace sealyard::params {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

fs::path folder(const launch::Job& job, std::string_view option) {
  if (job.has(option)) return fs::absolute(job.text(option)).lexically_normal();
  return default_folder([](const char* variable) { return std::getenv(variable); });
}

std::string option(const launch::Job& job, std::string_view name) {
  if (!job.has(name)) throw Error(Fault::usage, "{} is wanted", name);
  return job.text(name);
}

Manifest manifest_of(const launch::Job& job) {
  return Manifest(job.has("--manifest") ? fs::path(job.text("--manifest")) : installed_manifest());
}

Waste waste(const launch::Job& job) {
  const auto word = job.text("--toxic-waste", "drawn");
  if (word == "drawn") return Waste::drawn;
  if (word == "named") return Waste::named;
  throw Error(Fault::usage, "--toxic-waste: \"{}\", want drawn or named", word);
}

void generate(launch::Job& job) {
  const auto circuit = option(job, "--circuit");
  const auto size = parse_size(option(job, "--sector-size"));
  const auto from = waste(job);
  const auto set = set_of(circuit, size);
  const auto made = generate(
      set, folder(job, "--out"), from, job.threads(),
      [&](std::uint64_t bytes) { job.require_memory(bytes); },
      [&](std::uint64_t points, std::uint64_t of) {
        job.throw_if_stopping();
        job.progress(points, of, "points", circuit + " parameters");
      });
  job.warn(fmt::format("INSECURE: parameters for development only{}",
                       from == Waste::named ? ", made from numbers known to everybody" : ""));
  job.log(fmt::format("{}: {}", made.params.string(), made.found ? "was there" : "made"));
  for (const auto& [path, written] :
       {std::pair{made.params, made.params_written}, std::pair{made.key, made.key_written}}) {
    job.result().artefacts.push_back({path.string(), written.bytes, written.sha256});
    if (!job.flag("--json")) fmt::print("{}\n", path.string());
  }
  job.report("found", std::string_view(made.found ? "yes" : "no"));
}

// The sets asked for: of one circuit or of all.
std::vector<Set> sets(const launch::Job& job) {
  const auto size = parse_size(option(job, "--sector-size"));
  std::vector<Set> wanted;
  for (const std::string circuit : {"porep", "window", "winning", "update"})
    if (!job.has("--circuit")) wanted.push_back(set_of(circuit, size));
  if (job.has("--circuit")) wanted.push_back(set_of(job.text("--circuit"), size));
  return wanted;
}

Fetched fetch_file(launch::Job& job, Transfer& transfer, const Source& source,
                   const Manifest& manifest, const std::string& name, const fs::path& to) {
  const auto digest = manifest.digest(name);
  if (!digest)
    throw Error(Fault::usage,
                "{} ({}) is not in the manifest: there is no official one; make it "
                "with seal-params generate",
                name, describe(name));
  return fetch(transfer, source, name, *digest, to,
               {.progress =
                    [&](std::uint64_t done, std::uint64_t total) {
                      job.throw_if_stopping();
                      job.progress(done, std::max(total, done + 1), "bytes", name);
                    },
                .warn = [&](std::string_view line) { job.warn(line); }});
}

void fetch(launch::Job& job) {
  const Source source(option(job, "--from"));
  const auto wanted = sets(job);
  const auto to = folder(job, "--out");
  const auto manifest = manifest_of(job);
  make_folder(to);
  Transfer transfer;
  auto files = Json::array();
  for (const auto& set : wanted)
    for (const auto& name : {groth16::verifying_key_file(set.id), groth16::params_file(set.id)}) {
      if (job.flag("--only-keys") && name.ends_with(".params")) continue;
      const auto file = fetch_file(job, transfer, source, manifest, name, to);
      job.log(fmt::format("{}: {}", file.path.string(), file.found ? "was there" : "fetched"));
      files.push_back({{"name", name},
                       {"set", describe(name)},
                       {"bytes", fs::file_size(file.path)},
                       {"found", file.found},
                       {"resumed_at", file.resumed_at}});
      if (!file.found)
        job.result().artefacts.push_back(
            {file.path.string(), file.written.bytes, file.written.sha256});
      if (!job.flag("--json")) fmt::print("{}\n", file.path.string());
    }
  job.report("folder", to.string());
  job.report_json("params", files.dump());
}

void list(launch::Job& job) {
  const auto from = folder(job, "--params");
  auto found = Json::array();
  for (const auto& path : files_in(from)) {
    const auto name = path.filename().string(), set = describe(name);
    const auto bytes = fs::file_size(path);
    found.push_back({{"name", name}, {"set", set}, {"bytes", bytes}});
    if (!job.flag("--json")) fmt::print("{:<16} {:>13} {}\n", set, bytes, name);
  }
  job.report("folder", from.string());
  job.report_json("params", found.dump());
}

void check(launch::Job& job) {
  const auto from = folder(job, "--params");
  const auto manifest = manifest_of(job);
  const auto files = files_in(from);
  if (files.empty())
    throw Error(Fault::missing, "{}: no parameters in it; make them with seal-params generate",
                from.string());
  auto found = Json::array();
  std::vector<std::string> flaws;
  for (const auto& path : files) {
    job.throw_if_stopping();
    job.progress(found.size(), files.size(), "files", "checking");
    const auto name = path.filename().string();
    std::string verdict = "bad";
    try {
      verdict = text(check(path, manifest, job.threads()));
    } catch (const Error& error) {
      if (error.fault() != Fault::corrupt && error.fault() != Fault::configuration) throw;
      job.warn(error.what());
      flaws.push_back(error.what());
    }
    found.push_back({{"name", name}, {"set", describe(name)}, {"origin", verdict}});
    if (!job.flag("--json")) fmt::print("{:<11} {}\n", verdict, name);
  }
  if (!flaws.empty())
    throw Error(Fault::corrupt, "{} of {} files are bad: {}", flaws.size(), files.size(),
                flaws.front());
  job.report("folder", from.string());
  job.report_json("params", found.dump());
}

void work(launch::Job& job) {
  const auto verb = job.text("VERB");
  if (verb == "generate") return generate(job);
  if (verb == "fetch") return fetch(job);
  if (verb == "list") return list(job);
  check(job);
}

}  // namespace
}  // namespace sealyard::params

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{
      .stage = stage::kParams,
      .summary =
          "Makes, fetches, lists and checks Groth16 parameters, in files like the reference's",
      .sectors = launch::Sectors::none};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.verbs({"generate", "fetch", "list", "check"},
                      "generate a set for development, fetch official files, list what is there, "
                      "check it");
        options.text("--circuit",
                     "generate, fetch: porep, window, winning or update (fetch: default all)");
        options.text("--sector-size", "generate, fetch: as 2KiB or 2048");
        options.text("--out", "generate, fetch: folder (default: as --params)");
        options.text("--toxic-waste",
                     "generate: drawn (default) from the system's CSPRNG and wiped, or named: "
                     "known to everybody, the same files everywhere");
        options.text("--params",
                     "list, check: folder (default: $SEALYARD_PARAMS, "
                     "$FIL_PROOFS_PARAMETER_CACHE, ~/.cache/sealyard/params)");
        options.text("--manifest", "check, fetch: parameters.json (default: the one installed)");
        options.text("--from", "fetch: a folder, http://... or https://... that has the files");
        options.flag("--only-keys", "fetch: the .vk files, enough to verify proofs");
        options.only_with("generate", {"--circuit", "--sector-size", "--out", "--toxic-waste"});
        options.only_with("fetch", {"--circuit", "--sector-size", "--out", "--from", "--only-keys",
                                    "--manifest"});
        options.only_with("check", {"--manifest"});
        options.exclusive({"--out", "--params"});
      },
      params::work);
}
