// The cache file as blocks: read, compute, repair. Private to this folder.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/device/share.h"
#include "kernels/graph/graph.h"

namespace sealyard::parent_cache {

using Entries = std::vector<std::uint32_t>;

inline std::span<const std::uint8_t> as_bytes(std::span<const std::uint32_t> entries) {
  return {reinterpret_cast<const std::uint8_t*>(entries.data()), entries.size_bytes()};
}

/// An open cache file of the right length.
class CacheFile {
 public:
  enum class For { reading, repair };
  /// @throws Error{missing}; Error{corrupt} another length; Error{io}
  CacheFile(std::filesystem::path path, std::uint64_t nodes, For purpose);
  ~CacheFile();
  CacheFile(const CacheFile&) = delete;

  /// Entries from node `first` on.  @throws Error{io}
  void read(std::uint64_t first, std::span<std::uint32_t> out) const;
  void write(std::uint64_t first, std::span<const std::uint32_t> entries) const;
  void sync() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int file_;
};

/// Entries of nodes [first, first + out.size() / 14), by several threads.
void compute(const graph::Graph& graph, std::uint64_t first, std::span<std::uint32_t> out,
             const device::Share& share);

}  // namespace sealyard::parent_cache
