// What every fuzz target is made of. A target is one source with LLVMFuzzerTestOneInput(), that
// libFuzzer calls (scripts/fuzz), and replay.cpp where there is no clang.
//
// A decoder takes the bytes or refuses them with Error{corrupt} (a request: Error{usage}) of one
// line; whatever else it does, another exception included, ends the program and is a finding.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

#include "kernels/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes);

namespace sealyard::fuzz {

/// Ends the program with `what` unless `holds`.
inline void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

/// Calls read() and says whether it returned; it may refuse as above.
template <typename Read>
bool accepts(Read&& read, Fault refusal = Fault::corrupt) {
  try {
    read();
    return true;
  } catch (const Error& error) {
    const std::string_view text = error.what();
    if (error.fault() != refusal) require(false, text);
    require(!text.empty() && text.find('\n') == text.npos, "the refusal is not one line");
    return false;
  }
}

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace sealyard::fuzz
