#include "chain/wallet/secret.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "kernels/base/error.h"

namespace sealyard::wallet {

void Secret::Free::operator()(std::uint8_t* memory) const { ::sodium_free(memory); }

Secret::Secret(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != kBytes)
    throw Error(Fault::usage, "private key: {} bytes, want {}", bytes.size(), kBytes);
  if (::sodium_init() < 0) throw Error(Fault::io, "libsodium finds no random source");
  memory_.reset(static_cast<std::uint8_t*>(::sodium_malloc(kBytes)));
  if (!memory_) throw Error(Fault::io, "no guarded memory for a private key");
  std::copy(bytes.begin(), bytes.end(), memory_.get());
}

Secret Secret::random() {
  if (::sodium_init() < 0) throw Error(Fault::io, "libsodium finds no random source");
  std::array<std::uint8_t, kBytes> bytes;
  ::randombytes_buf(bytes.data(), bytes.size());
  Secret secret(bytes);
  wipe(bytes);
  return secret;
}

void wipe(std::span<std::uint8_t> bytes) { ::sodium_memzero(bytes.data(), bytes.size()); }
void wipe(std::string& text) {
  ::sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace sealyard::wallet
