// DAG-CBOR tuples: what messages, their parameters and their results are on chain.
// Source: RFC 8949, 4.2 (deterministic encoding); IPLD, DAG-CBOR (tag 42 for links).
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chain/types/address.h"
#include "chain/types/amount.h"
#include "chain/types/bitfield.h"
#include "chain/types/bytes.h"
#include "chain/types/cid.h"

namespace sealyard::types {

/// Writes values one after another, each in its only canonical form.
class CborWriter {
 public:
  CborWriter& array(std::uint64_t items);  ///< the items follow
  CborWriter& number(std::unsigned_integral auto value) { return head(0, value); }
  CborWriter& number(std::signed_integral auto value) {
    return value < 0 ? head(1, static_cast<std::uint64_t>(-1 - static_cast<std::int64_t>(value)))
                     : head(0, static_cast<std::uint64_t>(value));
  }
  CborWriter& boolean(bool value);
  CborWriter& null();
  CborWriter& bytes(ByteView value);
  CborWriter& text(std::string_view value);
  CborWriter& big_int(const BigInt& value) { return bytes(to_bytes(value)); }
  CborWriter& address(const Address& value) { return bytes(value.bytes()); }
  CborWriter& bitfield(const Bitfield& value) { return bytes(value.rle_plus()); }
  /// A link; null where undefined.
  CborWriter& cid(const Cid& value);

  Bytes take() { return std::move(out_); }

 private:
  CborWriter& head(unsigned major, std::uint64_t value);
  Bytes out_;
};

/// Reads values one after another; whatever is not canonical, of another type or too long is
/// Error{corrupt} that names `what` and the byte. Never reads behind the end of the view, which
/// must outlive it.
class CborReader {
 public:
  CborReader(ByteView bytes, std::string what)
      : all_(bytes), rest_(bytes), what_(std::move(what)) {}

  /// The number of items, at most `most`: the chain's own decoders stop at 8192.
  std::uint64_t array(std::uint64_t most = 8192);
  void array_of(std::uint64_t items);  ///< exactly so many
  std::uint64_t u64();
  std::int64_t i64();
  bool boolean();
  bool take_null();  ///< true, and behind it, when a null comes next
  Bytes bytes(std::uint64_t most = 2 << 20);
  std::string text(std::uint64_t most = 8192);
  BigInt big_int();
  Address address();
  Bitfield bitfield();
  Cid cid();
  Cid optional_cid();  ///< undefined for null

  /// Nothing may be left.
  void finish() const;
  bool at_end() const { return rest_.empty(); }

 private:
  std::uint64_t head(unsigned major, std::string_view wanted);
  ByteView block(unsigned major, std::uint64_t most, std::string_view wanted);
  [[noreturn]] void refuse(std::string_view why) const;

  ByteView all_, rest_;
  std::string what_;
};

}  // namespace sealyard::types
