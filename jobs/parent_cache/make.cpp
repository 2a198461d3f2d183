// Making a parents cache, adopting one, proving and repairing one.
#include <algorithm>

#include "jobs/parent_cache/block_record.h"
#include "jobs/parent_cache/cache_file.h"
#include "jobs/parent_cache/parent_cache.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/maker_lock.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::parent_cache {
namespace {

namespace fs = std::filesystem;

// One call for every stretch of blocks that fills the threads.
void for_stretches(std::uint64_t nodes, const device::Share& share,
                   const std::function<void(std::uint64_t first, std::uint64_t count)>& work) {
  const auto stretch = kBlockNodes * std::max(share.threads, 1u);
  for (std::uint64_t first = 0; first < nodes; first += stretch)
    work(first, std::min(stretch, nodes - first));
}

// SHA-256 of each block of a stretch, by several threads.
std::vector<Node> block_digests(std::span<const std::uint32_t> entries,
                                const device::Share& share) {
  const std::size_t block = kBlockNodes * graph::kDegree;
  std::vector<Node> digests((entries.size() + block - 1) / block);
  device::for_ranges(share.threads, digests.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      digests[i] = sha256::digest(
          as_bytes(entries.subspan(i * block, std::min(block, entries.size() - i * block))));
  });
  return digests;
}

void require_published(const fs::path& path, const PorepConfig& porep, const Node& found) {
  const auto want = graph::published_cache_digest(porep);
  if (want && *want != found)
    throw Error(Fault::internal, "parents cache {}: made with SHA-256 {}, published is {}",
                path.string(), to_hex(found), to_hex(*want));
}

Made make_new(const fs::path& path, const PorepConfig& porep, const device::Share& share,
              const Progress& progress) {
  const graph::Graph graph(porep);
  sector::require_space(path.parent_path(), graph.cache_bytes());
  sector::Output output(path, path.string() + ".part", {.expected_bytes = graph.cache_bytes()});
  BlockRecord record{.nodes = graph.nodes(), .sha256 = {}, .blocks = {}};
  Entries entries;
  for_stretches(graph.nodes(), share, [&](std::uint64_t first, std::uint64_t count) {
    if (progress) progress(first, graph.nodes());
    entries.resize(count * graph::kDegree);
    compute(graph, first, entries, share);
    for (const auto& digest : block_digests(entries, share)) record.blocks.push_back(digest);
    output.write(as_bytes(entries));
  });
  record.sha256 = output.sync().sha256;
  require_published(path, porep, record.sha256);
  // The record first: a cache without one would have to be proven again.
  write(record_path(path), record);
  return {.path = path, .written = output.commit(), .found = false, .repaired = {}};
}

// Reads all of it. Blocks that differ from `known` (or, without it, from what is computed) are made
// again, in the file too.
Made prove(const fs::path& path, const PorepConfig& porep, const BlockRecord* known,
           const device::Share& share, const Progress& progress) {
  const graph::Graph graph(porep);
  Made made{.path = path, .written = {}, .found = true, .repaired = {}};
  BlockRecord record{.nodes = graph.nodes(), .sha256 = {}, .blocks = {}};
  sha256::Hasher whole;
  Entries entries, truth;
  const CacheFile file(path, graph.nodes(), CacheFile::For::reading);
  for_stretches(graph.nodes(), share, [&](std::uint64_t first, std::uint64_t count) {
    if (progress) progress(first, graph.nodes());
    entries.resize(count * graph::kDegree);
    file.read(first, entries);
    auto found = block_digests(entries, share);
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto number = first / kBlockNodes + i;
      if (known && known->blocks[number] == found[i]) continue;
      const auto from = i * kBlockNodes;
      const auto nodes = std::min(kBlockNodes, count - from);
      const auto there = std::span(entries).subspan(from * graph::kDegree, nodes * graph::kDegree);
      truth.resize(there.size());
      compute(graph, first + from, truth, share);
      if (std::equal(truth.begin(), truth.end(), there.begin())) continue;
      std::copy(truth.begin(), truth.end(), there.begin());
      found[i] = sha256::digest(as_bytes(truth));
      const CacheFile repair(path, graph.nodes(), CacheFile::For::repair);
      repair.write(first + from, truth);
      repair.sync();
      made.repaired.push_back(number);
    }
    record.blocks.insert(record.blocks.end(), found.begin(), found.end());
    whole.update(as_bytes(entries));
  });
  record.sha256 = whole.finish();
  require_published(path, porep, record.sha256);
  made.written = {graph.cache_bytes(), record.sha256};
  if (!known || known->blocks != record.blocks || known->sha256 != record.sha256)
    write(record_path(path), record);
  return made;
}

