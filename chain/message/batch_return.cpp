#include "chain/message/batch_return.h"

#include "chain/types/cbor.h"

namespace sealyard::message {

types::Bytes BatchReturn::cbor() const {
  types::CborWriter writer;
  writer.array(2).number(successes).array(failures.size());
  for (const auto& failure : failures)
    writer.array(2).number(failure.index).number(failure.exit_code);
  return writer.take();
}

BatchReturn BatchReturn::from_cbor(types::ByteView bytes) {
  types::CborReader reader(bytes, "BatchReturn");
  BatchReturn out;
  reader.array_of(2);
  out.successes = reader.u64();
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(2);
    const auto index = reader.u64();
    out.failures.push_back({index, reader.u64()});
  }
  reader.finish();
  return out;
}

std::uint64_t BatchReturn::exit_code(std::uint64_t index) const {
  for (const auto& failure : failures)
    if (failure.index == index) return failure.exit_code;
  return 0;
}

}  // namespace sealyard::message
