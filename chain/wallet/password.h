// Passwords, and the boxes that keys lie in.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "chain/types/bytes.h"
#include "chain/wallet/secret.h"

namespace sealyard::wallet {

/// A password in guarded memory, as a Secret. Moves, never copies.
class Password {
 public:
  static constexpr std::size_t kLeast = 10, kMost = 256;  ///< bytes of a new one

  /// Copies; the caller overwrites its own copy.
  /// @throws Error{usage} more than kMost bytes.  @throws Error{io} no memory.
  explicit Password(std::string_view text);
  std::string_view view() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(char* memory) const;
  };
  std::unique_ptr<char, Free> memory_;
  std::size_t size_;
};

/// What guessing one password costs: Argon2id's passes and memory.
/// Source: RFC 9106; libsodium, crypto_pwhash, "moderate".
struct Cost {
  std::uint64_t passes = 3, memory_bytes = 256 << 20;
};

/// Argon2id 1.3, one lane; `salt` has 16 bytes.
/// @throws Error{io} this host has not that much memory.
Secret stretch(const Password& password, types::ByteView salt, const Cost& cost);

/// Another key out of a key; `use` says which.  Source: libsodium, crypto_kdf (BLAKE2b).
Secret derive(const Secret& from, std::uint64_t use);
/// A key that needs both.
Secret combine(const Secret& a, const Secret& b);

/// XChaCha20-Poly1305: nonce (24, drawn anew) || ciphertext || tag (16). `bound` is not in the box;
/// without the same bytes it does not open.
/// Source: draft-irtf-cfrg-xchacha-03.
types::Bytes seal(const Secret& key, types::ByteView plain, types::ByteView bound);
/// Nothing where one bit of box, key or `bound` differs.
std::optional<types::Bytes> open(const Secret& key, types::ByteView box, types::ByteView bound);

}  // namespace sealyard::wallet
