// Runs alone and, the same source, under mpiexec with 2, 4 and more ranks than cores.
#include "jobs/ranks/ranks.h"

#include <numeric>

#include "tests/catch.h"

using namespace sealyard;
using ranks::Range;
using ranks::Ranks;

namespace {

// One per process: MPI starts and ends once.
Ranks& all() {
  static Ranks ranks;
  return ranks;
}

Node node(unsigned rank, std::size_t i) {
  Node n;
  n.bytes[0] = static_cast<std::uint8_t>(rank + 1);
  n.bytes[31] = static_cast<std::uint8_t>(i);
  return n;
}

}  // namespace

TEST_CASE("ranks: split covers everything once, in order", "[ranks]") {
  for (const std::uint64_t n : {0, 1, 7, 64, 65, 1000})
    for (const unsigned parts : {1u, 2u, 3u, 4u, 16u})
      for (const std::uint64_t grain : {1, 8}) {
        CAPTURE(n, parts, grain);
        std::uint64_t at = 0, least = n, most = 0;
        for (unsigned part = 0; part < parts; ++part) {
          const auto range = ranks::split(n, parts, part, grain);
          CHECK(range.begin == at);
          CHECK((range.end % grain == 0 || range.end == n));
          at = range.end;
          least = std::min(least, range.size());
          most = std::max(most, range.size());
        }
        CHECK(at == n);
        CHECK(most - least <= 2 * grain - 1);
      }
  CHECK(ranks::split(10, 4, 1) == Range{2, 5});
  const auto huge = ranks::split(~std::uint64_t{0}, 3, 2);
  CHECK(huge.end == ~std::uint64_t{0});
  CHECK(huge.size() == ~std::uint64_t{0} / 3);
}

TEST_CASE("ranks: everyone has a rank below the size", "[ranks]") {
  CHECK(all().rank() < all().size());
  CHECK(all().first() == (all().rank() == 0));
  const auto numbers = all().gather_everywhere(std::uint64_t{all().rank()});
  REQUIRE(numbers.size() == all().size());
  for (unsigned i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == i);
}

TEST_CASE("ranks: nodes of unequal lengths are gathered in rank order", "[ranks]") {
  std::vector<Node> mine(3 * all().rank());  // the first has none
  for (std::size_t i = 0; i < mine.size(); ++i) mine[i] = node(all().rank(), i);
  std::vector<Node> want;
  for (unsigned rank = 0; rank < all().size(); ++rank)
    for (std::size_t i = 0; i < 3 * rank; ++i) want.push_back(node(rank, i));
  const unsigned last = all().size() - 1;
  CHECK(all().gather(mine, last) == (all().rank() == last ? want : std::vector<Node>{}));
  CHECK(all().gather_everywhere(mine) == want);
}

TEST_CASE("ranks: texts, broadcast, barrier, any", "[ranks]") {
  const auto texts = all().gather(std::string(all().rank() * 1000, 'x'));
  if (all().first()) {
    REQUIRE(texts.size() == all().size());
    for (unsigned i = 0; i < texts.size(); ++i) CHECK(texts[i].size() == i * 1000);
  }
  std::vector<Node> nodes(5, node(all().rank(), 0));
  all().broadcast(std::span(nodes), all().size() - 1);
  CHECK(nodes == std::vector<Node>(5, node(all().size() - 1, 0)));
  all().barrier();
  CHECK(all().any(all().rank() == all().size() - 1));
  CHECK_FALSE(all().any(false));
}
