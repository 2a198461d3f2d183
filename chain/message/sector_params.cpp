// Pre-commit and prove-commit: what brings a sector on chain.
#include "chain/message/miner.h"
#include "chain/types/cbor.h"

namespace sealyard::message {
namespace {

using types::CborReader;
using types::CborWriter;

void write(CborWriter& writer, const SectorPreCommit& s) {
  writer.array(7).number(s.seal_proof).number(s.number).cid(s.comm_r).number(s.seal_rand_epoch);
  writer.array(s.deal_ids.size());
  for (const auto id : s.deal_ids) writer.number(id);
  writer.number(s.expiration).cid(s.comm_d);
}

SectorPreCommit read_precommit(CborReader& reader) {
  SectorPreCommit s;
  reader.array_of(7);
  s.seal_proof = reader.i64();
  s.number = reader.u64();
  s.comm_r = reader.cid();
  s.seal_rand_epoch = reader.i64();
  for (auto left = reader.array(); left > 0; --left) s.deal_ids.push_back(reader.u64());
  s.expiration = reader.i64();
  s.comm_d = reader.optional_cid();
  return s;
}

void write(CborWriter& writer, const PieceManifest& piece) {
  writer.array(4).cid(piece.comm_p).number(piece.padded_bytes);
  if (piece.allocation)
    writer.array(2).number(piece.allocation->client).number(piece.allocation->allocation);
  else
    writer.null();
  writer.array(piece.notifications.size());
  for (const auto& n : piece.notifications) writer.array(2).address(n.address).bytes(n.payload);
}

PieceManifest read_piece(CborReader& reader) {
  PieceManifest piece;
  reader.array_of(4);
  piece.comm_p = reader.cid();
  piece.padded_bytes = reader.u64();
  if (!reader.take_null()) {
    reader.array_of(2);
    const auto client = reader.u64();
    piece.allocation = AllocationKey{client, reader.u64()};
  }
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(2);
    auto address = reader.address();
    piece.notifications.push_back({std::move(address), reader.bytes()});
  }
  return piece;
}

}  // namespace

types::Bytes PreCommitSectorBatch2::cbor() const {
  CborWriter writer;
  writer.array(1).array(sectors.size());
  for (const auto& sector : sectors) write(writer, sector);
  return writer.take();
}

PreCommitSectorBatch2 PreCommitSectorBatch2::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "PreCommitSectorBatch2");
  PreCommitSectorBatch2 out;
  reader.array_of(1);
  for (auto left = reader.array(); left > 0; --left) out.sectors.push_back(read_precommit(reader));
  reader.finish();
  return out;
}

types::Bytes ProveCommitSectors3::cbor() const {
  CborWriter writer;
  writer.array(6).array(sectors.size());
  for (const auto& sector : sectors) {
    writer.array(2).number(sector.number).array(sector.pieces.size());
    for (const auto& piece : sector.pieces) write(writer, piece);
  }
  writer.array(proofs.size());
  for (const auto& proof : proofs) writer.bytes(proof);
  writer.bytes(aggregate_proof);
  if (aggregate_type)
    writer.number(*aggregate_type);
  else
    writer.null();
  writer.boolean(require_activation).boolean(require_notification);
  return writer.take();
}

ProveCommitSectors3 ProveCommitSectors3::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "ProveCommitSectors3");
  ProveCommitSectors3 out;
  reader.array_of(6);
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(2);
    auto& sector = out.sectors.emplace_back();
    sector.number = reader.u64();
    for (auto pieces = reader.array(); pieces > 0; --pieces)
      sector.pieces.push_back(read_piece(reader));
  }
  for (auto left = reader.array(); left > 0; --left) out.proofs.push_back(reader.bytes());
  out.aggregate_proof = reader.bytes();
  if (!reader.take_null()) out.aggregate_type = reader.i64();
  out.require_activation = reader.boolean();
  out.require_notification = reader.boolean();
  reader.finish();
  return out;
}

}  // namespace sealyard::message
