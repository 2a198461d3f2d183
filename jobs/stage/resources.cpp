#include "jobs/stage/resources.h"

#include <algorithm>
#include <bit>

#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::stage {
namespace {

constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

// The program itself: code, MPI and hwloc libraries, buffers, stacks of the threads.
// Measured: 12 to 20 MiB alone, 40 MiB as one of several ranks.
constexpr std::uint64_t kProgramBytes = 64 * kMiB;
// Two blocks of parents, used and fetched, and what computes one.
constexpr std::uint64_t kParentsBytes = 16 * kMiB;
// A file that is mapped and walked front to back: the kernel may drop its pages, but what is
// resident while plenty is free counts in the peak; larger files are unmapped as we go.
constexpr std::uint64_t kPagesBytes = 2 * kGiB;

// What PC2 reads of a file before it lets go of it.
constexpr std::uint64_t kSliceBytes = 32 * kMiB;

// Work one core does in a second, on the low side. Labels: 20 SHA-256 compressions each.
struct Rates {
  double labels, column_hashes, node_hashes, sha256_bytes;
};
constexpr Rates rates(Backend backend) {
  const bool fast_sha = backend != Backend::portable;
  return {.labels = fast_sha ? 700e3 : 120e3,
          .column_hashes = 15e3,  // Poseidon of 11 elements; of 8 takes less
          .node_hashes = 20e3,
          .sha256_bytes = fast_sha ? 800e6 : 150e6};
}
// Columns and their trees on the smallest card that does it at all.
constexpr double kGpuColumnHashes = 500e3;
// Memory of the host that a GPU copies from, three slices of 449 MiB at most, what waits to be
// written, and the driver.
constexpr std::uint64_t kGpuHostBytes = 2 * kGiB;
constexpr double kDiskBytes = 100e6;  // a second, of a busy disk
constexpr double kStartSeconds = 120;
constexpr double kTimeMargin = 2;

bool production(const PorepConfig& porep) { return porep.sector_bytes >= 32 * kGiB; }

std::uint64_t pages(std::uint64_t bytes) { return std::min(bytes, kPagesBytes); }

// All rows of a base tree of arity 8 over n leaves: 32 (n + n/8 + ... + 1).
std::uint64_t base_tree_bytes(const PorepConfig& porep) {
  const auto leaves = porep.tree().leaves_per_base_tree;
  return kNodeBytes * ((8 * leaves - 1) / 7);
}

std::uint64_t tree_d_bytes(const PorepConfig& porep) { return 2 * porep.sector_bytes - kNodeBytes; }

// One value by size: tests, development networks, production.
unsigned cores(const PorepConfig& porep, unsigned small, unsigned medium, unsigned large) {
  if (production(porep)) return large;
  return porep.sector_bytes >= 512 * kMiB ? medium : small;
}

std::uint64_t limit_s(double seconds) {
  return static_cast<std::uint64_t>(kStartSeconds + kTimeMargin * seconds);
}

// Reads pieces front to back, pads, hashes, writes once.
Resources add_piece(const PorepConfig& porep, Backend backend) {
  const auto size = static_cast<double>(porep.sector_bytes);
  Resources need;
  need.cores = cores(porep, 1, 2, 8);
  need.memory_bytes = kProgramBytes + pages(2 * porep.sector_bytes);
  // 64 bytes hashed for each of 2N - 1 inner nodes of CommP: 2 S bytes.
  need.time_s =
      limit_s(2 * size / (rates(backend).sha256_bytes * need.cores) + 2 * size / kDiskBytes);
  need.disk_bytes = porep.sector_bytes;
  return need;
}

// Labels of a layer need all of the layer before (expander parents) and of its own so far (base
// parents): two layers in memory. A layer is one chain, computed by one core; the others fetch
// parents and write. The sectors of a batch have theirs side by side, dealt to the cores; less
// memory than that is used too, for fewer at a time.
Resources pc1(const PorepConfig& porep, Backend backend, unsigned sectors = 1) {
  const auto n = static_cast<double>(porep.nodes());
  const auto layers = porep.layers();
  const auto bytes = static_cast<double>(porep.sector_bytes);
  Resources need;
  need.cores = cores(porep, 1, 2, 4);
  // Before the layers, tree_d is made: data and tree are mapped then.
  const auto mapped = pages(porep.sector_bytes + tree_d_bytes(porep));
  need.memory_bytes = kProgramBytes + kParentsBytes +
                      std::max(2 * sectors * porep.sector_bytes, mapped) + sectors * kMiB;
  const auto in_turn = (sectors + need.cores - 1) / need.cores;
  need.time_s = limit_s(in_turn * n * layers / rates(backend).labels +
                        sectors * (layers + 3) * bytes / kDiskBytes);
  // Layers, tree_d, and one layer as a checkpoint.
  need.disk_bytes = sectors * ((layers + 1) * porep.sector_bytes + tree_d_bytes(porep));
  return need;
}

// Layers, data and replica are read and written in slices; of one base tree at a time the rows
// above the leaves are in memory.
Resources pc2(const PorepConfig& porep, Backend backend) {
  const auto n = static_cast<double>(porep.nodes());
  const auto bytes = static_cast<double>(porep.sector_bytes);
  const auto rate = rates(backend);
  Resources need;
  need.cores = cores(porep, 1, 2, 16);
  need.memory_bytes =
      kProgramBytes + base_tree_bytes(porep) / 8 + std::min(kSliceBytes, porep.sector_bytes) +
      std::min((porep.layers() + 2) * kSliceBytes, (porep.layers() + 2) * porep.sector_bytes);
  double hashing = (n / rate.column_hashes + 2 * n / 7 / rate.node_hashes) / need.cores;
  if (backend == Backend::cuda) {
    need.gpus = 1;
    need.memory_bytes += kGpuHostBytes;
    hashing = n / kGpuColumnHashes;
  }
  need.time_s = limit_s(hashing + (porep.layers() + 3) * bytes / kDiskBytes);
  // Replica, tree_c, tree_r_last (1/64 of a base tree and less), synthetic proofs at worst.
  need.disk_bytes =
      porep.sector_bytes + base_tree_bytes(porep) * porep.tree().base_trees * 9 / 8 + 16 * kMiB;
  if (porep.feature == PorepFeature::synthetic) {  // opens nodes all over the mapped files
    need.disk_bytes += porep.synthetic_challenges() * 64 * kKiB;
    need.memory_bytes += pages((porep.layers() + 4) * porep.sector_bytes);
  }
  return need;
}

// Challenges: each opens 15 nodes in every layer and in about 10 rows of tree_c, and 512 leaves of
// the replica, here and there in mapped files; a touched page may bring 15 neighbours along. The
// proofs stay in memory until they are written; as JSON they are seven times larger.
Resources c1(const PorepConfig& porep, Backend backend) {
  constexpr std::uint64_t kAroundPage = 64 * kKiB, kProofBytes = 64 * kKiB;
  const auto challenges = std::uint64_t{porep.partitions()} * porep.challenges_per_partition();
  const auto touched = challenges * 15 * (porep.layers() + 10);
  const auto files = (porep.layers() + 1) * porep.sector_bytes + tree_d_bytes(porep) +
                     porep.tree().base_trees * base_tree_bytes(porep);
  Resources need;
  need.cores = cores(porep, 1, 1, 4);
  need.memory_bytes =
      kProgramBytes + 2 * challenges * kProofBytes + pages(std::min(files, touched * kAroundPage));
  need.disk_bytes = 8 * challenges * kProofBytes;
  // Per challenge: paths and columns made and checked, 2 x 15 x 10 node hashes, and the leaves
  // around one of the replica; each touched page is a seek of a slow disk.
  const auto hashes = static_cast<double>(challenges) * (2 * 15 * 12 + 80);
  need.time_s = limit_s(hashes / (rates(backend).node_hashes * need.cores) +
                        static_cast<double>(touched) * 0.01 / need.cores +
                        static_cast<double>(need.disk_bytes) / kDiskBytes);
  return need;
}

// One partition at a time as long as nobody says otherwise.
Resources c2(const PorepConfig& porep) {
  // Measured: 11 us of one core a row, from the witness to the proof.
  constexpr double kSecondsPerRow = 20e-6;
  Resources need;
  need.cores = cores(porep, 1, 4, 32);
  need.memory_bytes = c2_memory_bytes(porep, {}, need.cores);
  need.disk_bytes = kMiB;
  const auto rows = static_cast<double>(porep.partitions() * c2_rows(porep));
  need.time_s = limit_s(rows * kSecondsPerRow / need.cores);
  return need;
}

// Copies replica, cache and perhaps data, reading the copy back.
Resources finalize(const PorepConfig& porep) {
  const auto bytes = static_cast<double>(porep.sector_bytes);
  Resources need;
  need.memory_bytes = kProgramBytes + pages(porep.sector_bytes);
  need.time_s = limit_s(6 * bytes / kDiskBytes);
  need.disk_bytes = 2 * porep.sector_bytes + base_tree_bytes(porep) / 8 + 16 * kMiB;
  return need;
}

// PC1 without its files when no layer is left, then one pass over the replica.
Resources unseal(const PorepConfig& porep, Backend backend) {
  Resources need = pc1(porep, backend);
  // Behind the labels: the last layer, and the replica mapped.
  need.memory_bytes += pages(porep.sector_bytes);
  need.time_s += limit_s(3 * static_cast<double>(porep.sector_bytes) / kDiskBytes);
  need.disk_bytes = porep.sector_bytes;
  return need;
}

// 56 bytes a node, written by all cores; eight Feistel walks of four BLAKE2b rounds and five
// ChaCha draws a node.
Resources parents(const PorepConfig& porep) {
  constexpr std::uint64_t kBytesPerNode = 56;
  constexpr double kNodesPerSecond = 60e3;
  Resources need;
  need.cores = cores(porep, 1, 2, 16);
  // A block of entries (3.5 MiB) for each thread, and one more while it is proven.
  need.memory_bytes = kProgramBytes + kParentsBytes + 4 * kMiB * need.cores;
  need.disk_bytes = porep.nodes() * kBytesPerNode;
  need.time_s = limit_s(static_cast<double>(porep.nodes()) / (kNodesPerSecond * need.cores) +
                        2 * static_cast<double>(need.disk_bytes) / kDiskBytes);
  return need;
}

// The zero unsealed file and tree_d over it.
Resources template_files(const PorepConfig& porep, Backend backend) {
  Resources need = add_piece(porep, backend);
  need.memory_bytes = kProgramBytes + pages(3 * porep.sector_bytes);
  need.disk_bytes = porep.sector_bytes + tree_d_bytes(porep);
  need.time_s += limit_s(static_cast<double>(need.disk_bytes) * 2 / kDiskBytes);
  return need;
}

// A piece as large as the sector, read once and hashed.
Resources commp(const PorepConfig& porep, Backend backend) {
  const auto size = static_cast<double>(porep.sector_bytes);
  return {.memory_bytes = kProgramBytes,
          .time_s = limit_s(2 * size / rates(backend).sha256_bytes + size / kDiskBytes)};
}

// Rows of one sector: its commitments, then for each challenge the path and its ends.
// Source: rust-fil-proofs, storage-proofs-post/tests/fallback_circuit.rs, from the counts there.
std::uint64_t post_rows(const PorepConfig& porep, unsigned challenges) {
  const auto tree = porep.tree();
  const auto level = [](unsigned arity) { return arity == 8 ? 530U : arity == 2 ? 314U : 0U; };
  const auto base_levels = static_cast<unsigned>(std::countr_zero(tree.leaves_per_base_tree)) / 3;
  return 313 +
         challenges * (level(8) * base_levels + level(tree.sub_arity) + level(tree.top_arity) + 2);
}

// Reads some leaves of each sector, then proves one partition: the sides of all rows and the
// variables in memory, the parameters mapped.
Resources post(const PorepConfig& porep, std::uint64_t sectors, unsigned challenges,
               std::uint64_t files, unsigned most_cores) {
  constexpr double kRowsPerSecond = 15e3, kReadSeconds = 0.01;
  constexpr std::uint64_t kReadsPerFile = 50, kReaders = 32, kProofBytes = 128 * kKiB;
  const auto rows = sectors * (post_rows(porep, challenges) + challenges + 1);
  const auto domain = std::bit_ceil(rows);
  Resources need;
  need.cores = cores(porep, 1, 2, most_cores);
  // Points: one a row of h, about three of G1 and one of G2 a variable.
  need.memory_bytes = kProgramBytes + 96 * domain + 64 * rows + files * kProofBytes +
                      pages(96 * domain + 480 * rows);
  need.disk_bytes = files * kProofBytes;
  need.time_s = limit_s(static_cast<double>(rows) / (kRowsPerSecond * need.cores) +
                        static_cast<double>(files * kReadsPerFile) * kReadSeconds /
                            static_cast<double>(std::min(files, kReaders)));
  return need;
}

// Of one partition; `sectors` of resources() are partitions here.
// Source: rust-fil-proofs, filecoin-proofs/src/constants.rs, WINDOW_POST_SECTOR_COUNT.
Resources window_post(const PorepConfig& porep) {
  const std::uint64_t sectors = porep.sector_bytes == 32 * kGiB   ? 2349
                                : porep.sector_bytes == 64 * kGiB ? 2300
                                                                  : 2;
  return post(porep, sectors, 10, sectors, 32);
}

Resources winning_post(const PorepConfig& porep) { return post(porep, 66, 1, 1, 4); }

Resources inspect() { return {.memory_bytes = kProgramBytes, .time_s = limit_s(60)}; }

}  // namespace

