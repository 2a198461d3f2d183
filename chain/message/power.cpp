#include "chain/message/power.h"

#include "chain/types/cbor.h"

namespace sealyard::message {

types::Bytes CreateMiner::cbor() const {
  types::CborWriter writer;
  writer.array(5).address(owner).address(worker).number(window_post_proof).bytes(peer_id);
  writer.array(multiaddrs.size());
  for (const auto& address : multiaddrs) writer.bytes(address);
  return writer.take();
}

CreateMiner CreateMiner::from_cbor(types::ByteView bytes) {
  types::CborReader reader(bytes, "CreateMiner");
  CreateMiner out;
  reader.array_of(5);
  out.owner = reader.address();
  out.worker = reader.address();
  out.window_post_proof = reader.i64();
  out.peer_id = reader.bytes();
  for (auto left = reader.array(); left > 0; --left) out.multiaddrs.push_back(reader.bytes());
  reader.finish();
  return out;
}

types::Bytes CreatedMiner::cbor() const {
  return types::CborWriter().array(2).address(id).address(robust).take();
}

CreatedMiner CreatedMiner::from_cbor(types::ByteView bytes) {
  types::CborReader reader(bytes, "result of CreateMiner");
  CreatedMiner out;
  reader.array_of(2);
  out.id = reader.address();
  out.robust = reader.address();
  reader.finish();
  return out;
}

}  // namespace sealyard::message
