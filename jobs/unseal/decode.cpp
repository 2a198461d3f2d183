#include "jobs/unseal/decode.h"

#include <algorithm>
#include <vector>

#include "kernels/fr32/fr32.h"
#include "kernels/piece/piece.h"
#include "kernels/replica/replica.h"

namespace sealyard::unseal {
namespace {

constexpr std::size_t kBlockNodes = std::size_t{1} << 15;  // 1 MiB, whole Fr32 blocks

}  // namespace

Node decode(std::span<const Node> replica, std::span<const Node> label, Range range,
            sector::Output& out, Backend backend,
            const std::function<void(std::uint64_t)>& progress) {
  piece::CommP comm_d(backend);
  std::vector<Node> data(std::min(kBlockNodes, replica.size()));
  std::vector<std::uint8_t> client(fr32::to_unpadded(data.size() * kNodeBytes));
  for (std::size_t first = 0; first < replica.size();) {
    const auto count = std::min(kBlockNodes, replica.size() - first);
    const auto block = std::span(data).first(count);
    replica::decode(replica.subspan(first, count), label.subspan(first, count), block, backend);
    comm_d.add(block);
    // The block holds client bytes [begin, end).
    const auto begin = fr32::to_unpadded(first * kNodeBytes);
    const auto end = fr32::to_unpadded((first + count) * kNodeBytes);
    const auto from = std::max(begin, range.offset),
               to = std::min(end, range.offset + range.length);
    if (from < to) {
      const auto bytes = std::span(client).first(to - from);
      fr32::unpad({reinterpret_cast<const std::uint8_t*>(block.data()), block.size_bytes()},
                  from - begin, bytes);
      out.write(std::span<const std::uint8_t>(bytes));
    }
    first += count;
    progress(first * kNodeBytes);
  }
  return comm_d.finish().comm_p;
}

}  // namespace sealyard::unseal
