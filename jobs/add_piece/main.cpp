// seal-add-piece: client files, padded, into the unsealed file of a new sector.
#include "jobs/add_piece/fill.h"
#include "jobs/add_piece/plan.h"
#include "jobs/launch/launch.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/stage/stage.h"
#include "jobs/templates/templates.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/piece/piece.h"

namespace sealyard::add_piece {
namespace {

namespace fs = std::filesystem;

// CommP of 127 zero bytes. Source: filecoin-proofs/src/pieces.rs, tests.
void self_test(Backend backend) {
  const auto want = "3731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333";
  piece::CommP builder(backend);
  builder.add(std::vector<Node>(4));
  if (const auto found = to_hex(builder.finish().comm_p); found != want)
    throw Error(Fault::internal, "piece: {} gives CommP {}, want {}", name(backend), found, want);
}

Progress progress(launch::Job& job, const PorepConfig& porep) {
  return [&job, total = porep.sector_bytes](std::uint64_t done) {
    job.throw_if_stopping();
    job.progress(done, total, "bytes", "pieces");
  };
}

bool same_layout(const std::vector<sector::Piece>& pieces, const std::vector<Slot>& slots) {
  return std::equal(pieces.begin(), pieces.end(), slots.begin(), slots.end(),
                    [](const sector::Piece& piece, const Slot& slot) {
                      return piece.unpadded_bytes == slot.unpadded_bytes &&
                             piece.data_bytes == (slot.source ? slot.source->bytes : 0);
                    });
}

// The sector's data as recorded by an earlier run, when they are what is asked for now.
bool done_before(launch::Job& job, const sector::Folder& folder, const sector::Manifest& manifest,
                 const std::vector<Slot>& slots) {
  if (manifest.porep != folder.porep() || !same_layout(manifest.pieces, slots)) return false;
  const auto pieces = fill(slots, nullptr, job.backend(), progress(job, folder.porep()));
  return std::equal(pieces.begin(), pieces.end(), manifest.pieces.begin(),
                    [](const auto& a, const auto& b) { return a.comm_p == b.comm_p; });
}

// The artefact of the earlier run, when the file still has its bytes.
bool still_there(const sector::Folder& folder, const stage::Result& result) {
  try {
    return folder.has(folder.unsealed()) && !result.artefacts.empty() &&
           sector::digest(folder.unsealed().path).sha256 == result.artefacts[0].sha256;
  } catch (const Error&) {
    return false;  // of another length or unreadable: written again
  }
}

void declare(launch::Job& job, const sector::Manifest& manifest, const stage::Artefact& unsealed) {
  auto& result = job.result(manifest.id);
  result.proof_type = manifest.porep.name();
  for (std::size_t i = 0; i < manifest.pieces.size(); ++i) {
    const auto& piece = manifest.pieces[i];
    result.commitments[fmt::format("comm_p_{}", i)] = piece.comm_p;
    result.inputs[fmt::format("piece_{}", i)] =
        fmt::format("{} unpadded bytes, {} of {}", piece.unpadded_bytes, piece.data_bytes,
                    piece.file.empty() ? "zeros" : piece.file);
  }
  result.commitments["comm_d"] = manifest.comm_d.value();
  result.artefacts = {unsealed};
}

// Anything that was made from the data: then these may not change any more.
bool went_on(const sector::Manifest& manifest) {
  return manifest.replica_id || manifest.comm_r || manifest.stage(stage::kPc1);
}

// The zeros of a sector without pieces, out of the template of its size where there is one.
std::optional<sector::Written> take_template(launch::Job& job, const sector::Folder& folder,
                                             const sector::Lock& lock) {
  using templates::Kind;
  const auto ready = templates::find(folder.root(), Kind::unsealed, folder.porep());
  if (!ready) return std::nullopt;
  const auto target = folder.unsealed().path;
  const auto how = templates::place(folder.root(), Kind::unsealed, folder.porep(), *ready, target,
                                    folder.temporary(target), &lock);
  job.log(fmt::format("zeros from the template, by {}", templates::name(how)));
  return ready;
}

sector::Manifest write(launch::Job& job, const sector::Folder& folder, const sector::Lock& lock,
                       const std::vector<Slot>& slots) {
  const auto& porep = folder.porep();
  const auto target = folder.unsealed();
  sector::require_space(target.path.parent_path(), porep.sector_bytes);
  stage::remove_result(folder.root(), folder.id(), stage::kAddPiece);
  sector::Manifest manifest;
  manifest.id = folder.id();
  manifest.porep = porep;
  std::optional<sector::Written> written;
  if (job.flag("--cc")) written = take_template(job, folder, lock);
  if (written) {
    manifest.pieces = fill(slots, nullptr, job.backend(), progress(job, porep));
  } else {
    sector::Output output(target.path, folder.temporary(target.path),
                          {.expected_bytes = porep.sector_bytes});
    manifest.pieces = fill(slots, &output, job.backend(), progress(job, porep));
    written = output.commit(&lock);
  }
  manifest.comm_d = comm_d(porep, manifest.pieces);
  declare(job, manifest, artefact(folder, target.path, *written));
  return manifest;
}

void work(launch::Job& job) {
  if (job.has("--piece") == job.has("--cc"))
    throw Error(Fault::usage, "want --piece FILE[:UNPADDED_BYTES] ... or --cc");
  const auto porep = job.porep();
  const auto slots = plan(porep, job.list("--piece"));
  const sector::Folder folder(job.storage(), job.sector(), porep);
  if (stage::read_result(folder.root(), folder.id(), stage::kFinalize))
    throw Error(Fault::usage, "the sector is sealed and moved away; a number is used once");
  folder.create();
  const sector::Lock lock(folder, job.lock_text());
  folder.clear_dead_attempts(lock);

  std::optional<sector::Manifest> earlier;
  if (fs::exists(folder.manifest())) earlier = sector::read_manifest(folder);
  const auto* before = earlier ? earlier->stage(stage::kAddPiece) : nullptr;
  const bool same = before && done_before(job, folder, *earlier, slots);
  if (earlier && went_on(*earlier) && !same)
    throw Error(Fault::usage,
                "the sector already holds other pieces (CommD {}) and PC1 is done; pieces cannot "
                "change any more",
                earlier->comm_d ? to_hex(*earlier->comm_d) : "unknown");
  if (same && (earlier->comm_r || still_there(folder, *before))) {
    job.log("these pieces are in the sector already");
    declare(job, *earlier, before->artefacts.at(0));
    job.finish(folder.id(), [&] { lock.check(); });
    return;
  }
  auto manifest = write(job, folder, lock, slots);
  if (same) {  // the file was lost or damaged, everything made from it is still right
    for (const auto& result : earlier->stages)
      if (result.stage != stage::kAddPiece) manifest.record(result);
    manifest.ticket = earlier->ticket;
    manifest.replica_id = earlier->replica_id;
  }
  job.measure(folder.id());
  manifest.record(job.result(folder.id()));
  sector::write_manifest(folder, manifest, lock);
  job.finish(folder.id(), [&] { lock.check(); });
}

}  // namespace
}  // namespace sealyard::add_piece

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kAddPiece,
                                .summary = "Puts client files or zeros into a new sector",
                                .self_test = add_piece::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.proof_type();
        options.list("--piece", "FILE[:UNPADDED_BYTES], in the order they lie in the sector");
        options.flag("--cc", "No pieces: zeros (committed capacity)");
        options.exclusive({"--piece", "--cc"});
      },
      add_piece::work);
}
