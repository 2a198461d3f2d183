// RLE+: a header of two version bits (00) and the value of the first run, then one block a run:
//   1             length 1
//   01 + 4 bits   length 2 to 15
//   00 + varint   length 16 and above
// Bits are taken from each byte least significant first.
#include <algorithm>

#include "chain/types/bitfield.h"
#include "kernels/base/error.h"

namespace sealyard::types {
namespace {

constexpr std::uint64_t kShortEnd = 16;

class BitWriter {
 public:
  void put(std::uint64_t value, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i, ++at_) {
      if (at_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (value >> i & 1) << (at_ % 8));
    }
  }
  void put_run(std::uint64_t length) {
    if (length == 1) return put(1, 1);
    if (length < kShortEnd) {
      put(0b10, 2);  // 01 in writing order
      return put(length, 4);
    }
    put(0, 2);
    Bytes varint;
    append_varint(varint, length);
    for (const auto byte : varint) put(byte, 8);
  }
  /// Zero bits at the end say nothing: readers find them behind the end anyway.
  Bytes take() {
    while (!bytes_.empty() && bytes_.back() == 0) bytes_.pop_back();
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}

  /// Bits behind the end read as 0.
  std::uint64_t get(unsigned bits) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bits; ++i, ++at_)
      if (at_ < bytes_.size() * 8) value |= std::uint64_t{bytes_[at_ / 8] >> (at_ % 8) & 1u} << i;
    return value;
  }
  bool only_zeros_left() const {
    BitReader rest = *this;
    while (rest.at_ < bytes_.size() * 8)
      if (rest.get(1)) return false;
    return true;
  }
  std::uint64_t get_run() {
    if (get(1)) return 1;
    if (get(1)) return get(4);
    Bytes varint;
    do varint.push_back(static_cast<std::uint8_t>(get(8)));
    while (varint.back() & 0x80 && varint.size() < 10);
    ByteView view(varint);
    return take_varint(view, "bitfield: run length");
  }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Bytes Bitfield::rle_plus() const {
  if (runs_.empty()) return {};
  BitWriter writer;
  writer.put(0, 2);
  writer.put(runs_.front().first == 0 ? 1 : 0, 1);
  for (const auto length : run_lengths())
    if (length > 0) writer.put_run(length);
  return writer.take();
}

Bitfield Bitfield::from_rle_plus(ByteView bytes) {
  const auto refuse = [&](std::string_view why) {
    return Error(Fault::corrupt, "bitfield of {} bytes: {}", bytes.size(), why);
  };
  if (bytes.size() > kMaxRlePlusBytes) throw refuse("above 32 KiB");
  if (bytes.empty()) return {};
  if (bytes.back() == 0) throw refuse("ends in a zero byte");
  BitReader reader(bytes);
  if (reader.get(2) != 0) throw refuse("RLE+ of another version");
  bool in = reader.get(1) != 0;
  Bitfield set;
  std::uint64_t at = 0;
  for (; !reader.only_zeros_left(); in = !in) {
    const std::uint64_t length = reader.get_run();
    if (length == 0 || length > UINT64_MAX - at) throw refuse("a run of 0 or beyond 2^64");
    if (in) set.runs_.push_back({at, length});
    at += length;
  }
  if (const auto again = set.rle_plus();
      !std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()))
    throw refuse("not the shortest encoding");
  return set;
}

}  // namespace sealyard::types
