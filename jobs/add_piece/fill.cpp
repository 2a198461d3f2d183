#include "jobs/add_piece/fill.h"

#include "jobs/sector/input.h"
#include "kernels/base/error.h"
#include "kernels/fr32/fr32.h"
#include "kernels/piece/piece.h"

namespace sealyard::add_piece {
namespace {

constexpr std::size_t kBlockBytes = fr32::kUnpaddedBlockBytes * 8192;  // 1 MiB of nodes

// One piece on its way: commitment and file see the same nodes.
class PieceWriter {
 public:
  PieceWriter(sector::Output* out, Backend backend) : out_(out), comm_p_(backend) {}

  void write(const std::vector<Node>& nodes) {
    comm_p_.add(nodes);
    if (out_) out_->write(std::span<const Node>(nodes));
  }
  void zeros(std::uint64_t nodes) {
    comm_p_.add_zeros(nodes);
    if (out_) out_->write_zeros(nodes * kNodeBytes);
  }
  Node finish() { return comm_p_.finish().comm_p; }

 private:
  sector::Output* out_;
  piece::CommP comm_p_;
};

// The file's bytes, then zeros up to the next whole Fr32 block. Returns the unpadded bytes.
std::uint64_t copy(const Source& source, PieceWriter& writer,
                   const std::function<void(std::uint64_t)>& progress) {
  sector::Input input(source.file);
  std::vector<std::uint8_t> block(kBlockBytes);
  std::vector<Node> nodes;
  fr32::Padder padder;
  std::uint64_t done = 0;
  const auto pad = [&](std::span<const std::uint8_t> bytes) {
    nodes.clear();
    padder.update(bytes, nodes);
    writer.write(nodes);
    done += bytes.size();
  };
  while (const auto got = input.read(block)) {
    pad(std::span(block).first(got));
    progress(done / 127 * 128);
    if (done > source.bytes) break;
  }
  if (done != source.bytes)
    throw Error(Fault::usage, "piece {} gave {} bytes, was {} a moment ago", source.file.string(),
                done, source.bytes);
  const auto rest =
      (fr32::kUnpaddedBlockBytes - done % fr32::kUnpaddedBlockBytes) % fr32::kUnpaddedBlockBytes;
  pad(std::vector<std::uint8_t>(rest));
  return done;
}

}  // namespace

std::vector<sector::Piece> fill(const std::vector<Slot>& slots, sector::Output* out,
                                Backend backend, const Progress& progress) {
  std::vector<sector::Piece> pieces;
  std::uint64_t before = 0;  // padded
  for (const auto& slot : slots) {
    PieceWriter writer(out, backend);
    sector::Piece piece;
    piece.unpadded_bytes = slot.unpadded_bytes;
    std::uint64_t done = 0;
    if (slot.source) {
      done = copy(*slot.source, writer, [&](std::uint64_t padded) { progress(before + padded); });
      piece.data_bytes = slot.source->bytes;
      piece.file = slot.source->file.filename().string();
    }
    writer.zeros((slot.unpadded_bytes - done) / fr32::kUnpaddedBlockBytes * fr32::kBlockNodes);
    piece.comm_p = writer.finish();
    before += piece.padded_bytes();
    progress(before);
    pieces.push_back(piece);
  }
  return pieces;
}

Node comm_d(const PorepConfig& porep, const std::vector<sector::Piece>& pieces) {
  std::vector<piece::PieceInfo> infos;
  for (const auto& piece : pieces) infos.push_back({piece.comm_p, piece.padded_bytes()});
  return piece::comm_d(porep.sector_bytes, infos);
}

}  // namespace sealyard::add_piece
