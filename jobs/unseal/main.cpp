// seal-unseal: client bytes out of a replica, by computing its labels again.
#include "jobs/launch/launch.h"
#include "jobs/parent_cache/parent_cache.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/mapping.h"
#include "jobs/sector/output.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/stage.h"
#include "jobs/unseal/decode.h"
#include "jobs/unseal/last_layer.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/label/label.h"

namespace sealyard::unseal {
namespace {

namespace fs = std::filesystem;

// What the labels of a sector are a function of.
struct Order {
  PorepConfig porep;
  Node ticket, comm_d, replica_id;
};

// One value from the command line, the manifest, or both when they agree.
Node value(const launch::Job& job, std::string_view option, const std::optional<Node>& recorded,
           std::string_view maker) {
  if (!job.has(option)) {
    if (recorded) return *recorded;
    throw Error(Fault::missing, "no {} on record; run {} first, or give {}", option.substr(2),
                maker, option);
  }
  const auto given = node_from_hex(job.text(option), option);
  if (recorded && *recorded != given)
    throw Error(Fault::corrupt, "{} is {}, on record is {}", option, to_hex(given),
                to_hex(*recorded));
  return given;
}

bool describes_porep(const launch::Job& job) {
  return job.has("--proof-type") || job.has("--porep-id");
}

Order read_order(const launch::Job& job) {
  sector::Manifest manifest;
  const sector::Folder names(job.storage(), job.sector(), {});
  if (fs::exists(names.manifest()) || !describes_porep(job)) {
    manifest = sector::read_manifest(names);
    if (describes_porep(job) && job.porep() != manifest.porep)
      throw Error(Fault::corrupt, "the sector is of {}, asked for {}", manifest.porep.name(),
                  job.porep().name());
  } else {
    manifest.porep = job.porep();
  }
  Order order;
  order.porep = manifest.porep;
  order.comm_d = value(job, "--comm-d", manifest.comm_d, "seal-add-piece");
  order.ticket = value(job, "--ticket", manifest.ticket, "seal-pc1");
  const auto id = job.sector();
  order.replica_id = label::replica_id(label::prover_id(id.miner), id.number, order.ticket,
                                       order.comm_d, order.porep.porep_id);
  if (manifest.replica_id && *manifest.replica_id != order.replica_id)
    throw Error(Fault::corrupt, "replica id is {}, on record is {}", to_hex(order.replica_id),
                to_hex(*manifest.replica_id));
  return order;
}

Range read_range(const launch::Job& job, const PorepConfig& porep) {
  const auto all = porep.unpadded_bytes();
  const auto offset = job.number("--offset");
  if (offset >= all)
    throw Error(Fault::usage, "--offset {}: the sector holds {} unpadded bytes", offset, all);
  const auto length = job.number("--length", all - offset);
  if (length == 0 || length > all - offset)
    throw Error(Fault::usage, "--length {}: {} bytes follow offset {}, want 1 to {}", length,
                all - offset, offset, all - offset);
  return {offset, length};
}

LastLayer last_layer(launch::Job& job, const sector::Folder& folder, const Order& order) {
  if (auto found = LastLayer::find(folder, order.replica_id)) {
    job.log("the last layer is still there and has its recorded digest");
    return std::move(*found);
  }
  job.require_memory(stage::resources(stage::kUnseal, order.porep, job.backend()).memory_bytes);
  const auto progress = [&](std::string_view what) {
    return [&job, what](std::uint64_t done, std::uint64_t total) {
      job.throw_if_stopping();
      job.progress(done, total, "nodes", what);
    };
  };
  auto parents =
      parent_cache::Parents::open_or_create(job.text("--parents", job.environment().parents_folder),
                                            order.porep, job.threads(), progress("parents cache"));
  job.log("parents: " + parents.text());
  return LastLayer::compute(order.porep, order.replica_id, parents, job.share(),
                            progress("labels"));
}

void work(launch::Job& job) {
  const auto order = read_order(job);
  const auto range = read_range(job, order.porep);
  const auto out = fs::absolute(job.text("--out")).lexically_normal();
  const sector::Folder folder(job.storage(), job.sector(), order.porep);
  const auto replica = sector::Mapping::read(folder, folder.sealed());
  sector::require_space(out.parent_path(), range.length);
  const auto layer = last_layer(job, folder, order);

  sector::Output output(out, sector::Output::beside(out), {.expected_bytes = range.length});
  const auto comm_d =
      decode(replica.nodes(), layer.nodes(), range, output, job.backend(), [&](std::uint64_t done) {
        job.throw_if_stopping();
        job.progress(done, order.porep.sector_bytes, "bytes", "decoding");
      });
  if (comm_d != order.comm_d)
    throw Error(Fault::corrupt,
                "the replica decodes to CommD {}, want {}: {}; wrong ticket or damaged replica",
                to_hex(comm_d), to_hex(order.comm_d), folder.sealed().path.string());
  const auto written = output.commit();

  auto& result = job.result(folder.id());
  result.proof_type = order.porep.name();
  result.inputs = {{"ticket", to_hex(order.ticket)},
                   {"offset", std::to_string(range.offset)},
                   {"length", std::to_string(range.length)}};
  result.commitments = {{"comm_d", comm_d}, {"replica_id", order.replica_id}};
  result.artefacts = {{out.string(), written.bytes, written.sha256}};
  job.finish(folder.id(), [] {});
}

}  // namespace
}  // namespace sealyard::unseal

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kUnseal,
                                .summary = "Writes the client bytes of a sealed sector to a file"};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("--out", "File that gets the unpadded bytes", launch::Options::Need::required);
        options.number("--offset", "First unpadded byte (0)");
        options.number("--length", "Number of unpadded bytes (all that follow)");
        options.text("--ticket", "Sealing ticket, 64 hex digits, when no manifest has it");
        options.text("--comm-d", "CommD, 64 hex digits, when no manifest has it");
        options.text("--parents", "Folder of the parents caches");
        options.proof_type();
      },
      unseal::work);
}
