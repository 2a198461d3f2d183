// Parameters and result of the power actor's CreateMiner (f04, method 2).
// Source: builtin-actors v18, actors/power/src/types.rs.
#pragma once
#include <vector>

#include "chain/types/address.h"
#include "chain/types/bytes.h"

namespace sealyard::message {

struct CreateMiner {
  types::Address owner, worker;
  std::int64_t window_post_proof = 0;  ///< registered window PoSt proof: fixes the sector size
  types::Bytes peer_id;                ///< binary; may be empty
  std::vector<types::Bytes> multiaddrs;
  types::Bytes cbor() const;
  static CreateMiner from_cbor(types::ByteView bytes);  ///< @throws Error{corrupt}
};

/// What the message returns: the new actor's two addresses.
struct CreatedMiner {
  types::Address id, robust;  ///< f0..., f2...
  types::Bytes cbor() const;
  static CreatedMiner from_cbor(types::ByteView bytes);  ///< @throws Error{corrupt}
};

}  // namespace sealyard::message
