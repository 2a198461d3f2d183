#include "jobs/unseal/last_layer.h"

#include <algorithm>

#include "jobs/sector/layer_record.h"
#include "kernels/base/error.h"
#include "kernels/label/label.h"

namespace sealyard::unseal {
namespace {

constexpr std::uint64_t kReportNodes = std::uint64_t{1} << 16;  // how often progress is called

}  // namespace

std::optional<LastLayer> LastLayer::find(const sector::Folder& folder, const Node& replica_id) {
  const auto number = folder.porep().layers();
  const auto record = sector::read_layer_record(folder, number);
  if (!record || record->replica_id != replica_id || !record->whole(folder)) return std::nullopt;
  try {
    LastLayer layer;
    layer.file_ = sector::Mapping::read(folder, folder.layer(number));
    if (sector::digest(folder.layer(number).path).sha256 != record->written.sha256)
      return std::nullopt;
    return layer;
  } catch (const Error&) {
    return std::nullopt;  // gone or of another length: computed again
  }
}

LastLayer LastLayer::compute(const PorepConfig& porep, const Node& replica_id,
                             parent_cache::Parents& parents, device::Share share,
                             const Progress& progress) {
  const auto nodes = porep.nodes(), layers = std::uint64_t{porep.layers()};
  sector::LayerMemory previous(nodes), current(nodes);
  for (unsigned number = 1; number <= layers; ++number) {
    const label::Layer layer{.replica_id = replica_id,
                             .number = number,
                             .previous = number == 1 ? std::span<const Node>{} : previous.nodes(),
                             .current = current.nodes()};
    for (std::uint64_t first = 0; first < nodes;) {
      const auto count = std::min(kReportNodes, nodes - first);
      label::fill(layer, first, parents.block(first, count), share.backend);
      first += count;
      progress((number - 1) * nodes + first, layers * nodes);
    }
    std::swap(previous, current);
  }
  LastLayer last;
  last.memory_ = std::move(previous);
  return last;
}

}  // namespace sealyard::unseal
