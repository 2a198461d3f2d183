#include "kernels/curve/encoding.h"

namespace sealyard::curve {
namespace {

Flaw flaw_of(BLST_ERROR error) {
  switch (error) {
    case BLST_SUCCESS:
      return Flaw::none;
    case BLST_POINT_NOT_ON_CURVE:
      return Flaw::off_curve;
    case BLST_POINT_NOT_IN_GROUP:
      return Flaw::outside_group;
    default:
      return Flaw::bad_encoding;
  }
}

constexpr std::uint8_t kCompressedFlag = 0x80;

}  // namespace

std::string_view text(Flaw flaw) {
  switch (flaw) {
    case Flaw::none:
      return "sound";
    case Flaw::bad_encoding:
      return "no encoding of a point";
    case Flaw::off_curve:
      return "not on the curve";
    case Flaw::outside_group:
      return "not in the group of order r";
    case Flaw::identity:
      return "the point at infinity";
  }
  return "?";
}

template <typename Group>
Decoded<Group> decode(std::span<const std::uint8_t, Group::kBytes> bytes, Inspection inspection) {
  Decoded<Group> out;
  if (bytes[0] & kCompressedFlag) {
    out.flaw = Flaw::bad_encoding;
    return out;
  }
  out.flaw = flaw_of(Group::deserialize(&out.point.value, bytes.data()));
  if (out.flaw != Flaw::none) return out;
  if (out.point.is_identity())
    out.flaw = Flaw::identity;
  else if (inspection == Inspection::in_group && !Group::in_group(&out.point.value))
    out.flaw = Flaw::outside_group;
  return out;
}

template <typename Group>
Decoded<Group> uncompress(std::span<const std::uint8_t, Group::kCompressedBytes> bytes) {
  Decoded<Group> out;
  out.flaw = flaw_of(Group::uncompress(&out.point.value, bytes.data()));
  if (out.flaw != Flaw::none) return out;
  if (out.point.is_identity())
    out.flaw = Flaw::identity;
  else if (!Group::in_group(&out.point.value))
    out.flaw = Flaw::outside_group;
  return out;
}

template Decoded<G1> decode<G1>(std::span<const std::uint8_t, 96>, Inspection);
template Decoded<G2> decode<G2>(std::span<const std::uint8_t, 192>, Inspection);
template Decoded<G1> uncompress<G1>(std::span<const std::uint8_t, 48>);
template Decoded<G2> uncompress<G2>(std::span<const std::uint8_t, 96>);

}  // namespace sealyard::curve
