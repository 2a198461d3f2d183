// Layers in memory.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/base/node.h"

namespace sealyard::sector {

/// Private pages, zero until touched, so that whoever touches or binds them first decides where
/// they lie.
class LayerMemory {
 public:
  /// @param page_bytes  of reserved huge pages; 0: ordinary ones, with a hint that larger ones are
  ///                    welcome (parents lie far apart: 2.6 times fewer cycles).
  /// @throws Error{configuration} no such memory: wanted bytes, "ask for more (--mem)".
  explicit LayerMemory(std::uint64_t nodes, std::uint64_t page_bytes = 0);
  LayerMemory(LayerMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        nodes_(std::exchange(other.nodes_, 0)),
        mapped_(std::exchange(other.mapped_, 0)) {}
  LayerMemory& operator=(LayerMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(nodes_, other.nodes_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }
  ~LayerMemory();

  std::span<Node> nodes() { return {data_, nodes_}; }
  std::span<const Node> nodes() const { return {data_, nodes_}; }

 private:
  Node* data_ = nullptr;
  std::size_t nodes_ = 0, mapped_ = 0;
};

/// Which pages layers take: those reserved by the site (hugetlb) when all layers of the job fit
/// them, else ordinary ones for all, never some of each (SEAL-10, SEAL-11).
enum class Pages { automatic, huge, ordinary };
/// "auto", "huge", "ordinary".  @throws Error{usage} another word.
Pages parse_pages(std::string_view text);

struct Layers {
  std::vector<LayerMemory> memory;
  bool huge = false;
  std::string text;  ///< for the log: which pages and why
};
/// One memory for each count of nodes.
/// @param reserved  where the system tells what is free, by size of page.
/// @throws Error{configuration} no memory; Pages::huge and they do not all fit.
Layers take_layers(std::span<const std::uint64_t> nodes, Pages pages,
                   const std::filesystem::path& reserved = "/sys/kernel/mm/hugepages");

}  // namespace sealyard::sector
