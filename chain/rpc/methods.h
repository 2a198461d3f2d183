// The part of lotus' v1 API that is spoken here, and how many parameters each method takes: nodes
// refuse any other number.  Source: lotus, api/api_full.go.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace sealyard::rpc {

struct Method {
  std::string_view name;  ///< without "Filecoin."
  std::size_t params;
};

std::span<const Method> methods();
/// nullptr for a name that is not in the table.
const Method* find_method(std::string_view name);

}  // namespace sealyard::rpc
