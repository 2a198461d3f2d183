#include "jobs/stage/argv.h"

#include "jobs/stage/stage.h"
#include "kernels/base/hex.h"

namespace sealyard::stage {
namespace {

Argv sector_argv(std::string_view stage, const std::filesystem::path& root, SectorId sector) {
  return {program(stage), "--storage", root.string(), "--sector", sector.text()};
}

void append(Argv& argv, const Argv& more) { argv.insert(argv.end(), more.begin(), more.end()); }

}  // namespace

Argv proof_type_words(const PorepConfig& porep) {
  if (porep.registered) return {"--proof-type", std::to_string(*porep.registered)};
  return {"--porep-id",    to_hex(porep.porep_id),
          "--sector-size", std::to_string(porep.sector_bytes),
          "--api-version", std::string(text(porep.api))};
}

Argv add_piece_argv(const std::filesystem::path& root, SectorId sector, const PorepConfig& porep,
                    const std::vector<PieceFile>& pieces) {
  auto argv = sector_argv(kAddPiece, root, sector);
  append(argv, proof_type_words(porep));
  if (pieces.empty()) argv.push_back("--cc");
  for (const auto& piece : pieces) {
    argv.push_back("--piece");
    argv.push_back(piece.file.string());
    if (piece.unpadded_bytes) argv.back() += ":" + std::to_string(*piece.unpadded_bytes);
  }
  return argv;
}

Argv pc1_argv(const std::filesystem::path& root, const std::vector<SectorId>& sectors,
              const std::vector<Node>& tickets) {
  Argv argv{program(kPc1), "--storage", root.string(), "--sector"};
  for (const auto& sector : sectors) argv.push_back(sector.text());
  argv.push_back("--ticket");
  for (const auto& ticket : tickets) argv.push_back(to_hex(ticket));
  return argv;
}

Argv pc2_argv(const std::filesystem::path& root, SectorId sector) {
  return sector_argv(kPc2, root, sector);
}

Argv c1_argv(const std::filesystem::path& root, SectorId sector, const Node& seed,
             const std::filesystem::path& out) {
  auto argv = sector_argv(kC1, root, sector);
  append(argv, {"--seed", to_hex(seed)});
  if (!out.empty()) append(argv, {"--out", out.string()});
  return argv;
}

Argv c2_argv(const std::filesystem::path& root, SectorId sector,
             const std::filesystem::path& params) {
  auto argv = sector_argv(kC2, root, sector);
  if (!params.empty()) append(argv, {"--params", params.string()});
  return argv;
}

Argv finalize_argv(const std::filesystem::path& root, SectorId sector,
                   const std::filesystem::path& store, bool keep_unsealed) {
  auto argv = sector_argv(kFinalize, root, sector);
  append(argv, {"--to", store.string()});
  if (keep_unsealed) argv.push_back("--keep-unsealed");
  return argv;
}

Argv unseal_argv(const std::filesystem::path& root, SectorId sector,
                 const std::filesystem::path& out) {
  auto argv = sector_argv(kUnseal, root, sector);
  append(argv, {"--out", out.string()});
  return argv;
}

Argv post_argv(std::string_view stage, const std::filesystem::path& order,
               const std::filesystem::path& params, const std::filesystem::path& out,
               std::optional<std::uint64_t> partition) {
  Argv argv{program(stage), "--order", order.string()};
  if (!params.empty()) append(argv, {"--params", params.string()});
  append(argv, {"--out", out.string()});
  if (partition) append(argv, {"--partition", std::to_string(*partition)});
  return argv;
}

Argv parents_argv(const PorepConfig& porep, const std::filesystem::path& out) {
  Argv argv{program(kParents)};
  append(argv, proof_type_words(porep));
  append(argv, {"--out", out.string()});
  return argv;
}

Argv template_argv(const std::filesystem::path& root, const PorepConfig& porep) {
  Argv argv{program(kTemplate), "--storage", root.string()};
  append(argv, proof_type_words(porep));
  return argv;
}

}  // namespace sealyard::stage
