// What the store's file holds. Private to this folder.
#pragma once
#include "chain/wallet/store.h"

namespace sealyard::wallet {

struct PasswordCheck {
  types::Bytes salt;  ///< 16 bytes
  Cost cost;
  types::Bytes box;  ///< of nothing, under the password's key
};

/// One key. Its box is bound to address, type and protection: no box fits another record.
struct Store::Held {
  Listed listed;
  types::Bytes box;
};

struct Store::Content {
  types::Address default_address;  ///< undefined: none
  std::optional<PasswordCheck> password;
  std::uint64_t failures = 0;  ///< wrong passwords in a row
  std::int64_t failed_at_s = 0;
  std::vector<Held> keys;  ///< ordered by address

  Held& at(const types::Address& address);
  const Held& at(const types::Address& address) const {
    return const_cast<Content*>(this)->at(address);
  }
  types::Bytes cbor() const;
  static Content from_cbor(types::ByteView bytes);
};

/// What derive() makes of machine.key.
enum class Use : std::uint64_t { file = 1, box = 2, offline = 3 };

}  // namespace sealyard::wallet
