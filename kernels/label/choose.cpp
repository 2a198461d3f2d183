// Which kernels label a batch fastest on this core.
#include <algorithm>
#include <chrono>
#include <limits>

#include "kernels/label/label.h"

namespace sealyard::label {

double measure(const Kernel& kernel) {
  constexpr std::uint64_t kNodes = 256;
  constexpr int kRounds = 5;
  std::vector<Node> ids(kernel.most), previous(kNodes * kernel.most), current(previous.size());
  std::vector<std::uint32_t> parents(kNodes * kParents);
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const auto node = static_cast<std::uint32_t>(i / kParents);
    const auto back = static_cast<std::uint32_t>(1 + i % kParents * 5);
    parents[i] = node < back ? 0 : node - back;
  }
  const Part part{kernel, kernel.most};
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kRounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    fill({ids, 2, previous, current}, 0, parents, {&part, 1});
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    least = std::min(least, spent.count() / kNodes);
  }
  return least;
}

// best[n] = least time of n sectors: the last part is one kernel with some of them.
std::vector<Part> fastest_split(unsigned sectors, std::span<const Kernel> kernels,
                                std::span<const double> ns) {
  if (kernels.size() != ns.size())
    throw Error(Fault::usage, "label: {} kernels, times of {}", kernels.size(), ns.size());
  struct Best {
    double ns = std::numeric_limits<double>::infinity();
    std::size_t kernel = 0;
    unsigned taken = 0;
  };
  std::vector<Best> best(sectors + 1);
  best[0].ns = 0;
  for (unsigned n = 1; n <= sectors; ++n)
    for (std::size_t k = 0; k < kernels.size(); ++k)
      if (const unsigned taken = std::min(n, kernels[k].most);
          taken >= kernels[k].least && best[n - taken].ns + ns[k] < best[n].ns)
        best[n] = {best[n - taken].ns + ns[k], k, taken};
  std::vector<Part> split;
  for (unsigned n = sectors; n > 0; n -= best[n].taken) {
    if (best[n].taken == 0) throw Error(Fault::usage, "label: no kernel takes {} sectors", n);
    split.push_back({kernels[best[n].kernel], best[n].taken});
  }
  return split;
}

}  // namespace sealyard::label
