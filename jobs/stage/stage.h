// The stages of sealing by name, and the files every stage leaves for others to read. No kernels,
// no MPI: the chain daemon links this folder and nothing else of jobs/.
#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "kernels/base/sector_id.h"

namespace sealyard::stage {

// The one spelling of a stage in records, ledger, logs and job names; the program is seal-<stage>
// with '-' for '_'.
inline constexpr std::string_view kAddPiece = "add_piece", kPc1 = "pc1", kPc2 = "pc2", kC1 = "c1",
                                  kC2 = "c2", kFinalize = "finalize", kUnseal = "unseal",
                                  kTemplate = "template", kParents = "parents",
                                  kInspect = "inspect", kCommp = "commp",
                                  kWindowPost = "window_post", kWinningPost = "winning_post";
inline constexpr std::array kStages{kAddPiece, kPc1,        kPc2,        kC1,      kC2,
                                    kFinalize, kUnseal,     kTemplate,   kParents, kInspect,
                                    kCommp,    kWindowPost, kWinningPost};

/// Makes what proofs of any sector need, once for a network: a program, no stage of a sector.
inline constexpr std::string_view kParams = "params";
/// Says whether a proof of any sector is valid: another program that is no stage.
inline constexpr std::string_view kVerify = "verify";

std::string program(std::string_view stage);  ///< "seal-add-piece"

/// ROOT/work/s-t01000-7: everything of ours that is not lotus layout. Names only, no file touched.
std::filesystem::path work_folder(const std::filesystem::path& root, SectorId sector);
/// ROOT/template/unsealed_all_zero_2048: what CC sectors of a size share; `file` is unsealed or
/// tree_d.
std::filesystem::path template_path(const std::filesystem::path& root, std::string_view file,
                                    std::uint64_t sector_bytes);
/// ROOT/work/s-t01000-7/pc1.result.json: there when the stage is done, and only then.
std::filesystem::path result_path(const std::filesystem::path& root, SectorId sector,
                                  std::string_view stage);
/// ROOT/work/s-t01000-7/progress.json: how far the running stage is.
std::filesystem::path progress_path(const std::filesystem::path& root, SectorId sector);

}  // namespace sealyard::stage
