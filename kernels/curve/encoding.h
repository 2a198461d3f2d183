// Points as bytes: big-endian coordinates, three flags in the first byte, imaginary part first.
// Source: supranational/blst, src/e1.c, src/e2.c; filecoin-project/blstrs, src/g1.rs, src/g2.rs.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "kernels/curve/group.h"

namespace sealyard::curve {

/// What is wrong with the bytes of a point.
enum class Flaw { none, bad_encoding, off_curve, outside_group, identity };

std::string_view text(Flaw flaw);  ///< "not on the curve"

/// How far a point is looked at: membership in the group of order r is 30 times as dear.
enum class Inspection { on_curve, in_group };

template <typename Group>
struct Decoded {
  Affine<Group> point;
  Flaw flaw = Flaw::none;
};

/// Reads x and y. The identity is a flaw (with the right point): no file of ours may hold one.
/// Stricter than blst: a compressed point among these bytes is a bad encoding.
template <typename Group>
Decoded<Group> decode(std::span<const std::uint8_t, Group::kBytes> bytes, Inspection inspection);

/// Reads x and the sign of y; always looks at membership.
template <typename Group>
Decoded<Group> uncompress(std::span<const std::uint8_t, Group::kCompressedBytes> bytes);

/// Writes x and y, Group::kBytes.
template <typename Group>
void encode(const Affine<Group>& point, std::uint8_t* to) {
  Group::serialize(to, &point.value);
}

template <typename Group>
std::array<std::uint8_t, Group::kCompressedBytes> compress(const Affine<Group>& point) {
  std::array<std::uint8_t, Group::kCompressedBytes> bytes;
  Group::compress(bytes.data(), &point.value);
  return bytes;
}

/// Points side by side as a file has them; borrows the bytes.
template <typename Group>
class EncodedPoints {
 public:
  EncodedPoints() = default;
  /// @param bytes  a multiple of Group::kBytes.
  explicit EncodedPoints(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size() / Group::kBytes; }
  std::span<const std::uint8_t, Group::kBytes> bytes(std::size_t index) const {
    return bytes_.subspan(index * Group::kBytes).template first<Group::kBytes>();
  }
  Decoded<Group> at(std::size_t index, Inspection inspection) const {
    return decode<Group>(bytes(index), inspection);
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

}  // namespace sealyard::curve
