#include "jobs/proving/post.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "jobs/params/folder.h"
#include "jobs/params/manifest.h"
#include "jobs/proving/prove.h"
#include "jobs/proving/sectors.h"
#include "jobs/sector/output.h"
#include "jobs/stage/post_order.h"
#include "jobs/stage/post_result.h"
#include "jobs/stage/progress.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/field/fr.h"
#include "kernels/groth16/gpu.h"
#include "kernels/groth16/verify.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/verify/post.h"

namespace sealyard::proving {
namespace {

namespace fs = std::filesystem;
using challenges::Post;

// All that is said on the command line and in the order.
struct Request {
  stage::PostOrder order;
  Post kind = Post::window;
  Place place;
  fs::path out, vanilla_out;
  std::string fixed_randomness;
  bool vanilla_only = false;
  std::optional<std::size_t> partition;
  Limits limits;
  std::uint64_t gap_nodes = post::kGapNodes;
  std::size_t sectors_per_proof = 0;
};

fs::path path(const launch::Job& job, std::string_view option) {
  return fs::absolute(job.text(option)).lexically_normal();
}

std::chrono::milliseconds seconds(const launch::Job& job, std::string_view option,
                                  std::chrono::milliseconds otherwise) {
  return job.has(option) ? std::chrono::seconds(job.number(option)) : otherwise;
}

// Operators of the reference hold its readers back with RAYON_NUM_THREADS.
unsigned readers(const launch::Job& job, unsigned otherwise) {
  constexpr unsigned kMost = 4096;
  if (job.has("--readers")) {
    const auto given = job.number("--readers");
    if (given < 1 || given > kMost)
      throw Error(Fault::usage, "--readers: {}, want 1 to {}", given, kMost);
    return static_cast<unsigned>(given);
  }
  const char* variable = std::getenv("RAYON_NUM_THREADS");
  const std::string_view text = variable ? variable : "";
  if (text.empty() || text == "0") return otherwise;
  unsigned given = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
  if (error != std::errc() || end != text.data() + text.size() || given > kMost)
    throw Error(Fault::configuration, "RAYON_NUM_THREADS={}: want a whole number up to {}", text,
                kMost);
  return given;
}

Limits limits(const launch::Job& job) {
  Limits limits;
  limits.one_read = seconds(job, "--read-timeout", limits.one_read);
  limits.all_reads = seconds(job, "--read-budget", limits.all_reads);
  limits.readers = readers(job, limits.readers);
  return limits;
}

std::size_t sectors_per_proof(const stage::PostOrder& order, Post kind) {
  return kind == Post::winning ? 1 : shape_of(kind, order.sector_bytes).sectors;
}

std::size_t partitions(std::size_t sectors, std::size_t per_proof) {
  return (sectors + per_proof - 1) / per_proof;
}

Request read_request(const launch::Job& job, bool only_winning) {
  Request request;
  const auto file = path(job, "--order");
  request.order = stage::parse_post_order(sector::read_file(file), file.string());
  request.kind = challenges::parse_post(request.order.kind);
  if (only_winning && request.kind != Post::winning)
    throw Error(Fault::usage, "{}: kind is {}, want winning; use seal-window-post", file.string(),
                request.order.kind);
  request.out = path(job, "--out");
  if (job.has("--vanilla-out")) request.vanilla_out = path(job, "--vanilla-out");
  request.vanilla_only = job.flag("--vanilla-only");
  request.fixed_randomness = job.text("--fixed-randomness");
  request.place.manifest =
      job.has("--manifest") ? path(job, "--manifest") : params::installed_manifest();
  if (!request.vanilla_only)
    request.place.params =
        job.has("--params")
            ? path(job, "--params")
            : params::default_folder([](const char* variable) { return std::getenv(variable); });
  request.limits = limits(job);
  if (job.flag("--no-merged-reads")) request.gap_nodes = 0;
  request.sectors_per_proof = sectors_per_proof(request.order, request.kind);
  return request;
}

void read_partition(const launch::Job& job, Request& request) {
  if (!job.has("--partition")) return;
  const auto count = partitions(request.order.sectors.size(), request.sectors_per_proof);
  request.partition = job.number("--partition");
  if (*request.partition >= count)
    throw Error(Fault::usage, "--partition: {}, the order has 0 to {}", *request.partition,
                count - 1);
}

// CommR of the chain is never zero; a proof could not be verified.
void require_commitments(const stage::PostOrder& order) {
  for (const auto& sector : order.sectors)
    if (sector.comm_r == Node{} || !field::is_canonical(sector.comm_r))
      throw Error(Fault::usage, "sector {}: comm_r {} is {}", sector.number, to_hex(sector.comm_r),
                  sector.comm_r == Node{} ? "zero" : "no field element");
}

void announce(launch::Job& job, const Request& request, const Prover& prover) {
  if (!prover.development() && !request.fixed_randomness.empty())
    throw Error(Fault::usage, "--fixed-randomness: known to everybody, and {} is official",
                prover.key().file.filename().string());
  if (prover.development()) job.warn(params::insecure_line(prover.key()));
}

using Sectors = std::span<const post::SectorProof>;

// The proofs [begin, end) of the order's partition k, of what could be read.
Sectors partition(const Request& request, const Readable& readable, std::size_t k) {
  const auto rest = Sectors(readable.proofs).subspan(k * request.sectors_per_proof);
  return rest.first(std::min(rest.size(), request.sectors_per_proof));
}

std::vector<circuit::PostSector> for_circuit(const Request& request, Sectors sectors) {
  if (request.kind == Post::winning) return circuit::one_challenge_each(sectors[0].sector);
  std::vector<circuit::PostSector> out;
  for (const auto& sector : sectors) out.push_back(sector.sector);
  return out;
}

// What a verifier knows: the order without those that were skipped.
verify::Post statement(const Request& request, const Readable& readable) {
  verify::Post post{.kind = request.kind,
                    .sector_bytes = request.order.sector_bytes,
                    .miner = request.order.miner,
                    .randomness = request.order.randomness,
                    .sectors = {}};
  for (const auto& proof : readable.proofs) post.sectors[proof.number] = proof.sector.comm_r;
  return post;
}

std::vector<std::uint8_t> prove(launch::Job& job, const Request& request, const Prover& prover,
                                const Readable& readable, std::span<const std::size_t> wanted) {
  const auto inputs = verify::inputs(statement(request, readable));
  std::vector<std::uint8_t> proof;
  for (const auto k : wanted) {
    job.throw_if_stopping();
    job.progress(proof.size() / groth16::kProofBytes, wanted.size(), "partitions", "proving");
    const auto one = prover.prove(for_circuit(request, partition(request, readable, k)),
                                  request.fixed_randomness, static_cast<unsigned>(k));
    if (const auto why = groth16::refusal(prover.key().key, std::span(inputs).subspan(k, 1), one))
      throw Error(Fault::internal, "partition {}: a proof of ours does not hold: {}", k, *why);
    proof.insert(proof.end(), one.begin(), one.end());
  }
  return proof;
}

// A result of an earlier attempt must not be taken for that of this one.
void remove_old(const fs::path& out) {
  std::error_code error;
  fs::remove(out, error);
  if (error) throw Error(Fault::io, "cannot remove {}: {}", out.string(), error.message());
}

void write_vanilla(const fs::path& folder, Sectors sectors) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(Fault::io, "cannot make {}: {}", folder.string(), error.message());
  for (const auto& sector : sectors) {
    const auto bytes = post::encode(sector);
    sector::write_file(folder / fmt::format("vanilla-{}.bin", sector.number),
                       {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
}

class Stopwatch {
 public:
  std::string started = stage::now_text();
  double seconds() const {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    return std::round(passed.count() * 1000) / 1000;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void report(launch::Job& job, const stage::PostResult& result) {
  if (!job.flag("--json"))
    for (const auto& [number, reason] : result.skipped)
      fmt::print("skipped {} {}\n", number, reason);
  if (!job.flag("--json") && !result.proof.empty()) fmt::print("proof {}\n", to_hex(result.proof));
  job.report("proof", to_hex(result.proof));
  job.report_json("post", stage::to_json(result));
}

// On the first rank: everything behind the reading.
void conclude(launch::Job& job, const Request& request, const Prover* prover, Readable readable,
              const Stopwatch& clock) {
  for (const auto& [number, reason] : readable.skipped)
    job.warn(fmt::format("sector {} is skipped: {}", number, reason));
  std::vector<std::size_t> wanted;
  const auto count = partitions(readable.proofs.size(), request.sectors_per_proof);
  for (std::size_t k = 0; k < count; ++k)
    if (!request.partition || *request.partition == k) wanted.push_back(k);

  stage::PostResult result{.kind = request.order.kind,
                           .sector_bytes = request.order.sector_bytes,
                           .miner = request.order.miner,
                           .randomness = challenges::post_randomness(request.order.randomness),
                           .partitions = count,
                           .partition = request.partition,
                           .proof = {},
                           .sectors = {},
                           .skipped = std::move(readable.skipped),
                           .params = {},
                           .reads = readable.reads,
                           .read_bytes = readable.read_bytes,
                           .attempt = job.attempt(),
                           .started = clock.started,
                           .ended = {},
                           .seconds = 0,
                           .version = job.version()};
  for (const auto k : wanted) {
    const auto sectors = partition(request, readable, k);
    for (const auto& sector : sectors) result.sectors.push_back(sector.number);
    if (!request.vanilla_out.empty()) write_vanilla(request.vanilla_out, sectors);
  }
  if (prover && !wanted.empty()) {
    result.proof = prove(job, request, *prover, readable, wanted);
    result.params = params::text(prover->key().origin);
  }
  result.ended = stage::now_text();
  result.seconds = clock.seconds();
  stage::write(request.out, result);
  report(job, result);
  if (readable.proofs.empty())
    throw Error(Fault::corrupt, "none of {} sectors can be proven; the reasons are in {}",
                request.order.sectors.size(), request.out.string());
  if (wanted.empty())
    job.warn(fmt::format("{} sectors were skipped, there is no partition {} any more",
                         result.skipped.size(), *request.partition));
}

}  // namespace

void self_test(Backend backend) {
  const auto* want = "d413460e7f14e58b413d1defe188d36fb761afe5c6a733db6c6f1931130bfe48";
  if (const auto found = to_hex(poseidon::hash(std::array<Node, 2>{})); found != want)
    throw Error(Fault::internal, "poseidon: {}, want {}", found, want);
  groth16::self_test(backend);
}

void declare(launch::Options& options) {
  options.text("--order", "JSON file: kind, miner, randomness, sectors with CommR and paths",
               launch::Options::Need::required);
  options.text("--out", "File for the result, JSON: proof and skipped sectors",
               launch::Options::Need::required);
  options.text("--params",
               "Folder of the parameters (default: $SEALYARD_PARAMS, "
               "$FIL_PROOFS_PARAMETER_CACHE, ~/.cache/sealyard/params)");
  options.text("--manifest",
               "parameters.json of the official parameters (default: the one installed)");
  options.text("--vanilla-out", "Folder for the vanilla proofs, vanilla-<number>.bin");
  options.flag("--vanilla-only", "Read and check the sectors, prove nothing; wants no parameters");
  options.text("--fixed-randomness",
               "Name of a case: blinding known to everybody, the same proof every time; "
               "development parameters only");
  options.number("--readers", "Sectors read at a time by a rank (default: $RAYON_NUM_THREADS, 32)");
  options.number("--read-timeout", "Seconds for one read, 0 for any time (default: 30)");
  options.number("--read-budget", "Seconds for all reads, 0 for any time (default: 1200)");
  options.flag("--no-merged-reads", "One read for each part of a file that is wanted");
}

void declare_partition(launch::Options& options) {
  options.number("--partition", "Only this partition of the order, from 0");
}

void work(launch::Job& job, bool only_winning) {
  const Stopwatch clock;
  auto request = read_request(job, only_winning);
  if (!only_winning) read_partition(job, request);
  require_commitments(request.order);
  std::optional<Prover> prover;
  if (job.ranks().first() && !request.vanilla_only) {
    prover.emplace(job, request.kind, request.order.sector_bytes, request.place);
    announce(job, request, *prover);
  }
  if (job.ranks().first()) remove_old(request.out);
  const auto enough = request.partition ? (*request.partition + 1) * request.sectors_per_proof
                                        : std::numeric_limits<std::size_t>::max();
  auto readable =
      read_sectors(job, {request.order, request.kind, enough, request.limits, request.gap_nodes});
  if (job.ranks().first())
    conclude(job, request, prover ? &*prover : nullptr, std::move(readable), clock);
}

}  // namespace sealyard::proving
