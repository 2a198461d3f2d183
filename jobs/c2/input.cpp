#include "jobs/c2/input.h"

#include <algorithm>
#include <string_view>

#include "jobs/sector/commit_hdf5.h"
#include "jobs/sector/mapping.h"
#include "jobs/sector/output.h"
#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/challenges/challenges.h"
#include "kernels/circuit/porep.h"
#include "kernels/graph/graph.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::c2 {
namespace {

constexpr std::string_view kHdf5Signature = "\x89HDF\r\n";

circuit::PorepStatement statement(const sector::C1Output& c1) {
  return {c1.replica_id, c1.comm_d, c1.comm_r};
}

void require_same(std::string_view what, const Node& found, const std::optional<Node>& want) {
  if (!want || found != *want)
    throw Error(Fault::corrupt, "C1 has {} {}, the sector {}: C1 of another sealing; rerun seal-c1",
                what, to_hex(found), want ? to_hex(*want) : "none");
}

}  // namespace

sector::C1Output read_c1(const std::filesystem::path& file) {
  const auto mapping = sector::Mapping::read(file);
  const std::string_view text(reinterpret_cast<const char*>(mapping.bytes().data()),
                              mapping.bytes().size());
  const auto what = file.filename().string();
  return text.starts_with(kHdf5Signature) ? sector::from_c1_hdf5(text, what)
                                          : sector::parse_c1_json(text, what);
}

sector::C1Output read_c1(const sector::Folder& folder, const sector::Manifest& manifest) {
  const auto file = folder.c1();
  const auto result = stage::read_result(folder.root(), folder.id(), stage::kC1);
  if (!result || !std::filesystem::exists(file))
    throw Error(Fault::missing, "no C1: no {}; run seal-c1 first", file.string());
  const auto found = sector::artefact(folder, file, sector::digest(file));
  if (std::find(result->artefacts.begin(), result->artefacts.end(), found) ==
      result->artefacts.end())
    throw Error(Fault::corrupt, "{} is not what C1 declared; rerun seal-c1", file.string());
  auto c1 = read_c1(file);
  if (c1.porep != manifest.porep)
    throw Error(Fault::corrupt, "C1 is of {}, the sector of {}; rerun seal-c1", c1.porep.name(),
                manifest.porep.name());
  require_same("CommR", c1.comm_r, manifest.comm_r);
  require_same("CommD", c1.comm_d, manifest.comm_d);
  require_same("replica id", c1.replica_id, manifest.replica_id);
  return c1;
}

Node digest(const sector::C1Output& c1) {
  sha256::Hasher hasher;
  sector::write_c1_json(c1, [&](std::string_view text) { hasher.update(text); });
  return hasher.finish();
}

std::vector<std::vector<circuit::Fr>> inputs(const sector::C1Output& c1) {
  const graph::Graph graph(c1.porep);
  const auto parents = [&](std::uint64_t node) {
    vanilla::Parents list;
    graph.parents(node, list);
    return list;
  };
  std::vector<std::vector<circuit::Fr>> all;
  for (unsigned k = 0; k < c1.porep.partitions(); ++k) {
    const auto challenges = challenges::derive(c1.porep, c1.replica_id, c1.comm_r, c1.seed,
                                               challenges::partition(c1.porep, k));
    all.push_back(circuit::porep_inputs(statement(c1), challenges, parents));
  }
  return all;
}

circuit::Synthesis circuit_of(const sector::C1Output& c1, unsigned partition) {
  return [&c1, partition](circuit::Sink& sink) {
    circuit::porep(sink, c1.porep, statement(c1), c1.partitions.at(partition));
  };
}

}  // namespace sealyard::c2