Resources resources(std::string_view stage, const PorepConfig& porep, Backend backend,
                    unsigned sectors) {
  if (stage == kPc1) return pc1(porep, backend, std::max(sectors, 1u));
  const auto one = [&]() -> Resources {
    if (stage == kAddPiece) return add_piece(porep, backend);
    if (stage == kPc2) return pc2(porep, backend);
    if (stage == kC1) return c1(porep, backend);
    if (stage == kC2) return c2(porep);
    if (stage == kFinalize) return finalize(porep);
    if (stage == kUnseal) return unseal(porep, backend);
    if (stage == kParents) return parents(porep);
    if (stage == kTemplate) return template_files(porep, backend);
    if (stage == kInspect) return inspect();
    if (stage == kCommp) return commp(porep, backend);
    if (stage == kWindowPost) return window_post(porep);
    if (stage == kWinningPost) return winning_post(porep);
    throw Error(Fault::usage,
                "stage: \"{}\", want add_piece, pc1, pc2, c1, c2, finalize, unseal, template, "
                "parents, inspect, commp, window_post or winning_post",
                stage);
  };
  auto need = one();
  need.time_s *= std::max(sectors, 1u);
  need.disk_bytes *= std::max(sectors, 1u);
  return need;
}

// Counted by writing the circuits; c2_test.cpp does it again.
std::uint64_t c2_rows(const PorepConfig& porep) {
  switch (porep.sector_bytes) {
    case 2 * kKiB:
      return 2'687'961;
    case 4 * kKiB:
      return 2'788'773;
    case 16 * kKiB:
      return 2'977'213;
    case 32 * kKiB:
      return 3'078'025;
    case 8 * kMiB:
      return 3'844'969;
    case 16 * kMiB:
      return 3'945'781;
    case 512 * kMiB:
      return 4'423'473;
    case kGiB:
      return 4'524'285;
    case 32 * kGiB:
      return 130'278'869;
    case 64 * kGiB:
      return 131'186'177;
  }
  throw Error(Fault::usage, "C2: {} bytes are no sector size", porep.sector_bytes);
}

