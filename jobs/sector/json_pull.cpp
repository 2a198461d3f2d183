#include "jobs/sector/json_pull.h"

#include <charconv>

namespace sealyard::sector {
namespace {

constexpr unsigned kMaxDepth = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [&](unsigned value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

}  // namespace

char JsonPull::peek() {
  while (at_ < text_.size() &&
         std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
    ++at_;
  return at_ < text_.size() ? text_[at_] : '\0';
}

void JsonPull::expect(char c, std::string_view what) {
  if (peek() != c || at_ == text_.size()) refuse("want {}", what);
  ++at_;
}

void JsonPull::enter(char open, std::string_view what) {
  expect(open, what);
  if (++depth_ > kMaxDepth) refuse("nested deeper than {} levels", kMaxDepth);
}

bool JsonPull::leave(char close) {
  if (peek() != close) return false;
  ++at_;
  return true;
}

bool JsonPull::next(char close) {
  if (leave(close)) return false;
  expect(',', "a comma or the end of the list");
  return true;
}

bool JsonPull::word(std::string_view literal) {
  peek();
  if (!text_.substr(at_).starts_with(literal)) return false;
  at_ += literal.size();
  return true;
}

std::uint64_t JsonPull::number() {
  if (!is_digit(peek())) refuse("want a whole number");
  std::uint64_t value = 0;
  const auto* begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
  if (error != std::errc() || (*begin == '0' && end - begin > 1))
    refuse("want a whole number of at most 64 bits");
  at_ += static_cast<std::size_t>(end - begin);
  if (at_ < text_.size() && std::string_view(".eE").find(text_[at_]) != std::string_view::npos)
    refuse("want a whole number");
  return value;
}

void JsonPull::escape(std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt", kValues = "\"\\/\b\f\n\r\t";
  if (at_ == text_.size()) refuse("text without an end");
  const char c = text_[at_++];
  if (const auto i = kNames.find(c); i != kNames.npos) {
    out += kValues[i];
    return;
  }
  unsigned code = 0;
  const auto digits = text_.substr(at_, 4);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (c != 'u' || error != std::errc() || end != digits.data() + 4) refuse("no such escape");
  at_ += 4;
  append_utf8(out, code);
}

std::string JsonPull::text() {
  expect('"', "text");
  std::string out;
  for (;;) {
    if (at_ == text_.size()) refuse("text without an end");
    const char c = text_[at_++];
    if (c == '"') return out;
    if (static_cast<unsigned char>(c) < 0x20) refuse("a control character in text");
    if (c == '\\')
      escape(out);
    else
      out += c;
  }
}

Node JsonPull::node() {
  Node node;
  array(kNodeBytes, "bytes", [&](std::size_t i) {
    const auto value = number();
    if (value > 255) refuse("{}, want 0 to 255", value);
    node.bytes[i] = static_cast<std::uint8_t>(value);
  });
  return node;
}

bool JsonPull::null() { return word("null"); }

void JsonPull::want_null() {
  if (!null()) refuse("want null");
}

void JsonPull::skip_number() {
  const auto digits = [&] {
    if (at_ == text_.size() || !is_digit(text_[at_])) refuse("want a digit");
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  };
  const auto one_of = [&](std::string_view set) {
    if (at_ == text_.size() || set.find(text_[at_]) == set.npos) return false;
    ++at_;
    return true;
  };
  one_of("-");
  digits();
  if (one_of(".")) digits();
  if (one_of("eE")) {
    one_of("+-");
    digits();
  }
}

std::string_view JsonPull::skip() {
  const char first = peek();
  const auto begin = at_;
  if (first == '{') {
    object([&](const std::string&) { skip(); });
  } else if (first == '[') {
    array([&] { skip(); });
  } else if (first == '"') {
    text();
  } else if (first == '-' || is_digit(first)) {
    skip_number();
  } else if (!word("true") && !word("false") && !word("null")) {
    refuse("want a value");
  }
  return text_.substr(begin, at_ - begin);
}

void JsonPull::end() {
  peek();
  if (at_ != text_.size()) refuse("want the end of the text");
}

}  // namespace sealyard::sector
