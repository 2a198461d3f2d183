#include "chain/types/cbor.h"

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"

namespace sealyard::types {
namespace {

enum Major : unsigned {
  kUnsigned,
  kNegative,
  kByteString,
  kTextString,
  kArray,
  kMap,
  kTag,
  kSimple
};

constexpr std::uint8_t kFalse = 0xf4, kTrue = 0xf5, kNull = 0xf6;
constexpr std::uint64_t kLink = 42;

}  // namespace

CborWriter& CborWriter::head(unsigned major, std::uint64_t value) {
  const auto put = [&](unsigned info, unsigned count) {
    out_.push_back(static_cast<std::uint8_t>(major << 5 | info));
    for (unsigned i = count; i-- > 0;) out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  };
  if (value < 24)
    put(static_cast<unsigned>(value), 0);
  else if (value <= UINT8_MAX)
    put(24, 1);
  else if (value <= UINT16_MAX)
    put(25, 2);
  else if (value <= UINT32_MAX)
    put(26, 4);
  else
    put(27, 8);
  return *this;
}

CborWriter& CborWriter::array(std::uint64_t items) { return head(kArray, items); }

CborWriter& CborWriter::boolean(bool value) {
  out_.push_back(value ? kTrue : kFalse);
  return *this;
}

CborWriter& CborWriter::null() {
  out_.push_back(kNull);
  return *this;
}

CborWriter& CborWriter::bytes(ByteView value) {
  head(kByteString, value.size());
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

CborWriter& CborWriter::text(std::string_view value) {
  head(kTextString, value.size());
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

CborWriter& CborWriter::cid(const Cid& value) {
  if (!value.defined()) return null();
  head(kTag, kLink);
  head(kByteString, value.bytes().size() + 1);
  out_.push_back(0);  // multibase "identity"
  out_.insert(out_.end(), value.bytes().begin(), value.bytes().end());
  return *this;
}

void CborReader::refuse(std::string_view why) const {
  throw Error(Fault::corrupt, "{}: byte {} of {}: {}", what_, all_.size() - rest_.size(),
              all_.size(), why);
}

std::uint64_t CborReader::head(unsigned major, std::string_view wanted) {
  if (rest_.empty()) refuse(fmt::format("ends where {} should come", wanted));
  if (rest_[0] >> 5 != major) refuse(fmt::format("0x{:02x}, want {}", rest_[0], wanted));
  const unsigned info = rest_[0] & 31u;
  if (info < 24) {
    rest_ = rest_.subspan(1);
    return info;
  }
  if (info > 27) refuse("a length that is left open");
  const std::size_t count = std::size_t{1} << (info - 24);
  if (rest_.size() < 1 + count) refuse("ends inside a number");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | rest_[1 + i];
  const bool shorter = count == 1 ? value < 24 : value >> (4 * count) == 0;
  if (shorter) refuse("a number that is not in its shortest form");
  rest_ = rest_.subspan(1 + count);
  return value;
}

ByteView CborReader::block(unsigned major, std::uint64_t most, std::string_view wanted) {
  const auto length = head(major, wanted);
  if (length > most) refuse(fmt::format("{} of {} bytes, want at most {}", wanted, length, most));
  if (length > rest_.size()) refuse(fmt::format("ends inside {}", wanted));
  const auto found = rest_.first(length);
  rest_ = rest_.subspan(length);
  return found;
}

std::uint64_t CborReader::array(std::uint64_t most) {
  const auto items = head(kArray, "an array");
  if (items > most) refuse(fmt::format("an array of {}, want at most {}", items, most));
  // An item takes a byte at least: who reserves room for the items never reserves more than this.
  if (items > rest_.size()) refuse("ends inside an array");
  return items;
}

void CborReader::array_of(std::uint64_t items) {
  const auto found = head(kArray, "a tuple");
  if (found != items) refuse(fmt::format("a tuple of {}, want {}", found, items));
}

std::uint64_t CborReader::u64() { return head(kUnsigned, "a number"); }

std::int64_t CborReader::i64() {
  const bool negative = !rest_.empty() && rest_[0] >> 5 == kNegative;
  const auto value = head(negative ? kNegative : kUnsigned, "a number");
  if (value > INT64_MAX) refuse("a number beyond 63 bits");
  const auto magnitude = static_cast<std::int64_t>(value);
  return negative ? -1 - magnitude : magnitude;
}

bool CborReader::boolean() {
  if (rest_.empty() || (rest_[0] != kFalse && rest_[0] != kTrue)) refuse("want true or false");
  const bool value = rest_[0] == kTrue;
  rest_ = rest_.subspan(1);
  return value;
}

bool CborReader::take_null() {
  if (rest_.empty() || rest_[0] != kNull) return false;
  rest_ = rest_.subspan(1);
  return true;
}

Bytes CborReader::bytes(std::uint64_t most) {
  const auto found = block(kByteString, most, "a byte string");
  return {found.begin(), found.end()};
}

std::string CborReader::text(std::uint64_t most) {
  const auto found = block(kTextString, most, "a text");
  return {found.begin(), found.end()};
}

BigInt CborReader::big_int() {
  return big_int_from_bytes(block(kByteString, kBigIntMaxBytes, "a big integer"));
}
Address CborReader::address() { return Address::from_bytes(block(kByteString, 65, "an address")); }
Bitfield CborReader::bitfield() {
  return Bitfield::from_rle_plus(block(kByteString, kMaxRlePlusBytes, "a bitfield"));
}

Cid CborReader::cid() {
  if (head(kTag, "a link") != kLink) refuse("a tag other than 42");
  const auto found = block(kByteString, 101, "a link");
  if (found.empty() || found[0] != 0) refuse("a link without its leading 0");
  return Cid::from_bytes(found.subspan(1));
}

Cid CborReader::optional_cid() { return take_null() ? Cid() : cid(); }

void CborReader::finish() const {
  if (!rest_.empty()) refuse(fmt::format("{} bytes behind the end", rest_.size()));
}

}  // namespace sealyard::types
