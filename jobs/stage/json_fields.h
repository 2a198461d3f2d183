// Reading JSON records of ours with errors that name file and field. Private to this folder.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "jobs/stage/attempt.h"
#include "kernels/base/error.h"

namespace sealyard::stage {

using Json = nlohmann::ordered_json;

/// @throws Error{corrupt} "<what>: not JSON"
inline Json parse_object(std::string_view text, std::string_view what) {
  auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw Error(Fault::corrupt, "{}: not a JSON object", what);
  return json;
}

/// @throws Error{corrupt} the field is missing or of another type.
template <typename T>
T field(const Json& object, const char* name, std::string_view what) {
  try {
    return object.at(name).get<T>();
  } catch (const nlohmann::json::exception& error) {
    throw Error(Fault::corrupt, "{}: field \"{}\": {}", what, name, error.what());
  }
}

Json attempt_json(const Attempt& attempt);
Attempt parse_attempt(const Json& json, std::string_view what);

}  // namespace sealyard::stage
