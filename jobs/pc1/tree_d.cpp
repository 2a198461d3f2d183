#include "jobs/pc1/tree_d.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "jobs/sector/digest_record.h"
#include "jobs/sector/mapping.h"
#include "jobs/sector/output.h"
#include "jobs/templates/templates.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/piece/piece.h"
#include "kernels/tree/layout.h"
#include "kernels/tree/tree.h"

namespace sealyard::pc1 {
namespace {

// Pages of data and tree are let go after so many nodes.
constexpr std::uint64_t kForgetNodes = std::uint64_t{1} << 22;

sector::Written build(launch::Job& job, const sector::Folder& folder, const Node& comm_d,
                      const sector::Lock& lock) {
  const auto data = sector::Mapping::read(folder, folder.unsealed());
  const auto layout = tree::data_tree(folder.porep().nodes());
  sector::MappedOutput output(folder, folder.tree_d());
  job.progress(0, layout.nodes(), "nodes", "tree_d");
  data.sequential();
  std::atomic<std::uint64_t> copied{0};
  const Node root = tree::build(layout, output.nodes(), job.share(),
                                [&](std::uint64_t first, std::span<Node> leaves) {
                                  const auto from = data.nodes().subspan(first, leaves.size());
                                  std::copy(from.begin(), from.end(), leaves.begin());
                                  job.throw_if_stopping();
                                  if ((copied += leaves.size()) % kForgetNodes != 0) return;
                                  data.forget();
                                  output.forget();
                                });
  if (root != comm_d)
    throw Error(Fault::corrupt,
                "pieces and data differ: CommD of the data is {}, want {}; rerun seal-add-piece",
                to_hex(root), to_hex(comm_d));
  job.throw_if_stopping();
  return output.commit(&lock);
}

// An empty sector's tree is the same for every sector of its size: taken from the template where
// there is one that is right.
std::optional<sector::Written> from_template(launch::Job& job, const sector::Folder& folder,
                                             const Node& comm_d, const sector::Lock& lock) {
  const auto& porep = folder.porep();
  if (comm_d != piece::zero_commitment(porep.sector_bytes)) return std::nullopt;
  const auto found = templates::find(folder.root(), templates::Kind::tree_d, porep);
  if (!found) return std::nullopt;
  const auto file = folder.tree_d();
  const auto how = templates::place(folder.root(), templates::Kind::tree_d, porep, *found,
                                    file.path, folder.temporary(file.path), &lock);
  job.log("tree_d: " + std::string(templates::name(how)) + " of the template");
  return found;
}

}  // namespace

stage::Artefact make_tree_d(launch::Job& job, const sector::Folder& folder,
                            const sector::Manifest& manifest, const sector::Lock& lock) {
  const Node comm_d = manifest.comm_d.value();
  const auto finished = [&](const sector::Written& written) {
    return sector::artefact(folder, folder.tree_d().path, written);
  };
  if (const auto record = sector::find_trusted(folder, folder.tree_d(), "tree-d", comm_d)) {
    job.log("tree_d: kept, its digest is the recorded one");
    return finished(record->written);
  }
  auto written = from_template(job, folder, comm_d, lock);
  if (!written) {
    sector::require_space(folder.cache(), folder.tree_d().bytes.value());
    written = build(job, folder, comm_d, lock);
  }
  sector::write_digest_record(folder, "tree-d", {comm_d, comm_d, *written}, &lock);
  return finished(*written);
}

}  // namespace sealyard::pc1