// One pass over a file that another program made: is it the published one?
std::optional<BlockRecord> adopt_published(const fs::path& path, const PorepConfig& porep,
                                           const device::Share& share, const Progress& progress) {
  const auto published = graph::published_cache_digest(porep);
  if (!published) return std::nullopt;
  BlockRecord record{.nodes = porep.nodes(), .sha256 = {}, .blocks = {}};
  sha256::Hasher whole;
  Entries entries;
  const CacheFile file(path, porep.nodes(), CacheFile::For::reading);
  for_stretches(porep.nodes(), share, [&](std::uint64_t first, std::uint64_t count) {
    if (progress) progress(first, porep.nodes());
    entries.resize(count * graph::kDegree);
    file.read(first, entries);
    for (const auto& digest : block_digests(entries, share)) record.blocks.push_back(digest);
    whole.update(as_bytes(entries));
  });
  record.sha256 = whole.finish();
  if (record.sha256 != *published) return std::nullopt;
  return record;
}

// A cache of another length is no cache: another program died while it wrote it.
bool there(const fs::path& path, const PorepConfig& porep) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  if (error) return false;
  if (bytes == porep.nodes() * graph::kEntryBytes) return true;
  fs::rename(path, path.string() + ".bad", error);
  if (error) throw Error(Fault::io, "parents cache {}: {}", path.string(), error.message());
  return false;
}

Made work(const fs::path& folder, const PorepConfig& porep, const device::Share& share,
          const Progress& progress, bool read_all) {
  const auto path = cache_path(folder, porep);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(Fault::io, "parents folder {}: {}", folder.string(), error.message());
  const sector::MakerLock lock(path, [&] {
    if (progress) progress(0, porep.nodes());
  });
  if (!there(path, porep)) return make_new(path, porep, share, progress);
  const auto record = read_record(record_path(path), porep.nodes());
  if (record && !read_all)
    return {.path = path,
            .written = {porep.nodes() * graph::kEntryBytes, record->sha256},
            .found = true,
            .repaired = {}};
  if (!record) {
    if (const auto adopted = adopt_published(path, porep, share, progress)) {
      write(record_path(path), *adopted);
      return {.path = path,
              .written = {porep.nodes() * graph::kEntryBytes, adopted->sha256},
              .found = true,
              .repaired = {}};
    }
  }
  return prove(path, porep, record ? &*record : nullptr, share, progress);
}

}  // namespace

std::filesystem::path cache_path(const fs::path& folder, const PorepConfig& porep) {
  return folder / graph::Graph(porep).cache_name();
}

std::filesystem::path record_path(const fs::path& cache) { return cache.string() + ".blocks"; }

Made make(const fs::path& folder, const PorepConfig& porep, const device::Share& share,
          const Progress& progress) {
  return work(folder, porep, share, progress, /*read_all=*/false);
}

Made verify(const fs::path& folder, const PorepConfig& porep, const device::Share& share,
            const Progress& progress) {
  return work(folder, porep, share, progress, /*read_all=*/true);
}

}  // namespace sealyard::parent_cache
