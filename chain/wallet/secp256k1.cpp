#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <memory>

#include "chain/wallet/schemes.h"
#include "kernels/base/error.h"

namespace sealyard::wallet::secp256k1 {
namespace {

struct Destroy {
  void operator()(secp256k1_context* context) const { ::secp256k1_context_destroy(context); }
};
using Context = std::unique_ptr<secp256k1_context, Destroy>;

/// Blinded anew for each use of a secret: multiplications then take other paths every time.
Context context(bool secret) {
  Context made(::secp256k1_context_create(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY));
  if (!made) throw Error(Fault::io, "no memory for a secp256k1 context");
  if (secret && !::secp256k1_context_randomize(made.get(), Secret::random().bytes().data()))
    throw Error(Fault::internal, "libsecp256k1 refuses its blinding");
  return made;
}

std::array<std::uint8_t, 65> serialized(const secp256k1_context* used,
                                        const secp256k1_pubkey& key) {
  std::array<std::uint8_t, 65> out;
  std::size_t size = out.size();
  ::secp256k1_ec_pubkey_serialize(used, out.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
  return out;
}

}  // namespace

bool valid(const Secret& secret) {
  return ::secp256k1_ec_seckey_verify(context(false).get(), secret.bytes().data()) == 1;
}

std::array<std::uint8_t, 65> public_key(const Secret& secret) {
  const auto used = context(true);
  secp256k1_pubkey key;
  if (!::secp256k1_ec_pubkey_create(used.get(), &key, secret.bytes().data()))
    throw Error(Fault::usage, "private key: no secp256k1 scalar");
  return serialized(used.get(), key);
}

std::array<std::uint8_t, 65> sign(const Secret& secret,
                                  const std::array<std::uint8_t, 32>& digest) {
  const auto used = context(true);
  secp256k1_ecdsa_recoverable_signature signature;
  if (!::secp256k1_ecdsa_sign_recoverable(used.get(), &signature, digest.data(),
                                          secret.bytes().data(), nullptr, nullptr))
    throw Error(Fault::internal, "libsecp256k1 does not sign with a valid key");
  std::array<std::uint8_t, 65> out;
  int recovery = 0;
  ::secp256k1_ecdsa_recoverable_signature_serialize_compact(used.get(), out.data(), &recovery,
                                                            &signature);
  out[64] = static_cast<std::uint8_t>(recovery);
  return out;
}

bool recover(types::ByteView signature, const std::array<std::uint8_t, 32>& digest,
             std::array<std::uint8_t, 65>& public_key) {
  if (signature.size() != 65 || signature[64] > 3) return false;
  const auto used = context(false);
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_ecdsa_signature plain;
  secp256k1_pubkey key;
  if (!::secp256k1_ecdsa_recoverable_signature_parse_compact(used.get(), &parsed, signature.data(),
                                                             signature[64]))
    return false;
  ::secp256k1_ecdsa_recoverable_signature_convert(used.get(), &plain, &parsed);
  if (::secp256k1_ecdsa_signature_normalize(used.get(), nullptr, &plain)) return false;  // high S
  if (!::secp256k1_ecdsa_recover(used.get(), &key, &parsed, digest.data())) return false;
  public_key = serialized(used.get(), key);
  return true;
}

}  // namespace sealyard::wallet::secp256k1
