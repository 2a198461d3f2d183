#include <blst.h>

#include <string_view>

#include "chain/wallet/schemes.h"
#include "kernels/base/error.h"

namespace sealyard::wallet::bls {
namespace {

constexpr std::string_view kDomain = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_";
const auto* const kDomainBytes = reinterpret_cast<const byte*>(kDomain.data());

/// blst's form of the key, overwritten at the end.
class Scalar {
 public:
  explicit Scalar(const Secret& secret) {
    ::blst_scalar_from_lendian(&value_, secret.bytes().data());
  }
  ~Scalar() { wipe(value_.b); }
  Scalar(const Scalar&) = delete;
  Scalar& operator=(const Scalar&) = delete;
  const blst_scalar* get() const { return &value_; }

 private:
  blst_scalar value_;
};

}  // namespace

bool valid(const Secret& secret) { return ::blst_sk_check(Scalar(secret).get()); }

std::array<std::uint8_t, 48> public_key(const Secret& secret) {
  blst_p1 point;
  ::blst_sk_to_pk_in_g1(&point, Scalar(secret).get());
  std::array<std::uint8_t, 48> out;
  ::blst_p1_compress(out.data(), &point);
  return out;
}

std::array<std::uint8_t, 96> sign(const Secret& secret, types::ByteView message) {
  blst_p2 point;
  ::blst_hash_to_g2(&point, message.data(), message.size(), kDomainBytes, kDomain.size(), nullptr,
                    0);
  ::blst_sign_pk_in_g1(&point, &point, Scalar(secret).get());
  std::array<std::uint8_t, 96> out;
  ::blst_p2_compress(out.data(), &point);
  return out;
}

bool verify(types::ByteView signature, types::ByteView public_key, types::ByteView message) {
  blst_p1_affine key;
  blst_p2_affine sig;
  if (signature.size() != 96 || public_key.size() != 48) return false;
  if (::blst_p1_uncompress(&key, public_key.data()) != BLST_SUCCESS ||
      ::blst_p2_uncompress(&sig, signature.data()) != BLST_SUCCESS)
    return false;
  if (::blst_p1_affine_is_inf(&key) || !::blst_p1_affine_in_g1(&key) ||
      !::blst_p2_affine_in_g2(&sig))
    return false;
  return ::blst_core_verify_pk_in_g1(&key, &sig, /*hash_or_encode=*/true, message.data(),
                                     message.size(), kDomainBytes, kDomain.size(), nullptr,
                                     0) == BLST_SUCCESS;
}

Secret generate() {
  const Secret material = Secret::random();
  blst_scalar scalar;
  ::blst_keygen(&scalar, material.bytes().data(), material.bytes().size(), nullptr, 0);
  std::array<std::uint8_t, Secret::kBytes> bytes;
  ::blst_lendian_from_scalar(bytes.data(), &scalar);
  Secret secret(bytes);
  wipe(bytes);
  wipe(scalar.b);
  return secret;
}

}  // namespace sealyard::wallet::bls
