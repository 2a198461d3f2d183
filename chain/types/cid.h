// Content identifiers (CIDv1) of messages, blocks, state and commitments.
#pragma once
#include <compare>
#include <string>
#include <string_view>

#include "chain/types/bytes.h"
#include "kernels/base/node.h"

namespace sealyard::types {

/// A CIDv1, or nothing ("undefined" in Go). Its text is base32 in lower case with a leading b.
/// Source: multiformats, CID specification; go-cid.
class Cid {
 public:
  Cid() = default;  ///< undefined

  /// @throws Error{usage} text that is no base32 CIDv1.
  static Cid parse(std::string_view text);
  /// @throws Error{corrupt} not exactly one CIDv1; at most 100 bytes.
  static Cid from_bytes(ByteView bytes);
  /// The identifier of a DAG-CBOR object (codec 0x71, blake2b-256): 38 bytes, "bafy2bzace...".
  static Cid of_cbor(ByteView object);
  /// Commitments; kernels/base/cid.h writes the same as text.
  static Cid of_comm_d(const Node& comm_d);
  static Cid of_comm_r(const Node& comm_r);

  /// The 32 bytes of a commitment.  @throws Error{usage} an identifier of another kind.
  Node comm_d() const;
  Node comm_r() const;
  bool is_comm_d() const;
  bool is_comm_r() const;

  bool defined() const { return !bytes_.empty(); }
  const Bytes& bytes() const { return bytes_; }
  std::string text() const;  ///< "" when undefined

  friend bool operator==(const Cid&, const Cid&) = default;
  friend auto operator<=>(const Cid&, const Cid&) = default;

 private:
  explicit Cid(Bytes bytes) : bytes_(std::move(bytes)) {}
  Bytes bytes_;
};

}  // namespace sealyard::types
