// Network versions: which actors run, and whether we know their parameters.
#pragma once
#include <cstdint>

namespace sealyard::message {

/// The versions whose actor parameters chain/message writes. Before 25 precommit batches cost a fee
/// of their own, and messages of chain/message may be refused.
inline constexpr std::uint64_t kOldestNetwork = 25, kNewestNetwork = 28;

/// The actors of a network version; of one that is newer than all known ones those of the newest
/// known and as many versions more.  Source: go-state-types, actors/version.go,
/// VersionForNetwork().
/// @throws Error{unsupported} older than kOldestNetwork.
std::uint64_t actors_version(std::uint64_t network_version);

/// To be called with StateNetworkVersion of the head before messages are built.
/// @throws Error{unsupported} a version out of the known range; a newer one only where
/// `allow_newer` is false.
void require_known_network(std::uint64_t network_version, bool allow_newer);

}  // namespace sealyard::message
