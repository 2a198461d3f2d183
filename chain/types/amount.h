// Amounts and other big integers of the chain, and amounts as people write them.
#pragma once
#include <boost/multiprecision/cpp_int.hpp>
#include <string>
#include <string_view>

#include "chain/types/bytes.h"

namespace sealyard::types {

/// An integer without bounds; amounts are in attoFIL (1 FIL = 10^18 attoFIL).
using BigInt = boost::multiprecision::cpp_int;

/// As many bytes as a big integer may have on chain, the sign byte included.
/// Source: go-state-types, big/int.go, BigIntMaxSerializedLen.
inline constexpr std::size_t kBigIntMaxBytes = 128;

/// The byte form inside CBOR: nothing for 0; else 0 (plus) or 1 (minus) and the magnitude,
/// big-endian without leading zeros.
/// @throws Error{usage} more than kBigIntMaxBytes.
Bytes to_bytes(const BigInt& value);
/// @throws Error{corrupt} another sign byte, leading zeros, a negative or written-out zero, too
/// long.
BigInt big_int_from_bytes(ByteView bytes);

/// Decimal digits, a leading minus where negative; the JSON form.
std::string to_text(const BigInt& value);
/// @throws Error{usage} anything but an optional minus and 1 to 400 digits.
BigInt big_int_from_text(std::string_view text, std::string_view what);

/// "1.5 FIL", "0.000000000000000001 FIL": exact.  Source: lotus, chain/types/fil.go, FIL.String().
std::string fil_text(const BigInt& attofil);
/// "1.5 FIL", "59.605 nFIL", "100 aFIL": three decimals, half away from zero, of the largest unit
/// that keeps the number at 1 or above.  Source: the same file, FIL.Short().
std::string fil_short(const BigInt& attofil);
/// The reverse of fil_text. The unit may be FIL (also where none is given), attoFIL or aFIL, in any
/// case, with or without a space before it.
/// @throws Error{usage} no number, another unit, or a part of an attoFIL.
BigInt parse_fil(std::string_view text);

}  // namespace sealyard::types
