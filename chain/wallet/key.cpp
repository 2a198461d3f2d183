#include "chain/wallet/key.h"

#include "chain/wallet/schemes.h"
#include "kernels/base/error.h"

namespace sealyard::wallet {
namespace {

types::Address address_of(KeyType type, const Secret& secret) {
  const bool valid = type == KeyType::bls ? bls::valid(secret) : secp256k1::valid(secret);
  if (!valid)
    throw Error(Fault::usage, "private key: zero or not below the order of {}",
                type == KeyType::bls ? "BLS12-381" : "secp256k1");
  return type == KeyType::bls ? types::Address::of_bls_key(bls::public_key(secret))
                              : types::Address::of_secp256k1_key(secp256k1::public_key(secret));
}

}  // namespace

Key::Key(KeyType type, Secret secret)
    : type_(type), secret_(std::move(secret)), address_(address_of(type_, secret_)) {}

Key Key::generate(KeyType type) {
  if (type == KeyType::bls) return Key(type, bls::generate());
  // All but 2^-128 of the 32-byte numbers are scalars.
  for (;;)
    if (auto secret = Secret::random(); secp256k1::valid(secret))
      return Key(type, std::move(secret));
}

types::Signature Key::sign(types::ByteView bytes) const {
  if (type_ == KeyType::bls) {
    const auto data = bls::sign(secret_, bytes);
    return {types::SignatureType::bls, {data.begin(), data.end()}};
  }
  const auto data = secp256k1::sign(secret_, types::blake2b_256(bytes));
  return {types::SignatureType::secp256k1, {data.begin(), data.end()}};
}

types::SignedMessage Key::sign(const types::Message& message) const {
  return {message, sign(types::ByteView(message.cid().bytes()))};
}

bool verify(const types::Signature& signature, const types::Address& signer,
            types::ByteView bytes) {
  if (!signer.defined()) throw Error(Fault::usage, "no signer to verify a signature with");
  switch (signer.protocol()) {
    case types::Protocol::bls:
      return signature.type == types::SignatureType::bls &&
             bls::verify(signature.data, signer.payload(), bytes);
    case types::Protocol::secp256k1: {
      std::array<std::uint8_t, 65> key;
      return signature.type == types::SignatureType::secp256k1 &&
             secp256k1::recover(signature.data, types::blake2b_256(bytes), key) &&
             types::Address::of_secp256k1_key(key) == signer;
    }
    case types::Protocol::delegated:
      throw Error(Fault::unsupported, "signatures of f4 addresses are not verified here");
    default:
      throw Error(Fault::usage, "address {} holds no key; look up the account's f1 or f3 address",
                  signer.text(types::Network::mainnet));
  }
}

bool verify(const types::SignedMessage& message) {
  return verify(message.signature, message.message.from,
                types::ByteView(message.message.cid().bytes()));
}

types::Bytes envelope(types::ByteView text) {
  const auto head = fmt::format(
      "\x19"
      "Filecoin Signed Message:\n{}",
      text.size());
  types::Bytes out(head.begin(), head.end());
  out.insert(out.end(), text.begin(), text.end());
  return out;
}

}  // namespace sealyard::wallet
