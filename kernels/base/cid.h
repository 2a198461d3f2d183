// Commitments as the content identifiers that go into messages and that operators read.
#pragma once
#include <string>
#include <string_view>

#include "kernels/base/node.h"

namespace sealyard {

/// CommD or CommP: CIDv1, codec fil-commitment-unsealed (0xf101), multihash
/// sha2-256-trunc254-padded (0x1012): "baga6ea4seaq...".
/// Source: go-fil-commcid, commcid.go, DataCommitmentV1ToCID(), ReplicaCommitmentV1ToCID().
std::string comm_d_cid(const Node& comm_d);

/// CommR: codec fil-commitment-sealed (0xf102), multihash poseidon-bls12_381-a2-fc1 (0xb401):
/// "bagboea4b5abc...". The 32 bytes are kept in file order, never swapped.
std::string comm_r_cid(const Node& comm_r);

/// The reverse of both; the prefix says which one it is.
/// @throws Error{usage} not such an identifier; the text says what was found.
Node comm_d_from_cid(std::string_view text);
Node comm_r_from_cid(std::string_view text);

}  // namespace sealyard
