#include "jobs/sector/layer_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <map>

#include "kernels/base/error.h"

namespace sealyard::sector {
namespace {

constexpr int kHugeShift = 26;  // MAP_HUGE_SHIFT: where mmap takes the logarithm of the page size

std::uint64_t rounded(std::uint64_t bytes, std::uint64_t page_bytes) {
  return page_bytes == 0 ? bytes : (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

// Pages of each size that are reserved and free: hugepages-2048kB/free_hugepages.
std::map<std::uint64_t, std::uint64_t> free_pages(const std::filesystem::path& reserved) {
  constexpr std::string_view kPrefix = "hugepages-";
  std::map<std::uint64_t, std::uint64_t> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(reserved, none)) {
    const auto name = entry.path().filename().string();
    std::uint64_t kib = 0, count = 0;
    if (!name.starts_with(kPrefix)) continue;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), kib);
    std::ifstream(entry.path() / "free_hugepages") >> count;
    if (std::has_single_bit(kib)) found[kib * 1024] = count;
  }
  return found;
}

}  // namespace

LayerMemory::LayerMemory(std::uint64_t nodes, std::uint64_t page_bytes)
    : nodes_(nodes), mapped_(rounded(nodes * kNodeBytes, page_bytes)) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  // The system sets them aside here: too few of them is an error now and no SIGBUS hours later.
  if (page_bytes > 0) flags |= MAP_HUGETLB | std::countr_zero(page_bytes) << kHugeShift;
  void* at = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (at == MAP_FAILED)
    throw Error(Fault::configuration, "no memory for a layer of {} bytes: {}; ask for more (--mem)",
                mapped_, std::strerror(errno));
  if (page_bytes == 0) ::madvise(at, mapped_, MADV_HUGEPAGE);  // a hint
  data_ = static_cast<Node*>(at);
}

LayerMemory::~LayerMemory() {
  if (data_) ::munmap(data_, mapped_);
}

Pages parse_pages(std::string_view text) {
  if (text == "auto") return Pages::automatic;
  if (text == "huge") return Pages::huge;
  if (text == "ordinary") return Pages::ordinary;
  throw Error(Fault::usage, "--pages: \"{}\", want auto, huge or ordinary", text);
}

Layers take_layers(std::span<const std::uint64_t> nodes, Pages pages,
                   const std::filesystem::path& reserved) {
  Layers layers;
  std::string why = "asked for";
  if (pages != Pages::ordinary) {
    why.clear();
    const auto sizes = free_pages(reserved);
    for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {  // largest first
      const auto [bytes, free] = *size;
      std::uint64_t wanted = 0;
      for (const auto count : nodes) wanted += rounded(count * kNodeBytes, bytes) / bytes;
      why += fmt::format("{}{} of {} KiB free, {} wanted", why.empty() ? "" : ", ", free,
                         bytes / 1024, wanted);
      if (free < wanted) continue;
      try {
        for (const auto count : nodes) layers.memory.emplace_back(count, bytes);
        layers.text = fmt::format("huge pages: {}", why);
        layers.huge = true;
        return layers;
      } catch (const Error&) {  // another job was faster
        layers.memory.clear();
        why += " but not given";
      }
    }
    if (why.empty()) why = "none reserved";
    if (pages == Pages::huge)
      throw Error(Fault::configuration,
                  "--pages huge: the layers do not fit the huge pages of this host: {}; reserve "
                  "more or take ordinary ones",
                  why);
  }
  for (const auto count : nodes) layers.memory.emplace_back(count);
  layers.text = fmt::format("ordinary pages ({})", why);
  return layers;
}

}  // namespace sealyard::sector
