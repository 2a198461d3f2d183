// The sets of parameters there can be: one for each circuit and sector size.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/circuit/counter.h"

namespace sealyard::params {

struct Set {
  std::string id;              ///< names its files, see groth16::params_file()
  circuit::Synthesis circuit;  ///< with nothing proven
};

/// @param circuit  "porep", "window", "winning" or "update".
/// @throws Error{usage} another circuit, no such sector size.
Set set_of(std::string_view circuit, std::uint64_t sector_bytes);

/// What set_of() is asked for.
struct Name {
  std::string_view circuit;
  std::uint64_t sector_bytes;
};
/// The set that a file of this name belongs to, if there is such a set.
std::optional<Name> name_of(std::string_view file_name);

/// "window 2KiB" for the name of a file of that set; "unknown" for others.
std::string describe(std::string_view file_name);

}  // namespace sealyard::params
