#include "chain/wallet/password.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "kernels/base/error.h"

namespace sealyard::wallet {
namespace {

constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "sealyard";
static_assert(crypto_kdf_KEYBYTES == Secret::kBytes);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == Secret::kBytes);
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

/// 32 bytes on their way into a Secret.
struct Scratch {
  std::array<std::uint8_t, Secret::kBytes> bytes{};
  ~Scratch() { wipe(bytes); }
};

void ready() {
  if (::sodium_init() < 0) throw Error(Fault::io, "libsodium finds no random source");
}

}  // namespace

void Password::Free::operator()(char* memory) const { ::sodium_free(memory); }

Password::Password(std::string_view text) : size_(text.size()) {
  if (size_ > kMost) throw Error(Fault::usage, "password: longer than {} bytes", kMost);
  ready();
  memory_.reset(static_cast<char*>(::sodium_malloc(kMost)));
  if (!memory_) throw Error(Fault::io, "no guarded memory for a password");
  std::copy(text.begin(), text.end(), memory_.get());
}

Secret stretch(const Password& password, types::ByteView salt, const Cost& cost) {
  ready();
  if (salt.size() != crypto_pwhash_SALTBYTES)
    throw Error(Fault::corrupt, "salt of {} bytes, want {}", salt.size(), crypto_pwhash_SALTBYTES);
  Scratch key;
  if (::crypto_pwhash(key.bytes.data(), key.bytes.size(), password.view().data(),
                      password.view().size(), salt.data(), cost.passes, cost.memory_bytes,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw Error(Fault::io, "no {} MiB of memory to check a password with", cost.memory_bytes >> 20);
  return Secret(key.bytes);
}

Secret derive(const Secret& from, std::uint64_t use) {
  Scratch key;
  ::crypto_kdf_derive_from_key(key.bytes.data(), key.bytes.size(), use, kContext,
                               from.bytes().data());
  return Secret(key.bytes);
}

Secret combine(const Secret& a, const Secret& b) {
  Scratch key;
  ::crypto_generichash(key.bytes.data(), key.bytes.size(), a.bytes().data(), a.bytes().size(),
                       b.bytes().data(), b.bytes().size());
  return Secret(key.bytes);
}

types::Bytes seal(const Secret& key, types::ByteView plain, types::ByteView bound) {
  types::Bytes box(kNonce + plain.size() + kTag);
  ::randombytes_buf(box.data(), kNonce);
  ::crypto_aead_xchacha20poly1305_ietf_encrypt(box.data() + kNonce, nullptr, plain.data(),
                                               plain.size(), bound.data(), bound.size(), nullptr,
                                               box.data(), key.bytes().data());
  return box;
}

std::optional<types::Bytes> open(const Secret& key, types::ByteView box, types::ByteView bound) {
  if (box.size() < kNonce + kTag) return std::nullopt;
  types::Bytes plain(box.size() - kNonce - kTag);
  if (::crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.data(), nullptr, nullptr, box.data() + kNonce, box.size() - kNonce, bound.data(),
          bound.size(), box.data(), key.bytes().data()) != 0)
    return std::nullopt;
  return plain;
}

}  // namespace sealyard::wallet
