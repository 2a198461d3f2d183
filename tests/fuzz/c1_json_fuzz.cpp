// Any text as C1 output: what is taken is written back as the same, and holds only when it is what
// the reference made.
#include "jobs/sector/commit_json.h"
#include "tests/fuzz/target.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

sector::C1Output of_reference() {
  const auto bytes = vectors::bytes("seal/2k-cc-v1_1/c1.json");
  return sector::parse_c1_json(fuzz::as_text(bytes), "c1.json");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  static const auto reference = of_reference();
  sector::C1Output output;
  if (!fuzz::accepts([&] {
        output = sector::parse_c1_json(fuzz::as_text({data, bytes}), "x.json");
      }))
    return 0;
  std::string text;
  sector::write_c1_json(output, [&](std::string_view piece) { text += piece; });
  fuzz::require(sector::parse_c1_json(text, "again") == output, "read, written, read: another");
  if (sector::flaw(output)) return 0;
  output.ticket = reference.ticket;  // hashed into the replica id, with the miner, who is not told
  fuzz::require(output == reference, "a sector nobody sealed is proven");
  return 0;
}
