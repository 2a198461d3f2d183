#include "jobs/pc2/inputs.h"

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "jobs/ranks/ranks.h"
#include "jobs/sector/layer_record.h"
#include "jobs/sector/output.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/device/share.h"

namespace sealyard::pc2 {
namespace {

// The digest under which a stage declared this file; absent when it declared none.
std::optional<Node> declared(const sector::Folder& folder, std::string_view stage,
                             const sector::File& file) {
  const auto result = stage::read_result(folder.root(), folder.id(), stage);
  const auto name = std::filesystem::relative(file.path, folder.root()).string();
  if (result)
    for (const auto& artefact : result->artefacts)
      if (artefact.name == name) return artefact.sha256;
  return std::nullopt;
}

void prove_declared(const sector::Folder& folder, std::string_view stage,
                    const sector::File& file) {
  const auto want = declared(folder, stage, file);
  if (!want) return;
  const auto found = sector::digest(file.path).sha256;
  if (found != *want)
    throw Error(Fault::corrupt, "{} has SHA-256 {}, want {}: {}; rerun {}", file.what,
                to_hex(found), to_hex(*want), file.path.string(), file.maker);
}

}  // namespace

void prove_inputs(launch::Job& job, const sector::Folder& folder, const Node& replica_id) {
  folder.require(folder.unsealed());
  folder.require(folder.tree_d());
  folder.require(folder.layers());
  std::vector<std::function<void()>> checks;
  for (unsigned number = 1; number <= folder.porep().layers(); ++number)
    checks.push_back([&folder, &replica_id, number] {
      sector::require_layer_record(folder, number, replica_id,
                                   sector::digest(folder.layer(number).path).sha256);
    });
  checks.push_back([&folder] { prove_declared(folder, stage::kPc1, folder.tree_d()); });
  checks.push_back([&folder] { prove_declared(folder, stage::kAddPiece, folder.unsealed()); });

  const auto& ranks = job.ranks();
  std::vector<std::function<void()>> mine;
  for (std::size_t i = ranks.rank(); i < checks.size(); i += ranks.size())
    mine.push_back(checks[i]);
  device::for_ranges(job.threads(), mine.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i) mine[i]();
  });
  job.throw_if_stopping();
}

}  // namespace sealyard::pc2
