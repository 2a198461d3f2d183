// Where parameter files live.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sealyard::params {

/// $SEALYARD_PARAMS, else $FIL_PROOFS_PARAMETER_CACHE, else ~/.cache/sealyard/params.
/// @param get  looks a variable up, nullptr when unset: std::getenv, or a test's table.
/// @throws Error{configuration} none of them is set, nor HOME.
std::filesystem::path default_folder(const std::function<const char*(const char*)>& get);

/// Makes it where it is not there.  @throws Error{io}
void make_folder(const std::filesystem::path& folder);

/// The .params and .vk files of a folder, by name.  @throws Error{missing}, Error{io}
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

}  // namespace sealyard::params
