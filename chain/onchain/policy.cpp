#include "chain/onchain/policy.h"

#include <algorithm>

namespace sealyard::onchain {

Epoch expiration(Epoch head, Epoch ticket_epoch, Epoch lifetime, Epoch delay) {
  Epoch end = head + lifetime - 2 * kDay;  // two proving periods: its last day is rounded up
  end = std::max(end, head + kShortestLife + kDay);
  end = std::max(end, ticket_epoch + kTicketLife + max_prove_commit(delay) + kShortestLife);
  return std::min(end, head + delay + kLongestLife);
}

}  // namespace sealyard::onchain
