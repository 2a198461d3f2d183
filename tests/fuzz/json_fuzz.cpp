// Any text as JSON: what an independent parser takes, ours passes over to the end.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "jobs/sector/json_pull.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

namespace {

// Ours refuses deep nesting, which the other takes.
constexpr long kDepth = 60;

bool deep(std::string_view text) {
  return std::count(text.begin(), text.end(), '[') + std::count(text.begin(), text.end(), '{') >
         kDepth;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  const auto text = fuzz::as_text({data, bytes});
  std::string_view value;
  const bool taken = fuzz::accepts([&] {
    sector::JsonPull json(text, "x.json");
    value = json.skip();
    json.end();
  });
  if (taken) fuzz::require(text.find(value) != text.npos, "the value is not in the text");
  // The other passes over a mark of the byte order and takes a byte 0 for the end.
  const bool apart = text.starts_with("\xef\xbb\xbf") || text.find('\0') != text.npos;
  if (!taken && !apart && !deep(text))
    fuzz::require(!nlohmann::json::accept(text), "refused, and is JSON");
  return 0;
}
