// Parents by ranges, proven or computed while the job works on the range before.
#include <algorithm>
#include <future>

#include "jobs/parent_cache/block_record.h"
#include "jobs/parent_cache/cache_file.h"
#include "jobs/parent_cache/parent_cache.h"
#include "kernels/base/error.h"
#include "kernels/device/cpu.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::parent_cache {
namespace {

constexpr std::uint64_t kNone = ~std::uint64_t{0};

struct Loaded {
  std::uint64_t number = kNone;  ///< of the block
  Entries entries;
  bool bad = false;  ///< had not its digest and was computed
};

}  // namespace

struct Parents::State {
  State(const PorepConfig& porep, unsigned threads)
      : graph(porep), share{std::max(threads, 1u), device::best_cpu()} {}
  ~State() {
    if (next.valid()) next.wait();
  }

  graph::Graph graph;
  device::Share share;
  std::unique_ptr<CacheFile> file;  ///< null: computed
  BlockRecord record;
  std::string source;

  Loaded current;
  std::future<Loaded> next;
  std::uint64_t next_number = kNone, repaired = 0;
  Entries joined;  ///< a range that lies in several blocks

  std::uint64_t blocks() const { return (graph.nodes() + kBlockNodes - 1) / kBlockNodes; }

  Loaded load(std::uint64_t number) const {
    Loaded block{.number = number, .entries = {}, .bad = false};
    const auto first = number * kBlockNodes;
    block.entries.resize(std::min(kBlockNodes, graph.nodes() - first) * graph::kDegree);
    if (file) {
      file->read(first, block.entries);
      if (sha256::digest(as_bytes(block.entries)) == record.blocks[number]) return block;
      block.bad = true;
    }
    compute(graph, first, block.entries, share);
    return block;
  }

  // The file is right again for those who come later; we have the right block anyway.
  void repair(const Loaded& block) {
    ++repaired;
    try {
      const CacheFile writable(file->path(), graph.nodes(), CacheFile::For::repair);
      writable.write(block.number * kBlockNodes, block.entries);
      writable.sync();
    } catch (const Error&) {
      source = "not repaired, read-only: " + file->path().string();
    }
  }

  const Loaded& fetch(std::uint64_t number) {
    if (current.number == number) return current;
    if (next_number == number) {
      next_number = kNone;
      current = next.get();
    } else {
      current = load(number);
    }
    if (current.bad) repair(current);
    prefetch(number + 1 < blocks() ? number + 1 : 0);
    return current;
  }

  void prefetch(std::uint64_t number) {
    if (number == current.number) return;
    if (next.valid()) next.wait();
    next = std::async(std::launch::async, [this, number] { return load(number); });
    next_number = number;
  }
};

Parents::Parents(std::unique_ptr<State> state) : state_(std::move(state)) {}
Parents::Parents(Parents&&) noexcept = default;
Parents::~Parents() = default;

Parents Parents::open_or_create(const std::filesystem::path& folder, const PorepConfig& porep,
                                unsigned threads, const Progress& progress) {
  try {
    auto state = std::make_unique<State>(porep, threads);
    const auto path = cache_path(folder, porep);
    const auto nodes = porep.nodes();
    auto record = read_record(record_path(path), nodes);
    std::error_code absent;
    if (!record || std::filesystem::file_size(path, absent) != state->graph.cache_bytes()) {
      make(folder, porep, state->share, progress);
      record = read_record(record_path(path), nodes);
    }
    state->file = std::make_unique<CacheFile>(path, nodes, CacheFile::For::reading);
    if (!record) throw Error(Fault::io, "{}: cannot be read", record_path(path).string());
    state->record = std::move(*record);
    state->source = path.string();
    return Parents(std::move(state));
  } catch (const Error& error) {
    if (error.fault() != Fault::io && error.fault() != Fault::corrupt) throw;
    return computed(porep, threads, error.what());
  }
}

Parents Parents::computed(const PorepConfig& porep, unsigned threads, std::string why) {
  auto state = std::make_unique<State>(porep, threads);
  state->source = std::move(why);
  return Parents(std::move(state));
}

std::span<const std::uint32_t> Parents::block(std::uint64_t first, std::uint64_t count) {
  auto& state = *state_;
  if (first > state.graph.nodes() || count > state.graph.nodes() - first)
    throw Error(Fault::usage, "parents: nodes {} to {}, the graph has {}", first, first + count,
                state.graph.nodes());
  if (count == 0) return {};
  const auto number = first / kBlockNodes, from = first % kBlockNodes;
  if (from + count <= kBlockNodes)
    return std::span(state.fetch(number).entries)
        .subspan(from * graph::kDegree, count * graph::kDegree);
  state.joined.clear();
  for (auto at = first; at < first + count;) {
    const auto begin = at % kBlockNodes;
    const auto n = std::min(kBlockNodes - begin, first + count - at);
    const auto part = std::span(state.fetch(at / kBlockNodes).entries)
                          .subspan(begin * graph::kDegree, n * graph::kDegree);
    state.joined.insert(state.joined.end(), part.begin(), part.end());
    at += n;
  }
  return state.joined;
}

std::uint64_t Parents::repaired() const { return state_->repaired; }

std::string Parents::text() const {
  if (!state_->file) return "computed as they are needed: " + state_->source;
  return fmt::format("{}, {} blocks proven while they are read", state_->source, state_->blocks());
}

}  // namespace sealyard::parent_cache
