#include "chain/cli/proving_run.h"

#include <stdlib.h>

#include <filesystem>

#include "chain/cli/program.h"
#include "chain/deadline/files.h"
#include "jobs/stage/argv.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

/// A folder of its own, gone at the end.
class ProofFolder {
 public:
  ProofFolder() {
    auto name = (std::filesystem::temp_directory_path() / "sealyard-proof-XXXXXX").string();
    if (!mkdtemp(name.data())) throw Error(Fault::io, "{} cannot be made", name);
    path = name;
  }
  ~ProofFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  ProofFolder(const ProofFolder&) = delete;
  ProofFolder& operator=(const ProofFolder&) = delete;

  std::filesystem::path path;
};

}  // namespace

stage::PostResult run_window_post(const Context& context, const Chain& chain,
                                  const types::Bitfield& numbers, const Node& randomness,
                                  bool vanilla_only) {
  const auto& settings = chain.settings();
  const auto miner = chain.miner();
  pledge::Sectors known;
  if (std::filesystem::exists(settings.ledger_file()))
    pledge::apply(known, context.open_ledger(settings).events());
  const auto stored = [&](SectorId id) {
    const auto found = known.find(id);
    return found == known.end() ? std::string() : found->second.store;
  };
  const auto order =
      deadline::post_order(settings, stored, miner.id(), chain.node().miner_info(miner),
                           chain.node().sectors(miner, numbers), randomness);
  const ProofFolder folder;
  const auto ordered = folder.path / "order.json", made = folder.path / "result.json";
  stage::write(ordered, order);
  std::string params;  // where jobs find them
  for (const char* name : {"SEALYARD_PARAMS", "FIL_PROOFS_PARAMETER_CACHE"})
    if (const auto set = settings.environment.find(name);
        params.empty() && set != settings.environment.end())
      params = set->second;
  auto words = stage::post_argv(stage::kWindowPost, ordered, params, made);
  words[0] = (settings.programs / words[0]).string();
  if (vanilla_only) words.push_back("--vanilla-only");
  const auto ended = run_program(words);
  auto result = stage::read_post_result(made);
  if (!result) throw Refusal(fmt::format("{} ended with {}", words[0], ended.code), ended.code);
  return *result;
}

}  // namespace sealyard::cli
