// JSON read from front to back, without a document in memory: C1 output of many partitions is
// hundreds of megabytes. Private to jobs/sector.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "kernels/base/error.h"
#include "kernels/base/node.h"

namespace sealyard::sector {

/// Every call reads one value, or throws Error{corrupt} "<what>: byte 17: ..., want ...".
class JsonPull {
 public:
  /// @param text  must outlive it.
  /// @param at    byte to begin at.
  JsonPull(std::string_view text, std::string_view what, std::size_t at = 0)
      : text_(text), what_(what), at_(at) {}

  /// An object that has each of these fields once, in any order, and others, which are passed over.
  /// `read(i)` is called at the value of names[i] and must read it.
  template <typename Read>
  void fields(std::initializer_list<std::string_view> names, Read&& read) {
    std::uint64_t seen = 0;
    object([&](const std::string& name) {
      std::size_t i = 0;
      while (i < names.size() && names.begin()[i] != name) ++i;
      if (i == names.size()) {
        skip();
        return;
      }
      if (seen >> i & 1) refuse("field {} comes twice", name);
      seen |= std::uint64_t{1} << i;
      read(i);
    });
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!(seen >> i & 1)) refuse("field {} is missing", names.begin()[i]);
  }
  /// Calls member(name) at the value of every member.
  template <typename Member>
  void object(Member&& member) {
    enter('{', "an object");
    for (bool more = !leave('}'); more; more = next('}')) {
      const auto name = text();
      expect(':', "a colon");
      member(name);
    }
    --depth_;
  }
  /// Calls element() at every element; it must read it.
  template <typename Element>
  void array(Element&& element) {
    enter('[', "a list");
    for (bool more = !leave(']'); more; more = next(']')) element();
    --depth_;
  }
  /// A list of as many elements; calls element(i).
  template <typename Element>
  void array(std::size_t count, std::string_view of, Element&& element) {
    std::size_t i = 0;
    array([&] {
      if (i == count) refuse("more than {} {}", count, of);
      element(i++);
    });
    if (i != count) refuse("{} {}, want {}", i, of, count);
  }

  std::uint64_t number();  ///< whole, at most 2^64 - 1
  std::string text();
  Node node();  ///< 32 numbers, 0 to 255
  bool null();  ///< reads null when it is there
  void want_null();
  /// Any value; returns its text.
  std::string_view skip();
  /// Nothing may follow.
  void end();

  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> why, Args&&... args) const {
    throw Error(Fault::corrupt, "{}: byte {}: {}", what_, at_,
                fmt::format(why, std::forward<Args>(args)...));
  }

 private:
  char peek();  // next character behind white space; 0 at the end
  void enter(char open, std::string_view what);
  bool leave(char close);
  bool next(char close);  // a comma: more; `close`: no more
  void expect(char c, std::string_view what);
  bool word(std::string_view literal);
  void skip_number();
  void escape(std::string& out);

  std::string_view text_, what_;
  std::size_t at_;
  unsigned depth_ = 0;
};

}  // namespace sealyard::sector
