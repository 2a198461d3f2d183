// Positional parameters. Private to this folder.
#pragma once
#include <nlohmann/json.hpp>
#include <utility>

namespace sealyard::rpc {

template <typename... Values>
nlohmann::json params(Values&&... values) {
  auto array = nlohmann::json::array();
  (array.push_back(std::forward<Values>(values)), ...);
  return array;
}

}  // namespace sealyard::rpc
