// seal-verify: does a proof show what it is said to show? Needs a verifying key and nothing else.
#include <cstdlib>

#include "jobs/launch/launch.h"
#include "jobs/params/folder.h"
#include "jobs/params/key.h"
#include "jobs/sector/output.h"
#include "jobs/stage/post_order.h"
#include "kernels/base/hex.h"
#include "kernels/verify/post.h"
#include "kernels/verify/seal.h"
#include "kernels/verify/update.h"

namespace sealyard::verify {
namespace {

namespace fs = std::filesystem;

// Far above the largest: a WindowPoSt of all sectors of a message is 3 partitions.
constexpr std::uint64_t kMostProofBytes = 1 << 20;

std::string wanted(const launch::Job& job, std::string_view name) {
  if (!job.has(name)) throw Error(Fault::usage, "{} is wanted", name);
  return job.text(name);
}

Node node(const launch::Job& job, std::string_view name) {
  return node_from_hex(wanted(job, name), name);
}

std::uint64_t number(const launch::Job& job, std::string_view name) {
  wanted(job, name);
  return job.number(name);
}

fs::path path(const launch::Job& job, std::string_view name) {
  return fs::absolute(wanted(job, name)).lexically_normal();
}

// No input of a non-interactive proof depends on the seed; the chain gives one all the same.
Seal seal_claim(const launch::Job& job) {
  Seal seal{.porep = job.porep(),
            .sector = {number(job, "--miner"), number(job, "--number")},
            .comm_d = node(job, "--comm-d"),
            .comm_r = node(job, "--comm-r"),
            .ticket = node(job, "--ticket"),
            .seed = {}};
  if (job.has("--seed") || seal.porep.feature != PorepFeature::non_interactive)
    seal.seed = node(job, "--seed");
  return seal;
}

Post post_claim(const launch::Job& job, std::string_view verb) {
  const auto file = path(job, "--order");
  const auto order = stage::parse_post_order(sector::read_file(file), file.string());
  const auto kind = challenges::parse_post(order.kind);
  if ((kind == challenges::Post::winning) != (verb == "winning"))
    throw Error(Fault::usage, "{}: an order of kind {} for seal-verify {}", file.string(),
                order.kind, verb);
  Post post{.kind = kind,
            .sector_bytes = order.sector_bytes,
            .miner = order.miner,
            .randomness = order.randomness,
            .sectors = {}};
  for (const auto& sector : order.sectors) post.sectors[sector.number] = sector.comm_r;
  return post;
}

Update update_claim(const launch::Job& job) {
  return {.sector_bytes = parse_size(wanted(job, "--sector-size")),
          .comm_r_old = node(job, "--comm-r-old"),
          .comm_r_new = node(job, "--comm-r-new"),
          .comm_d_new = node(job, "--comm-d-new")};
}

std::vector<std::uint8_t> read_proof(const launch::Job& job) {
  const auto text = sector::read_file(path(job, "--proof"), kMostProofBytes);
  return {text.begin(), text.end()};
}

fs::path params_folder(const launch::Job& job) {
  if (job.has("--params")) return path(job, "--params");
  return params::default_folder([](const char* variable) { return std::getenv(variable); });
}

fs::path manifest(const launch::Job& job) {
  return job.has("--manifest") ? path(job, "--manifest") : params::installed_manifest();
}

// The claim is read before the proof, the proof before the key: a bad call costs nothing.
template <typename Claim>
void judge(launch::Job& job, const Claim& claim) {
  const auto proof = read_proof(job);
  const auto key =
      params::read_key(params_folder(job), params_id(claim), manifest(job), job.threads());
  if (key.origin != params::Origin::official) job.warn(params::insecure_line(key));
  const auto reason = refusal(key.key, claim, proof);
  if (!job.flag("--json")) fmt::print("{}\n", reason ? "not valid: " + *reason : "valid");
  job.report_json("valid", reason ? "false" : "true");
  if (reason) job.report("reason", *reason);
  job.report("key", key.file.string());
  job.report("origin", params::text(key.origin));
  if (reason) job.end_with(1);
}

void work(launch::Job& job) {
  const auto verb = job.text("VERB");
  if (verb == "seal") return judge(job, seal_claim(job));
  if (verb == "update") return judge(job, update_claim(job));
  judge(job, post_claim(job, verb));
}

void declare(launch::Options& options) {
  options.verbs({"seal", "window", "winning", "update"}, "seal, window, winning or update");
  options.proof_type();
  options.number("--miner", "seal: actor id, 1000 for t01000");
  options.number("--number", "seal: sector number");
  options.text("--comm-d", "seal: CommD, 64 hex digits");
  options.text("--comm-r", "seal: CommR, 64 hex digits");
  options.text("--ticket", "seal: sealing randomness, 64 hex digits");
  options.text("--seed", "seal: interactive randomness, 64 hex digits; not for non-interactive");
  options.text("--order", "window, winning: JSON file of the randomness and the sectors");
  options.text("--comm-r-old", "update: CommR before, 64 hex digits");
  options.text("--comm-r-new", "update: CommR after, 64 hex digits");
  options.text("--comm-d-new", "update: CommD after, 64 hex digits");
  options.text("--proof", "File of the proof: 192 bytes a partition");
  options.text("--params",
               "Folder of the .vk file (default: $SEALYARD_PARAMS, "
               "$FIL_PROOFS_PARAMETER_CACHE, ~/.cache/sealyard/params)");
  options.text("--manifest", "parameters.json of the official files (default: the one installed)");
  options.only_with("seal", {"--proof-type", "--porep-id", "--api-version", "--miner", "--number",
                             "--comm-d", "--comm-r", "--ticket", "--seed", "--sector-size"});
  options.only_with("update", {"--comm-r-old", "--comm-r-new", "--comm-d-new", "--sector-size"});
  for (const auto* verb : {"window", "winning"}) options.only_with(verb, {"--order"});
}

}  // namespace
}  // namespace sealyard::verify

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{
      .stage = stage::kVerify,
      .summary = "Says whether a proof is valid: exit 0 when it is, 1 when it is not",
      .sectors = launch::Sectors::none};
  return launch::run(argc, argv, program, verify::declare, verify::work);
}
