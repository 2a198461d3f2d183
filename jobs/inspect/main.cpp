// seal-inspect: prints a sector's manifest and, when asked, compares every file with it.
#include <filesystem>
#include <map>

#include "jobs/launch/launch.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/manifest_json.h"
#include "jobs/sector/output.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::inspect {
namespace {

namespace fs = std::filesystem;

void print_node(std::string_view name, const std::optional<Node>& node) {
  fmt::print("{:<12} {}\n", name, node ? to_hex(*node) : "-");
}

void print_stage(const stage::Result& stage) {
  fmt::print("\n{:<12} {} to {} ({} s), {}, {}\n", stage.stage, stage.started, stage.ended,
             stage.seconds, stage.version, stage.attempt.text());
  fmt::print("{:<12} backend {}, {} cores, peak {} bytes, read {}, written {}\n", "", stage.backend,
             stage.threads, stage.peak_memory_bytes, stage.read_bytes, stage.written_bytes);
  for (const auto& [name, text] : stage.inputs) fmt::print("{:<12} {}: {}\n", "", name, text);
  for (const auto& artefact : stage.artefacts)
    fmt::print("{:<12} {} {} {}\n", "", to_hex(artefact.sha256), artefact.bytes, artefact.name);
}

void print(const sector::Manifest& manifest) {
  fmt::print("{:<12} {}\n{:<12} {} ({})\n", "sector", manifest.id.text(), "proof type",
             manifest.porep.name(), size_text(manifest.porep.sector_bytes));
  print_node("ticket", manifest.ticket);
  print_node("replica id", manifest.replica_id);
  print_node("CommD", manifest.comm_d);
  print_node("CommC", manifest.comm_c);
  print_node("CommRLast", manifest.comm_r_last);
  print_node("CommR", manifest.comm_r);
  for (std::size_t i = 0; i < manifest.pieces.size(); ++i) {
    const auto& piece = manifest.pieces[i];
    fmt::print(
        "{:<12} {} {} unpadded bytes, {}\n", fmt::format("piece {}", i), to_hex(piece.comm_p),
        piece.unpadded_bytes,
        piece.file.empty() ? "zeros" : fmt::format("{} of {}", piece.data_bytes, piece.file));
  }
  for (const auto& stage : manifest.stages) print_stage(stage);
}

// How a file differs from its record; empty when it does not, or is no longer kept.
std::string difference(const fs::path& path, const stage::Artefact& artefact) {
  if (!fs::exists(path)) return "";
  const auto found = sector::digest(path);
  if (found.bytes != artefact.bytes)
    return fmt::format("{} is {} bytes, want {}", artefact.name, found.bytes, artefact.bytes);
  if (found.sha256 != artefact.sha256)
    return fmt::format("{} has SHA-256 {}, want {}", artefact.name, to_hex(found.sha256),
                       to_hex(artefact.sha256));
  return "";
}

// Every file on record that is still there, the newest record of each (U-13).
void verify(launch::Job& job, const sector::Manifest& manifest) {
  std::map<std::string, stage::Artefact> newest;
  for (const auto& stage : manifest.stages)
    for (const auto& artefact : stage.artefacts) newest[artefact.name] = artefact;
  std::uint64_t checked = 0, done = 0;
  std::vector<std::string> differences;
  for (const auto& [name, artefact] : newest) {
    job.throw_if_stopping();
    job.progress(++done, newest.size(), "files", name);
    const auto path = job.storage() / name;
    if (fs::exists(path)) ++checked;
    const auto text = difference(path, artefact);
    if (text.empty()) continue;
    job.warn(text);
    differences.push_back(text);
  }
  job.report("files_checked", checked);
  job.report("files_bad", std::uint64_t{differences.size()});
  job.log(fmt::format("{} of {} files on record are here, {} differ", checked, newest.size(),
                      differences.size()));
  if (!differences.empty())
    throw Error(Fault::corrupt, "{} of {} files differ from the manifest; first: {}",
                differences.size(), checked, differences.front());
}

void work(launch::Job& job) {
  const sector::Folder folder(job.storage(), job.sector(), {});
  const auto manifest = sector::read_manifest(folder);
  if (job.flag("--json"))
    job.report_json("manifest", sector::to_json(manifest));
  else
    print(manifest);
  if (job.flag("--verify")) verify(job, manifest);
}

}  // namespace
}  // namespace sealyard::inspect

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kInspect,
                                .summary = "Prints what is on record of a sector"};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.flag("--verify", "Read every file on record and compare its SHA-256");
      },
      inspect::work);
}
