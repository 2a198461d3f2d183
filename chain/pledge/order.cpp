#include "chain/pledge/order.h"

#include <algorithm>
#include <charconv>

#include "jobs/stage/argv.h"
#include "jobs/stage/resources.h"
#include "jobs/stage/stage.h"
#include "kernels/base/backend.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/base/porep.h"

namespace sealyard::pledge {
namespace {

stage::Argv command_line(const Sector& sector, const PorepConfig& porep,
                         const settings::Settings& settings) {
  const auto& root = settings.storage_root;
  const auto stage = row(sector.state).stage;
  if (stage == stage::kAddPiece) {
    std::vector<stage::PieceFile> pieces;
    for (const auto& piece : sector.pieces) pieces.push_back({piece.file, piece.unpadded_bytes});
    return stage::add_piece_argv(root, sector.id, porep, pieces);
  }
  if (stage == stage::kPc1) {
    auto argv = stage::pc1_argv(root, {sector.id}, {node_from_hex(sector.ticket, "ticket")});
    // Checking and keeping good layers did not help the last time, or they are of another ticket.
    if (sector.reseals >= 2 || sector.new_ticket) argv.push_back("--recalculate");
    return argv;
  }
  if (stage == stage::kPc2) return stage::pc2_argv(root, sector.id);
  if (stage == stage::kC1)
    return stage::c1_argv(root, sector.id, node_from_hex(sector.seed, "seed"));
  if (stage == stage::kC2) return stage::c2_argv(root, sector.id);
  if (stage == stage::kFinalize)
    return stage::finalize_argv(root, sector.id,
                                sector.store.empty() ? settings.store_root.string() : sector.store);
  throw Error(Fault::internal, "{}: no stage runs in state {}", sector.id.text(),
              name(sector.state));
}

Backend backend_named(std::string_view text) {
  for (const auto backend : kBackends)
    if (name(backend) == text) return backend;
  return Backend::portable;
}

/// A site that lets several jobs share a card says how much of it one gets: gres = "shard:2".
bool names_gpu(const std::vector<slurm::Counted>& gres) {
  return std::any_of(gres.begin(), gres.end(), [](const slurm::Counted& one) {
    const auto kind = one.name.substr(0, one.name.find(':'));
    return kind == "gpu" || kind == "shard";
  });
}

/// What a site and the model say of a stage; not yet whose work it is.
slurm::Request asked_for(const std::string& stage, const PorepConfig& porep,
                         const settings::Settings& settings) {
  const auto wanted = settings.stage(stage);
  const auto model = stage::resources(stage, porep, backend_named(wanted.backend));
  slurm::Request request;
  request.cores = static_cast<int>(wanted.cores ? wanted.cores : model.cores);
  request.memory_bytes = wanted.memory_bytes ? wanted.memory_bytes : model.memory_bytes;
  request.time_s = static_cast<std::int64_t>(wanted.time_s ? wanted.time_s : model.time_s);
  request.gres = parse_gres(wanted.gres);
  if (model.gpus && !names_gpu(request.gres)) request.gres.push_back({"gpu", model.gpus});
  set_place(request, wanted, settings);
  return request;
}

unsigned count(const std::map<std::string, unsigned>& counts, const std::string& stage) {
  const auto found = counts.find(stage);
  return found == counts.end() ? 0 : std::min(found->second, 8u);
}

}  // namespace

std::filesystem::path output_path(const std::filesystem::path& root, SectorId sector,
                                  std::string_view stage) {
  return stage::work_folder(root, sector) / (std::string(stage) + ".out");
}

std::string group_feature(std::string_view group) { return fmt::format("grp_{}", group); }

std::vector<slurm::Counted> parse_gres(std::string_view text) {
  std::vector<slurm::Counted> all;
  for (std::size_t at = 0; at < text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    std::string_view one = text.substr(at, comma - at);
    at = comma + 1;
    slurm::Counted counted;
    if (const auto colon = one.rfind(':'); colon != one.npos) {
      const auto digits = one.substr(colon + 1);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), counted.count);
      if (error == std::errc{} && end == digits.data() + digits.size())
        one = one.substr(0, colon);
      else
        counted.count = 1;
    }
    counted.name = one;
    if (counted.name.empty() || counted.count == 0)
      throw Error(Fault::configuration, "gres '{}': want name or name:count, comma separated",
                  text);
    all.push_back(std::move(counted));
  }
  return all;
}

void set_place(slurm::Request& request, const settings::Stage& site,
               const settings::Settings& settings) {
  request.slurm_partition = site.slurm_partition;
  request.account = site.account;
  request.qos = site.qos;
  request.constraint = site.constraint;
  request.environment = settings.environment;
}

slurm::Request request(const Sector& sector, const Key& key, const settings::Settings& settings) {
  auto request = asked_for(key.stage, parse_porep(sector.proof_type), settings);
  request.name = key.name();
  request.argv = command_line(sector, parse_porep(sector.proof_type), settings);
  request.argv[0] = (settings.programs / request.argv[0]).string();
  for (unsigned i = 0; i < count(sector.out_of_memory, key.stage); ++i)
    request.memory_bytes += request.memory_bytes / 2;
  request.time_s <<= count(sector.timeouts, key.stage);
  if (!sector.group.empty()) {
    if (!request.constraint.empty()) request.constraint = "(" + request.constraint + ")&";
    request.constraint += group_feature(sector.group);
  }
  const auto& there = sector.node_stages;
  if (there.empty() || std::find(there.begin(), there.end(), key.stage) != there.end())
    request.hosts = sector.node;
  request.work_dir = stage::work_folder(settings.storage_root, sector.id).string();
  request.output = output_path(settings.storage_root, sector.id, key.stage).string();
  request.comment = key.comment(plan(request));
  return request;
}

std::optional<slurm::Request> template_request(const Sector& sector, std::string_view tag,
                                               const settings::Settings& settings) {
  if (!settings.templates || !sector.pieces.empty()) return std::nullopt;
  const auto porep = parse_porep(sector.proof_type);
  const auto path = [&](std::string_view file) {
    return stage::template_path(settings.storage_root, file, porep.sector_bytes);
  };
  if (std::filesystem::exists(path("unsealed")) && std::filesystem::exists(path("tree_d")))
    return std::nullopt;
  auto request = asked_for(std::string(stage::kTemplate), porep, settings);
  request.name = fmt::format("st.{}.{}", tag, porep.sector_bytes);
  request.argv = stage::template_argv(settings.storage_root, porep);
  request.argv[0] = (settings.programs / request.argv[0]).string();
  request.work_dir = path("unsealed").parent_path().string();
  request.output = path("job").string() + ".out";
  request.comment = fmt::format("st1;stage=template;bytes={}", porep.sector_bytes);
  return request;
}

std::string plan(const slurm::Request& request) {
  std::uint32_t hash = 2166136261u;  // FNV-1a
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    hash = (hash ^ 0u) * 16777619u;
  };
  for (const auto& word : request.argv) add(word);
  add(fmt::format("{} {} {} {}", request.cores, request.memory_bytes, request.time_s,
                  request.nodes));
  for (const auto& gres : request.gres) add(fmt::format("{}:{}", gres.name, gres.count));
  for (const auto& text :
       {request.slurm_partition, request.constraint, request.account, request.qos, request.hosts})
    add(text);
  return fmt::format("{:08x}", hash);
}

}  // namespace sealyard::pledge