// n = rows rounded up to a power of 2. While the quotient is made: <A>, <B>, <C> of every row, the
// table of the transform, and about a variable a row. While points are added up: the coefficients
// of the quotient, the variables, and a part of a list with what its addition takes. Lean: two of
// the three, then one and no variables, then the variables alone; parts of an eighth.
std::uint64_t c2_memory_bytes(const PorepConfig& porep, C2Memory how, unsigned threads) {
  constexpr std::uint64_t kElement = 32, kG1 = 96, kG2 = 192;
  constexpr std::uint64_t kPartPoints = 1 << 21, kPerPoint = 250, kPerThread = 64 * kMiB;
  const auto rows = c2_rows(porep), n = std::bit_ceil(rows), table = kElement * n / 2;
  const auto part =
      std::min(rows, how.lean ? kPartPoints / 8 : kPartPoints) * kPerPoint + threads * kPerThread;
  if (how.lean)
    return kProgramBytes + pages(kG1 * rows) +
           std::max(2 * kElement * n + table, kElement * n + part);
  const auto group = std::uint64_t{how.group};
  // Of the lists h, l, a, b_g1, b_g2: n, a point a row twice, and one for every fourth twice.
  const auto params = kG1 * (n + 2 * rows + rows / 4) + kG2 * rows / 4;
  const auto values = group * kElement * rows;
  return kProgramBytes + pages(params) + values +
         std::max(group * 3 * kElement * n + table, group * kElement * n + part);
}

unsigned thread_share(unsigned cpus, unsigned percent) {
  if (percent < 1 || percent > 100)
    throw Error(Fault::configuration, "share of CPUs (YC_PARALLEL_NUM): {} percent, want 1 to 100",
                percent);
  const auto threads = static_cast<unsigned>(std::uint64_t{cpus} * percent / 100);
  return threads == 0 ? cpus : threads;
}

}  // namespace sealyard::stage
