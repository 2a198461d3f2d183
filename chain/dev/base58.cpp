#include "chain/dev/base58.h"

#include <algorithm>

namespace sealyard::dev {

// Source: multiformats, multibase, base58btc.
std::string to_base58(types::ByteView bytes) {
  constexpr char kAlphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const auto zeros = static_cast<std::size_t>(
      std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0; }) -
      bytes.begin());
  types::Bytes digits;  // base 58, the lowest first
  for (const auto byte : bytes.subspan(zeros)) {
    unsigned carry = byte;
    for (auto& digit : digits) {
      carry += 256u * digit;
      digit = static_cast<std::uint8_t>(carry % 58);
      carry /= 58;
    }
    for (; carry > 0; carry /= 58) digits.push_back(static_cast<std::uint8_t>(carry % 58));
  }
  std::string text(zeros, '1');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) text += kAlphabet[*digit];
  return text;
}

}  // namespace sealyard::dev
