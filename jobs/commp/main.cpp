// seal-commp: the piece commitment of a file, before it is in any sector.
#include <algorithm>
#include <vector>

#include "jobs/launch/launch.h"
#include "jobs/sector/input.h"
#include "jobs/stage/stage.h"
#include "kernels/base/cid.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/fr32/fr32.h"
#include "kernels/piece/piece.h"

namespace sealyard::commp {
namespace {

constexpr std::size_t kReadBytes = fr32::kUnpaddedBlockBytes * 8192;

// 127 zero bytes: the smallest piece.
void self_test(Backend backend) {
  const auto* want = "3731bb99ac689f66eef5973e4a94da188f4ddcae580724fc6f3fd60dfd488333";
  piece::CommP builder(backend);
  builder.add(std::vector<Node>(4));
  if (const auto found = to_hex(builder.finish().comm_p); found != want)
    throw Error(Fault::internal, "piece: {} gives {}, want {}", name(backend), found, want);
}

struct Piece {
  std::uint64_t payload_bytes, padded_bytes;
  Node comm_p;
};

// The file, then zeros up to the next 127 * 2^k.
// Source of the size: go-padreader, padreader.go, PaddedSize().
Piece commit(launch::Job& job, const std::filesystem::path& path) {
  sector::Input input(path);
  const auto total = input.bytes();
  piece::CommP builder(job.backend());
  fr32::Padder padder;
  std::vector<std::uint8_t> bytes(kReadBytes);
  std::vector<Node> nodes;
  std::uint64_t done = 0;
  while (const auto got = input.read(bytes)) {
    nodes.clear();
    padder.update(std::span(bytes).first(got), nodes);
    builder.add(nodes);
    job.progress(done += got, std::max(total, done), "bytes", "piece");
    job.throw_if_stopping();
  }
  nodes.clear();
  padder.finish(nodes);
  builder.add(nodes);
  std::uint64_t padded = fr32::kPaddedBlockBytes;
  while (padded < builder.padded_bytes()) padded *= 2;
  builder.add_zeros((padded - builder.padded_bytes()) / kNodeBytes);
  return {done, padded, builder.finish().comm_p};
}

void work(launch::Job& job) {
  const auto path = std::filesystem::absolute(job.text("FILE")).lexically_normal();
  if (std::filesystem::is_directory(path))
    throw Error(Fault::usage, "{} is a folder, want a file", path.string());
  const auto piece = commit(job, path);
  const auto cid = comm_d_cid(piece.comm_p);
  job.result().commitments = {{"comm_p", piece.comm_p}};
  if (!job.flag("--json"))
    fmt::print("cid {}\npadded_bytes {}\nunpadded_bytes {}\npayload_bytes {}\n", cid,
               piece.padded_bytes, piece.padded_bytes / 128 * 127, piece.payload_bytes);
  job.report("file", path.string());
  job.report("cid", cid);
  job.report("padded_bytes", piece.padded_bytes);
  job.report("unpadded_bytes", piece.padded_bytes / 128 * 127);
  job.report("payload_bytes", piece.payload_bytes);
}

}  // namespace
}  // namespace sealyard::commp

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{.stage = stage::kCommp,
                                .summary = "Prints the piece commitment (CommP) of a file",
                                .sectors = launch::Sectors::none,
                                .self_test = commp::self_test};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("FILE", "File of any size; zeros fill it to a whole piece",
                     launch::Options::Need::required);
      },
      commp::work);
}
