// Small files that are replaced as a whole. Private to this folder.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sealyard::stage {

enum class Durable { no, yes };

/// Writes ".<name>.<pid>.part" beside it and renames; `durable` adds fsync of file and folder.
/// Makes the folder when it is missing.  @throws Error{io}
void replace_file(const std::filesystem::path& path, std::string_view text, Durable durable,
                  const std::function<void()>& fence = {});

/// Nothing when the file is not there.  @throws Error{io}, Error{corrupt} longer than 16 MiB
std::optional<std::string> slurp(const std::filesystem::path& path);

}  // namespace sealyard::stage
