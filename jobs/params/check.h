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

/// Reads the whole file. One that is not official has all its points decoded, and a .vk file must
/// be how the .params file beside it begins, where there is one.
/// @throws Error{missing}, Error{io}; Error{corrupt} naming what is wrong.
Origin check(const std::filesystem::path& file, const Manifest& manifest, unsigned threads);

}  // namespace sealyard::params
