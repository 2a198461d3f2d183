// Any text as PC1 or PC2 output: what is taken is written back as the same.
#include "jobs/sector/precommit_json.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  const auto text = fuzz::as_text({data, bytes});
  sector::Pc1Output one;
  if (fuzz::accepts([&] { one = sector::parse_pc1_json(text, "x.json"); })) {
    // A path of other bytes than text cannot be written again.
    std::string again;
    try {
      again = sector::pc1_json(one.porep, one.cache_path, one.comm_d);
    } catch (const std::exception&) {
      return 0;
    }
    const auto same = sector::parse_pc1_json(again, "again");
    fuzz::require(same.registered_proof == one.registered_proof && same.comm_d == one.comm_d,
                  "read, written, read: another");
  }
  sector::Pc2Output two;
  if (fuzz::accepts([&] { two = sector::parse_pc2_json(text, "x.json"); })) {
    const auto again = sector::pc2_json(two.porep, two.comm_r, two.comm_d);
    const auto same = sector::parse_pc2_json(again, "again");
    fuzz::require(same.comm_r == two.comm_r && same.comm_d == two.comm_d &&
                      same.registered_proof == two.registered_proof,
                  "read, written, read: another");
  }
  return 0;
}
