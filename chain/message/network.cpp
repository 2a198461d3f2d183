#include "chain/message/network.h"

#include "kernels/base/error.h"

namespace sealyard::message {
namespace {

struct Row {
  std::uint64_t network, actors;
};
constexpr Row kRows[] = {{25, 16}, {26, 16}, {27, 17}, {28, 18}};

}  // namespace

std::uint64_t actors_version(std::uint64_t network_version) {
  require_known_network(network_version, /*allow_newer=*/true);
  for (const auto& row : kRows)
    if (row.network == network_version) return row.actors;
  return kRows[std::size(kRows) - 1].actors + (network_version - kNewestNetwork);
}

void require_known_network(std::uint64_t network_version, bool allow_newer) {
  if (network_version < kOldestNetwork)
    throw Error(Fault::unsupported,
                "network version {} is older than {}: its actors are not spoken", network_version,
                kOldestNetwork);
  if (network_version > kNewestNetwork && !allow_newer)
    throw Error(
        Fault::unsupported,
        "network version {} is newer than {}, the newest known: no message is built; update "
        "sealyard, or allow newer versions in the settings",
        network_version, kNewestNetwork);
}

}  // namespace sealyard::message
