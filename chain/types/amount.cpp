#include "chain/types/amount.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "kernels/base/error.h"

namespace sealyard::types {
namespace {

constexpr std::size_t kDecimals = 18;
constexpr std::size_t kMaxDigits = 400;  // above 2^1016, the largest number on chain

BigInt power_of_ten(std::size_t exponent) {
  return boost::multiprecision::pow(BigInt(10), static_cast<unsigned>(exponent));
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

BigInt from_digits(std::string_view digits) {
  BigInt value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// "12.5" of 12500 thousandths: the last `decimals` digits behind a point, zeros at the end cut.
std::string with_point(const BigInt& magnitude, std::size_t decimals) {
  std::string digits = magnitude.str();
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimals, ".");
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

}  // namespace

Bytes to_bytes(const BigInt& value) {
  Bytes bytes;
  if (value == 0) return bytes;
  bytes.push_back(value < 0 ? 1 : 0);
  const BigInt magnitude = abs(value);
  boost::multiprecision::export_bits(magnitude, std::back_inserter(bytes), 8);
  if (bytes.size() > kBigIntMaxBytes)
    throw Error(Fault::usage, "a number of {} bytes, the chain takes at most {}", bytes.size(),
                kBigIntMaxBytes);
  return bytes;
}

BigInt big_int_from_bytes(ByteView bytes) {
  if (bytes.empty()) return 0;
  if (bytes.size() > kBigIntMaxBytes)
    throw Error(Fault::corrupt, "big integer: {} bytes, want at most {}", bytes.size(),
                kBigIntMaxBytes);
  if (bytes[0] > 1) throw Error(Fault::corrupt, "big integer: sign byte {}, want 0 or 1", bytes[0]);
  if (bytes.size() == 1 || bytes[1] == 0)
    throw Error(Fault::corrupt, "big integer: not in its shortest form");
  BigInt value;
  boost::multiprecision::import_bits(value, bytes.begin() + 1, bytes.end(), 8);
  if (bytes[0] == 1) value = -value;
  return value;
}

std::string to_text(const BigInt& value) { return value.str(); }

BigInt big_int_from_text(std::string_view text, std::string_view what) {
  const bool negative = text.starts_with('-');
  const auto digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > kMaxDigits || !all_digits(digits))
    throw Error(Fault::usage, "{}: '{}' is no decimal number", what, text.substr(0, 60));
  const BigInt value = from_digits(digits);
  return negative ? -value : value;
}

std::string fil_text(const BigInt& attofil) {
  return (attofil < 0 ? "-" : "") + with_point(abs(attofil), kDecimals) + " FIL";
}

std::string fil_short(const BigInt& attofil) {
  static constexpr std::array<std::string_view, 7> kUnits{"a", "f", "p", "n", "μ", "m", ""};
  if (attofil == 0) return "0";
  const BigInt magnitude = abs(attofil);
  std::size_t unit = 0;
  BigInt one = 1;  // attoFIL in the unit
  while (unit + 1 < kUnits.size() && magnitude >= one * 1000) {
    one *= 1000;
    ++unit;
  }
  const BigInt thousandths = (magnitude * 2000 + one) / (2 * one);
  return fmt::format("{}{} {}FIL", attofil < 0 ? "-" : "", with_point(thousandths, 3),
                     kUnits[unit]);
}

BigInt parse_fil(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return Error(Fault::usage, "amount '{}': {}; want for example 1.5, '1.5 FIL' or '100 attoFIL'",
                 text.substr(0, 60), why);
  };
  auto number = text.substr(0, text.find_first_not_of("0123456789.-"));
  std::string unit(text.substr(number.size()));
  if (unit.starts_with(' ')) unit.erase(0, 1);
  for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool atto = unit == "attofil" || unit == "afil";
  if (!atto && !unit.empty() && unit != "fil") throw refuse("unknown unit");

  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  const auto point = number.find('.');
  const auto whole = number.substr(0, point);
  auto part = point == number.npos ? std::string_view() : number.substr(point + 1);
  if (whole.size() + part.size() == 0 || number.size() > kMaxDigits || !all_digits(whole) ||
      !all_digits(part))
    throw refuse("no number");
  part = part.substr(0, part.find_last_not_of('0') + 1);
  if (part.size() > (atto ? 0 : kDecimals)) throw refuse("a part of an attoFIL");
  BigInt value = from_digits(whole);
  if (!atto)
    value =
        value * power_of_ten(kDecimals) + from_digits(part) * power_of_ten(kDecimals - part.size());
  return negative ? -value : value;
}

}  // namespace sealyard::types
