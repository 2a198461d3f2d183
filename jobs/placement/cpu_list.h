// CPU lists as the system writes them: "0-3,8". Private to this folder.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::placement {

/// {0, 1, 2, 3, 8} -> "0-3,8"; sorted first.
std::string list_text(std::vector<unsigned> cpus);

/// "0-3;4-7" -> {{0, 1, 2, 3}, {4, 5, 6, 7}}; inside a list also commas.
/// @throws Error{configuration} no such list, or a CPU twice.
std::vector<std::vector<unsigned>> parse_lists(std::string_view text);

}  // namespace sealyard::placement
