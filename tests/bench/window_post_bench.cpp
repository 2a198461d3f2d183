// WindowPoSt: reads per sector and sectors read a second, time of a proof, and what both mean for a
// full partition of 32 GiB sectors.
//
// usage: bench-window-post [FOLDER [SECTORS [THREADS]]]     default: /tmp 64 2
//
// The sectors are zeros: sparse replicas and trees of constant rows, in which every path is right.
// All sectors of a size are the same files. So this measures calls, hashing and proving, no disk.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "jobs/proving/prove.h"
#include "jobs/proving/readers.h"
#include "jobs/sector/folder.h"
#include "kernels/base/error.h"
#include "kernels/groth16/generate.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/prove.h"
#include "kernels/poseidon/poseidon.h"
#include "kernels/tree/tree.h"
#include "kernels/vanilla/aux_files.h"

using namespace sealyard;
namespace fs = std::filesystem;

namespace {

class Watch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void write(const fs::path& file, std::span<const std::uint8_t> bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// One sector of zeros in a folder of its own, gone at the end.
class ZeroSector {
 public:
  ZeroSector(const fs::path& folder, std::uint64_t sector_bytes)
      : porep_(raw_porep(sector_bytes, Node{}, ApiVersion::v1_1_0)),
        folder_(folder / ("bench-window-post-" + size_text(sector_bytes))) {
    fs::create_directories(folder_);
    write(sealed(), {});
    fs::resize_file(sealed(), sector_bytes);
    const Node root = write_trees();
    const Node last =
        tree::join_roots(std::vector<Node>(porep_.tree().base_trees, root), porep_.tree());
    const vanilla::PAux aux{Node{{1}}, last};
    write(folder_ / "p_aux", vanilla::encode_p_aux(aux));
    comm_r_ = tree::comm_r(aux.comm_c, aux.comm_r_last);
  }
  ~ZeroSector() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  ZeroSector(const ZeroSector&) = delete;

  proving::Question question(std::uint64_t number, std::uint64_t gap_nodes) const {
    return {.number = number,
            .sector_bytes = porep_.sector_bytes,
            .comm_r = comm_r_,
            .sealed = sealed(),
            .cache = folder_,
            .leaves = challenges::post_leaves(Node{}, number, 0, challenges::kWindowChallenges,
                                              porep_.nodes()),
            .gap_nodes = gap_nodes};
  }

 private:
  fs::path sealed() const { return folder_ / "sealed"; }

  // The same node all along a row.
  Node write_trees() const {
    const auto layout = tree::base_tree(porep_.tree());
    std::vector<std::uint8_t> bytes;
    Node node;
    for (unsigned row = 0; row < layout.rows(); ++row) {
      if (row > 0) node = poseidon::hash(std::vector<Node>(layout.arity, node));
      if (row <= tree::rows_to_discard(layout)) continue;
      for (std::uint64_t i = 0; i < layout.row_nodes(row); ++i)
        bytes.insert(bytes.end(), node.bytes.begin(), node.bytes.end());
    }
    for (const auto& file : sector::Folder({}, {}, porep_).tree_r_last())
      write(folder_ / file.path.filename(), bytes);
    return node;
  }

  PorepConfig porep_;
  fs::path folder_;
  Node comm_r_;
};

std::vector<proving::Answer> read(const ZeroSector& sector, std::size_t sectors, unsigned readers,
                                  std::uint64_t gap_nodes) {
  std::vector<proving::Question> questions;
  for (std::size_t i = 0; i < sectors; ++i) questions.push_back(sector.question(i, gap_nodes));
  auto answers = proving::read_all(std::move(questions), proving::read_sector, {.readers = readers},
                                   [](std::size_t) {});
  for (const auto& answer : answers)
    if (!answer.good()) throw Error(Fault::internal, "{}", answer.reason);
  return answers;
}

// Reads of the reference: the root of each base tree, and for each challenge a segment, a leaf with
// its seven siblings one by one, and seven siblings of each stored row one by one.
// Source: filecoin-project/merkletree, src/merkle.rs, gen_cached_proof().
std::uint64_t reference_reads(std::uint64_t sector_bytes) {
  const auto shape = raw_porep(sector_bytes, Node{}, ApiVersion::v1_1_0).tree();
  const auto layout = tree::base_tree(shape);
  const auto stored = layout.rows() - 2 - tree::rows_to_discard(layout);
  return shape.base_trees + challenges::kWindowChallenges * (1 + 8 + 7 * std::uint64_t{stored});
}

// Sectors a second, all threads together.
double bench_reads(const fs::path& folder, std::uint64_t sector_bytes, std::size_t sectors,
                   unsigned threads) {
  const ZeroSector sector(folder, sector_bytes);
  double rate = 0;
  for (const bool merged : {false, true}) {
    const Watch watch;
    const auto answers = read(sector, sectors, threads, merged ? post::kGapNodes : 0);
    const double seconds = watch.seconds();
    std::uint64_t reads = 0, bytes = 0;
    for (const auto& answer : answers) reads += answer.reads, bytes += answer.read_bytes;
    rate = static_cast<double>(sectors) / seconds;
    fmt::print(
        "{:>7} {:7} reads: {:6.1f} a sector (reference {}), {:8.0f} bytes, {:7.1f} sectors/s\n",
        size_text(sector_bytes), merged ? "merged" : "single",
        static_cast<double>(reads) / static_cast<double>(sectors), reference_reads(sector_bytes),
        static_cast<double>(bytes) / static_cast<double>(sectors), rate);
  }
  return rate;
}

// Rows a second.
double bench_proof(const fs::path& folder, std::uint64_t sector_bytes, unsigned threads) {
  const auto shape = circuit::window_post_shape(sector_bytes);
  const auto id = groth16::window_post_id(sector_bytes);
  circuit::Density density;
  circuit::blank_post(shape)(density);
  const auto sizes = groth16::query_sizes(density);
  groth16::ToxicWaste waste;
  waste.name(id);
  std::vector<std::uint8_t> file(groth16::params_bytes(sizes));
  groth16::generate(circuit::blank_post(shape), sizes, waste, file, threads);
  const groth16::Params params(file, groth16::params_file(id), threads);

  const ZeroSector sector(folder, sector_bytes);
  std::vector<circuit::PostSector> sectors;
  for (const auto& answer : read(sector, shape.sectors, threads, post::kGapNodes))
    sectors.push_back(answer.proof.sector);
  const Watch watch;
  groth16::Assignment assignment(density.counts());
  circuit::post(assignment, shape, sectors);
  assignment.finish();
  groth16::prove(params, density, assignment, groth16::Blinding::random(), {threads});
  const double seconds = watch.seconds();
  const auto rows = static_cast<double>(density.counts().constraints + density.counts().inputs);
  fmt::print("{:>7} proof: {:.2f} s, {:.0f} rows, {:.0f} rows/s\n", size_text(sector_bytes),
             seconds, rows, rows / seconds);
  return rows / seconds;
}

}  // namespace

int main(int argc, char** argv) try {
  const fs::path folder = argc > 1 ? argv[1] : "/tmp";
  const std::size_t sectors = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 64;
  const auto threads = static_cast<unsigned>(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 2);
  constexpr std::uint64_t kMiB = 1 << 20, kGiB = 1 << 30;
  bench_reads(folder, 8 * kMiB, sectors, threads);
  bench_reads(folder, 512 * kMiB, sectors, threads);
  const double read_rate = bench_reads(folder, 32 * kGiB, sectors, threads);
  bench_proof(folder, 2048, threads);
  const double row_rate = bench_proof(folder, 512 * kMiB, threads);
  // Rows of 32 GiB: 2349 sectors x (313 + 10 x (530 x 10 levels + 2)), and one for each input.
  constexpr double kSectors = 2349, kRows = 125279217 + 25840;
  fmt::print(
      "model, {} threads: {} sectors / {:.1f} = {:.0f} s to read without disk, "
      "{:.0f} rows / {:.0f} = {:.0f} s to prove\n",
      threads, kSectors, read_rate, kSectors / read_rate, kRows, row_rate, kRows / row_rate);
  return 0;
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return exit_code(error.fault());
}
