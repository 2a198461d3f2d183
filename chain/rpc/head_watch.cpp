#include "chain/rpc/head_watch.h"

namespace sealyard::rpc {

std::vector<HeadChange> HeadWatch::poll() {
  auto head = node_.head();
  if (head_ && head_->key == head.key) return {};
  std::vector<HeadChange> changes;
  if (head_) {
    try {
      changes = node_.path(head_->key, head.key);
    } catch (const RpcError&) {
      changes.clear();  // another node, or one that has pruned
    }
  }
  if (changes.empty()) changes.push_back({HeadChange::Kind::current, head});
  head_ = std::move(head);
  return changes;
}

std::string sync_trouble(const Tipset& head, const std::vector<ActiveSync>& syncs,
                         std::size_t peers, bool public_network, std::uint64_t block_delay_s,
                         std::uint64_t now_s, std::uint64_t since_s) {
  constexpr int kIdle = 0, kComplete = 4, kError = 5;
  const auto born = public_network ? head.blocks.front().timestamp : since_s;
  if (now_s > born && now_s - born > 3 * block_delay_s)
    return fmt::format("the node's head, epoch {}, is {} s old", head.height, now_s - born);
  for (const auto& sync : syncs)
    if (sync.stage != kIdle && sync.stage != kComplete && sync.stage != kError &&
        sync.target_height > head.height + 2)
      return fmt::format("the node is at epoch {} and syncs towards {}", head.height,
                         sync.target_height);
  if (public_network && peers == 0) return "the node has no peers";
  return {};
}

}  // namespace sealyard::rpc
