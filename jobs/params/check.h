// Are parameter files what they should be?
#pragma once
#include <filesystem>
#include <string_view>

#include "jobs/params/manifest.h"

namespace sealyard::params {

enum class Origin {
  official,    ///< the file of the ceremony, by its digest in the manifest
  development  ///< sound, made by somebody: he can prove anything to those who use it
};
std::string_view text(Origin origin);

/// Reads the whole file. One that is not official must have as many points as the circuit it is
/// named after wants, has all of them decoded, and a .vk file must be how the .params file beside
/// it begins, where there is one.
/// @throws Error{missing}, Error{io}; Error{corrupt} naming what is wrong; Error{configuration} it
/// is of another circuit.
Origin check(const std::filesystem::path& file, const Manifest& manifest, unsigned threads);

}  // namespace sealyard::params
