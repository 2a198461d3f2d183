#include "chain/message/miner.h"

#include "chain/types/cbor.h"

namespace sealyard::message {
namespace {

using types::CborReader;
using types::CborWriter;

void write(CborWriter& writer, const std::vector<std::uint64_t>& numbers) {
  writer.array(numbers.size());
  for (const auto number : numbers) writer.number(number);
}

std::vector<std::uint64_t> read_numbers(CborReader& reader) {
  std::vector<std::uint64_t> numbers;
  for (auto left = reader.array(); left > 0; --left) numbers.push_back(reader.u64());
  return numbers;
}

}  // namespace

types::Bytes SubmitWindowedPost::cbor() const {
  CborWriter writer;
  writer.array(5).number(deadline).array(partitions.size());
  for (const auto& p : partitions) writer.array(2).number(p.index).bitfield(p.skipped);
  writer.array(proofs.size());
  for (const auto& proof : proofs) writer.array(2).number(proof.type).bytes(proof.bytes);
  writer.number(chain_commit_epoch).bytes(chain_commit_rand);
  return writer.take();
}

SubmitWindowedPost SubmitWindowedPost::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "SubmitWindowedPoSt");
  SubmitWindowedPost out;
  reader.array_of(5);
  out.deadline = reader.u64();
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(2);
    const auto index = reader.u64();
    out.partitions.push_back({index, reader.bitfield()});
  }
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(2);
    const auto type = reader.i64();
    out.proofs.push_back({type, reader.bytes()});
  }
  out.chain_commit_epoch = reader.i64();
  out.chain_commit_rand = reader.bytes(32);
  reader.finish();
  return out;
}

types::Bytes SectorDeclarations::cbor() const {
  CborWriter writer;
  writer.array(1).array(declarations.size());
  for (const auto& d : declarations)
    writer.array(3).number(d.deadline).number(d.partition).bitfield(d.sectors);
  return writer.take();
}

SectorDeclarations SectorDeclarations::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "sector declarations");
  SectorDeclarations out;
  reader.array_of(1);
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(3);
    auto& d = out.declarations.emplace_back();
    d.deadline = reader.u64();
    d.partition = reader.u64();
    d.sectors = reader.bitfield();
  }
  reader.finish();
  return out;
}

types::Bytes ExtendSectorExpiration2::cbor() const {
  CborWriter writer;
  writer.array(1).array(extensions.size());
  for (const auto& e : extensions) {
    writer.array(5).number(e.deadline).number(e.partition).bitfield(e.sectors);
    writer.array(e.with_claims.size());
    for (const auto& sector : e.with_claims) {
      writer.array(3).number(sector.number);
      write(writer, sector.maintain);
      write(writer, sector.drop);
    }
    writer.number(e.new_expiration);
  }
  return writer.take();
}

ExtendSectorExpiration2 ExtendSectorExpiration2::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "ExtendSectorExpiration2");
  ExtendSectorExpiration2 out;
  reader.array_of(1);
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(5);
    auto& e = out.extensions.emplace_back();
    e.deadline = reader.u64();
    e.partition = reader.u64();
    e.sectors = reader.bitfield();
    for (auto sectors = reader.array(); sectors > 0; --sectors) {
      reader.array_of(3);
      auto& sector = e.with_claims.emplace_back();
      sector.number = reader.u64();
      sector.maintain = read_numbers(reader);
      sector.drop = read_numbers(reader);
    }
    e.new_expiration = reader.i64();
  }
  reader.finish();
  return out;
}

types::Bytes WithdrawBalance::cbor() const { return CborWriter().array(1).big_int(amount).take(); }

WithdrawBalance WithdrawBalance::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "WithdrawBalance");
  reader.array_of(1);
  WithdrawBalance out{reader.big_int()};
  reader.finish();
  return out;
}

types::Bytes ChangeWorkerAddress::cbor() const {
  CborWriter writer;
  writer.array(2).address(worker).array(control.size());
  for (const auto& address : control) writer.address(address);
  return writer.take();
}

ChangeWorkerAddress ChangeWorkerAddress::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "ChangeWorkerAddress");
  ChangeWorkerAddress out;
  reader.array_of(2);
  out.worker = reader.address();
  for (auto left = reader.array(); left > 0; --left) out.control.push_back(reader.address());
  reader.finish();
  return out;
}

types::Bytes ChangeMultiaddrs::cbor() const {
  CborWriter writer;
  writer.array(1).array(multiaddrs.size());
  for (const auto& address : multiaddrs) writer.bytes(address);
  return writer.take();
}

ChangeMultiaddrs ChangeMultiaddrs::from_cbor(types::ByteView bytes) {
  CborReader reader(bytes, "ChangeMultiaddrs");
  ChangeMultiaddrs out;
  reader.array_of(1);
  for (auto left = reader.array(); left > 0; --left) out.multiaddrs.push_back(reader.bytes());
  reader.finish();
  return out;
}

}  // namespace sealyard::message
