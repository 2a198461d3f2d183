// Parameters of the miner actor's methods. Each writes the tuple that the actor reads and reads it
// back, so that what others sent can be decoded, checked and written again.
// Source: builtin-actors v18, actors/miner/src/types.rs. Epochs and amounts as in chain/types.
//
// cbor() gives the canonical bytes. from_cbor() throws Error{corrupt} at anything else.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "chain/types/address.h"
#include "chain/types/amount.h"
#include "chain/types/bitfield.h"
#include "chain/types/cid.h"
#include "chain/types/message.h"
#include "kernels/base/node.h"

namespace sealyard::message {

/// One sector of a pre-commit.
struct SectorPreCommit {
  std::int64_t seal_proof = 0;  ///< registered seal proof, 5 to 14
  std::uint64_t number = 0;
  types::Cid comm_r;
  types::Epoch seal_rand_epoch = 0;  ///< of the ticket
  std::vector<std::uint64_t> deal_ids;
  types::Epoch expiration = 0;
  types::Cid comm_d;  ///< undefined = zero data

  friend bool operator==(const SectorPreCommit&, const SectorPreCommit&) = default;
};

/// 28, PreCommitSectorBatch2.
struct PreCommitSectorBatch2 {
  std::vector<SectorPreCommit> sectors;
  types::Bytes cbor() const;
  static PreCommitSectorBatch2 from_cbor(types::ByteView bytes);
};

/// What is told to an actor when a piece is activated.
struct Notification {
  types::Address address;
  types::Bytes payload;
  friend bool operator==(const Notification&, const Notification&) = default;
};

/// A claim on the datacap of a client.
struct AllocationKey {
  std::uint64_t client = 0, allocation = 0;
  friend bool operator==(const AllocationKey&, const AllocationKey&) = default;
};

/// A piece in the manifest of a sector, in the order in which it lies there.
struct PieceManifest {
  types::Cid comm_p;
  std::uint64_t padded_bytes = 0;
  std::optional<AllocationKey> allocation;
  std::vector<Notification> notifications;
  friend bool operator==(const PieceManifest&, const PieceManifest&) = default;
};

struct SectorActivation {
  std::uint64_t number = 0;
  std::vector<PieceManifest> pieces;
  friend bool operator==(const SectorActivation&, const SectorActivation&) = default;
};

/// 34, ProveCommitSectors3. Either a proof a sector, or one aggregate and its type.
struct ProveCommitSectors3 {
  std::vector<SectorActivation> sectors;
  std::vector<types::Bytes> proofs;
  types::Bytes aggregate_proof;
  std::optional<std::int64_t> aggregate_type;
  bool require_activation = true, require_notification = false;
  types::Bytes cbor() const;
  static ProveCommitSectors3 from_cbor(types::ByteView bytes);
};

struct PostPartition {
  std::uint64_t index = 0;
  types::Bitfield skipped;
  friend bool operator==(const PostPartition&, const PostPartition&) = default;
};

struct PostProof {
  std::int64_t type = 0;  ///< registered window PoSt proof, 10 to 14
  types::Bytes bytes;     ///< 192 a partition
  friend bool operator==(const PostProof&, const PostProof&) = default;
};

/// 5, SubmitWindowedPoSt.
struct SubmitWindowedPost {
  std::uint64_t deadline = 0;
  std::vector<PostPartition> partitions;
  std::vector<PostProof> proofs;
  types::Epoch chain_commit_epoch = 0;
  types::Bytes chain_commit_rand;  ///< 32 bytes
  types::Bytes cbor() const;
  static SubmitWindowedPost from_cbor(types::ByteView bytes);
};

/// Sectors of one partition of one deadline.
struct PartitionSectors {
  std::uint64_t deadline = 0, partition = 0;
  types::Bitfield sectors;
  friend bool operator==(const PartitionSectors&, const PartitionSectors&) = default;
};

/// 9 TerminateSectors, 10 DeclareFaults and 11 DeclareFaultsRecovered have the same form.
struct SectorDeclarations {
  std::vector<PartitionSectors> declarations;
  types::Bytes cbor() const;
  static SectorDeclarations from_cbor(types::ByteView bytes);
};

/// A sector with verified claims: every claim is either kept or dropped.
struct SectorClaims {
  std::uint64_t number = 0;
  std::vector<std::uint64_t> maintain, drop;
  friend bool operator==(const SectorClaims&, const SectorClaims&) = default;
};

struct ExpirationExtension {
  std::uint64_t deadline = 0, partition = 0;
  types::Bitfield sectors;  ///< without claims
  std::vector<SectorClaims> with_claims;
  types::Epoch new_expiration = 0;
  friend bool operator==(const ExpirationExtension&, const ExpirationExtension&) = default;
};

/// 32, ExtendSectorExpiration2.
struct ExtendSectorExpiration2 {
  std::vector<ExpirationExtension> extensions;
  types::Bytes cbor() const;
  static ExtendSectorExpiration2 from_cbor(types::ByteView bytes);
};

/// 16, WithdrawBalance.
struct WithdrawBalance {
  types::BigInt amount;
  types::Bytes cbor() const;
  static WithdrawBalance from_cbor(types::ByteView bytes);
};

/// 3, ChangeWorkerAddress: also the only way to set the control addresses, so the worker that
/// stays is named again.
struct ChangeWorkerAddress {
  types::Address worker;
  std::vector<types::Address> control;
  types::Bytes cbor() const;
  static ChangeWorkerAddress from_cbor(types::ByteView bytes);
};

/// 18, ChangeMultiaddrs.
struct ChangeMultiaddrs {
  std::vector<types::Bytes> multiaddrs;  ///< binary form
  types::Bytes cbor() const;
  static ChangeMultiaddrs from_cbor(types::ByteView bytes);
};

}  // namespace sealyard::message
