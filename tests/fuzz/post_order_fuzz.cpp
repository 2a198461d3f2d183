// Any text as the order of a PoSt proof: what is taken has what a prover counts on.
#include <algorithm>

#include "jobs/stage/post_order.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  stage::PostOrder order;
  const auto read = [&] {
    order = stage::parse_post_order(fuzz::as_text({data, bytes}), "x.json");
  };
  if (!fuzz::accepts(read, Fault::usage)) return 0;
  const auto& kind = order.kind;
  fuzz::require(kind == "window" || kind == "window-v1" || kind == "winning", "an unknown kind");
  fuzz::require(!order.sectors.empty(), "an order without sectors");
  const auto not_ascending = [](const auto& a, const auto& b) { return a.number >= b.number; };
  fuzz::require(std::ranges::adjacent_find(order.sectors, not_ascending) == order.sectors.end(),
                "sectors do not ascend");
  return 0;
}
