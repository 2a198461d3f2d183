#include "chain/types/message.h"

#include <algorithm>

#include "chain/types/cbor.h"
#include "kernels/base/error.h"

namespace sealyard::types {
namespace {

constexpr std::size_t kSecp256k1SignatureBytes = 65, kBlsSignatureBytes = 96;
constexpr std::uint64_t kFilBase = 2'000'000'000;  // FIL that will ever be

Message read_message(CborReader& reader) {
  reader.array_of(10);
  Message m;
  if (const auto version = reader.u64(); version != 0)
    throw Error(Fault::corrupt, "message: version {}, want 0", version);
  m.to = reader.address();
  m.from = reader.address();
  m.nonce = reader.u64();
  m.value = reader.big_int();
  m.gas_limit = reader.i64();
  m.gas_fee_cap = reader.big_int();
  m.gas_premium = reader.big_int();
  m.method = reader.u64();
  m.params = reader.bytes();
  return m;
}

void write(CborWriter& writer, const Message& m) {
  writer.array(10).number(0u).address(m.to).address(m.from).number(m.nonce).big_int(m.value);
  writer.number(m.gas_limit).big_int(m.gas_fee_cap).big_int(m.gas_premium).number(m.method);
  writer.bytes(m.params);
}

bool is_zero_bls(const Address& address) {
  const auto payload = address.payload();
  return address.protocol() == Protocol::bls &&
         std::all_of(payload.begin(), payload.end(), [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Bytes Message::cbor() const {
  CborWriter writer;
  write(writer, *this);
  return writer.take();
}

Message Message::from_cbor(ByteView bytes) {
  CborReader reader(bytes, "message");
  auto message = read_message(reader);
  reader.finish();
  return message;
}

Bytes Signature::bytes() const { return with_head(static_cast<std::uint8_t>(type), data); }

Signature Signature::from_bytes(ByteView bytes) {
  if (bytes.empty()) throw Error(Fault::corrupt, "signature: empty");
  if (bytes[0] < 1 || bytes[0] > 3)
    throw Error(Fault::corrupt, "signature: type {}, want 1 to 3", bytes[0]);
  const auto type = static_cast<SignatureType>(bytes[0]);
  const auto want = type == SignatureType::bls ? kBlsSignatureBytes : kSecp256k1SignatureBytes;
  if (bytes.size() - 1 != want)
    throw Error(Fault::corrupt, "signature: {} bytes of type {}, want {}", bytes.size() - 1,
                bytes[0], want);
  return {type, Bytes(bytes.begin() + 1, bytes.end())};
}

Bytes SignedMessage::cbor() const {
  CborWriter writer;
  writer.array(2);
  write(writer, message);
  writer.bytes(signature.bytes());
  return writer.take();
}

SignedMessage SignedMessage::from_cbor(ByteView bytes) {
  CborReader reader(bytes, "signed message");
  reader.array_of(2);
  SignedMessage out;
  out.message = read_message(reader);
  out.signature = Signature::from_bytes(reader.bytes(kBlsSignatureBytes + 1));
  reader.finish();
  return out;
}

Cid SignedMessage::cid() const {
  return signature.type == SignatureType::bls ? message.cid() : Cid::of_cbor(cbor());
}

std::string flaw(const Message& m) {
  static const BigInt kAllFil = BigInt(kFilBase) * boost::multiprecision::pow(BigInt(10), 18);
  if (!m.to.defined() || !m.from.defined()) return "no receiver or no sender";
  if (is_zero_bls(m.to)) return "the receiver is the all-zero f3 address";
  if (m.value < 0) return "a negative value";
  if (m.value > kAllFil) return "a value above all FIL";
  if (m.gas_fee_cap < 0 || m.gas_premium < 0) return "a negative fee";
  if (m.gas_premium > m.gas_fee_cap) return "a gas premium above the fee cap";
  if (m.gas_limit <= 0 || m.gas_limit > kBlockGasLimit)
    return fmt::format("gas limit {}, want 1 to {}", m.gas_limit, kBlockGasLimit);
  return {};
}

}  // namespace sealyard::types
