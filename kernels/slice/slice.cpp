#include "kernels/slice/slice.h"

#include <algorithm>
#include <bit>

#include "kernels/poseidon/poseidon.h"
#include "kernels/replica/replica.h"
#include "kernels/slice/copy.h"
#include "kernels/slice/lane_device.h"

namespace sealyard::slice {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

// Nodes of a slice on a CPU, by thread, and altogether.
constexpr std::size_t kNodesPerThread = 1 << 12, kFewestOnCpu = 1 << 15;
// On a GPU. The largest takes a card of the fastest kind 40 ms, and its smallest row still 2048
// threads; the smallest keeps a small card busy longer than it takes to ask it.
constexpr std::size_t kMostOnGpu = 1 << 20, kFewestOnGpu = 1 << 15;
// One is filled and one emptied while the third is hashed.
constexpr unsigned kGpuLanes = 3;
// What the driver takes for a program: code, stacks of all threads that fit the card.
constexpr std::uint64_t kContextBytes = 768 * kMiB;
constexpr unsigned kMostJobsPerGpu = 4;

// Each range of groups from the layers to the top rows while it is in the cache of its core.
class CpuLane : public Lane {
 public:
  CpuLane(Backend backend, const Shape& shape, unsigned threads)
      : backend_(backend), shape_(shape), threads_(threads) {}

  void start(const Input& in, const Output& out) override {
    in_ = in;
    out_ = out;
  }

  void finish() override {
    device::for_ranges(threads_, in_.nodes, shape_.group(),
                       [&](std::size_t begin, std::size_t end) {
                         if (out_.tree_c[shape_.rows]) make_tree_c(begin, end - begin);
                         if (out_.tree_r[shape_.rows] || out_.replica)
                           make_tree_r(begin, end - begin);
                       });
  }

 private:
  void make_tree_c(std::size_t first, std::size_t count) const {
    std::vector<const Node*> columns;
    for (const auto* layer : in_.layers) columns.push_back(layer + first);
    std::vector<Node> room;
    Node* hashes = place(out_.tree_c[0], first, count, room);
    poseidon::hash_columns(columns, {hashes, count}, backend_);
    raise(hashes, out_.tree_c, first, count);
  }

  void make_tree_r(std::size_t first, std::size_t count) const {
    std::vector<Node> room;
    Node* replica = place(out_.replica, first, count, room);
    replica::encode({in_.data + first, count}, {in_.layers.back() + first, count}, {replica, count},
                    replica::encode_backends.choose(backend_));
    if (out_.tree_r[shape_.rows]) raise(replica, out_.tree_r, first, count);
  }

  void raise(const Node* below, const std::array<Node*, kMostRows + 1>& wanted, std::size_t first,
             std::size_t count) const {
    std::array<std::vector<Node>, kMostRows + 1> rooms;
    for (unsigned row = 1; row <= shape_.rows; ++row) {
      first /= 8;
      count /= 8;
      Node* here = place(wanted[row], first, count, rooms[row]);
      poseidon::hash_groups(8, {below, 8 * count}, {here, count}, backend_);
      below = here;
    }
  }

  // Nodes from `first` of a row where it is wanted, else of `room`.
  static Node* place(Node* wanted, std::size_t first, std::size_t count, std::vector<Node>& room) {
    if (wanted) return wanted + first;
    room.resize(count);
    return room.data();
  }

  Backend backend_;
  Shape shape_;
  unsigned threads_;
  Input in_{};
  Output out_;
};

template <Backend backend>
std::unique_ptr<Lane> make_cpu_lane(const Shape& shape, unsigned threads) {
  return std::make_unique<CpuLane>(backend, shape, threads);
}

Shape shape_of(unsigned layers, std::uint64_t leaves, std::size_t most_nodes) {
  const auto rows = static_cast<unsigned>(std::countr_zero(leaves)) / 3;
  return {layers, std::min(rows, kMostRows),
          static_cast<std::size_t>(std::min<std::uint64_t>(leaves, most_nodes))};
}

}  // namespace

const BackendTable<MakeLane> lane_backends{
    .kernel = "slice::lane",
    .portable = make_cpu_lane<Backend::portable>,
    .avx512 = make_cpu_lane<Backend::avx512>,
    .cuda = SEALYARD_IF_CUDA(cuda::make_lane),
};

void copy(unsigned threads, const Node* from, Node* to, std::size_t nodes) {
  constexpr std::size_t kGrain = 1 << 12;  // 128 KiB: starting a thread costs little beside it
  device::for_ranges(threads, nodes, kGrain, [&](std::size_t begin, std::size_t end) {
    std::copy(from + begin, from + end, to + begin);
  });
}

std::optional<Plan> gpu_plan(unsigned layers, std::uint64_t leaves, std::uint64_t gpu_free_bytes) {
  if (!poseidon::gpu::has_arity(layers)) return std::nullopt;
  for (std::size_t most = kMostOnGpu; most >= kFewestOnGpu; most /= 2) {
    const Plan found{Backend::cuda, shape_of(layers, leaves, most), kGpuLanes};
    if (gpu_bytes(found) <= gpu_free_bytes) return found;
  }
  return std::nullopt;
}

Plan plan(unsigned layers, std::uint64_t leaves, const device::Share& share,
          std::uint64_t gpu_free_bytes) {
  auto backend = lane_backends.choose(share.backend);
  if (backend == Backend::cuda) {
    if (const auto found = gpu_plan(layers, leaves, gpu_free_bytes)) return *found;
    backend = lane_backends.choose(device::best_cpu());
  }
  const auto most = std::max(kFewestOnCpu, kNodesPerThread * std::bit_ceil(share.threads));
  return {backend, shape_of(layers, leaves, most), 1};
}

std::uint64_t gpu_bytes(const Plan& plan) {
  if (plan.backend != Backend::cuda) return 0;
  return kContextBytes + pinned_bytes(plan);
}

std::uint64_t pinned_bytes(const Plan& plan) {
  if (plan.backend != Backend::cuda) return 0;
  return plan.lanes * gpu::lane_nodes(plan.shape) * kNodeBytes;
}

unsigned jobs_per_gpu(std::uint64_t card_bytes, unsigned layers) {
  const auto job = [&](std::size_t nodes) {
    return gpu_bytes({Backend::cuda, shape_of(layers, kMostOnGpu, nodes), kGpuLanes});
  };
  if (card_bytes < job(kFewestOnGpu)) return 0;
  const auto jobs = std::max<std::uint64_t>(1, card_bytes / job(kMostOnGpu));
  return static_cast<unsigned>(std::min<std::uint64_t>(jobs, kMostJobsPerGpu));
}

}  // namespace sealyard::slice
