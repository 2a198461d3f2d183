// Command lines of the stages: the words the daemon, the scripts and the manual use.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"
#include "kernels/base/sector_id.h"

namespace sealyard::stage {

using Argv = std::vector<std::string>;  ///< Argv[0] is the program, without a folder

struct PieceFile {
  std::filesystem::path file;
  std::optional<std::uint64_t> unpadded_bytes;  ///< absent: the next size that holds the file
};

/// No piece: --cc.
Argv add_piece_argv(const std::filesystem::path& root, SectorId sector, const PorepConfig& porep,
                    const std::vector<PieceFile>& pieces = {});
/// Tickets: one for all, or one per sector in order.
Argv pc1_argv(const std::filesystem::path& root, const std::vector<SectorId>& sectors,
              const std::vector<Node>& tickets);
Argv pc2_argv(const std::filesystem::path& root, SectorId sector);
/// @param out  where the JSON goes; empty: beside the results of the sector.
Argv c1_argv(const std::filesystem::path& root, SectorId sector, const Node& seed,
             const std::filesystem::path& out = {});
/// @param params  folder of the parameters; empty: the usual one.
Argv c2_argv(const std::filesystem::path& root, SectorId sector,
             const std::filesystem::path& params = {});
Argv finalize_argv(const std::filesystem::path& root, SectorId sector,
                   const std::filesystem::path& store, bool keep_unsealed = false);
Argv unseal_argv(const std::filesystem::path& root, SectorId sector,
                 const std::filesystem::path& out);
/// @param stage      kWindowPost or kWinningPost.
/// @param params     folder of the parameters; empty: the usual one.
/// @param partition  the only one wanted.
Argv post_argv(std::string_view stage, const std::filesystem::path& order,
               const std::filesystem::path& params, const std::filesystem::path& out,
               std::optional<std::uint64_t> partition = {});
Argv parents_argv(const PorepConfig& porep, const std::filesystem::path& out);
Argv template_argv(const std::filesystem::path& root, const PorepConfig& porep);

/// "--proof-type 5", or "--porep-id HEX --sector-size N --api-version V" without a registered one.
Argv proof_type_words(const PorepConfig& porep);

}  // namespace sealyard::stage
