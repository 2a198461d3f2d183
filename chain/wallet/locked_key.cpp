// Keys of the wallet-security fork of lotus. Its cipher is weak and unauthenticated: read, never
// written.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "chain/wallet/key_info.h"
#include "kernels/base/error.h"

namespace sealyard::wallet {
namespace {

constexpr std::size_t kMarkBytes = 4, kBlockBytes = 16;

/// @throws Error{configuration}
std::array<std::uint8_t, kBlockBytes> key_of_password(std::string_view password) {
  Wiped filled{std::string(password)};
  if (filled.text.size() < kBlockBytes) filled.text.resize(kBlockBytes, '*');
  std::array<std::uint8_t, kBlockBytes> key{};
  if (EVP_Digest(filled.text.data(), filled.text.size(), key.data(), nullptr, EVP_md5(), nullptr) !=
      1)
    throw Error(Fault::configuration,
                "OpenSSL of this host has no MD5, which the key is locked with");
  return key;
}

}  // namespace

bool KeyInfo::locked() const {
  return secret.size() == kMarkBytes + kBlockBytes + Secret::kBytes &&
         std::all_of(secret.begin(), secret.begin() + kMarkBytes,
                     [](std::uint8_t byte) { return byte == 0xff; });
}

Key unlock(const KeyInfo& info, std::string_view password, const types::Address& address) {
  if (!info.locked()) throw Error(Fault::usage, "KeyInfo: not locked");
  auto key = key_of_password(password);
  const auto* iv = info.secret.data() + kMarkBytes;
  std::array<std::uint8_t, Secret::kBytes> plain{};
  int bytes = 0;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const bool done =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_128_cfb128(), nullptr, key.data(), iv) == 1 &&
      EVP_DecryptUpdate(context.get(), plain.data(), &bytes, iv + kBlockBytes,
                        static_cast<int>(plain.size())) == 1;
  wipe(key);
  if (!done || bytes != static_cast<int>(plain.size()))
    throw Error(Fault::configuration, "OpenSSL of this host has no AES-128-CFB");
  try {
    Secret secret(plain);
    wipe(plain);
    Key opened(info.type, std::move(secret));
    if (opened.address() == address) return opened;
  } catch (const Error& error) {
    if (error.fault() != Fault::usage) throw;  // else no scalar: the wrong password
  }
  throw Error(Fault::usage, "the password does not open the key of {}",
              address.text(types::Network::mainnet));
}

}  // namespace sealyard::wallet
