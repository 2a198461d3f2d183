// Any text as the manifest of parameters: what is taken names files and digests.
#include "jobs/params/manifest.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  fuzz::accepts([&] {
    const auto manifest = params::Manifest::parse(fuzz::as_text({data, bytes}), "x.json");
    fuzz::require(!manifest.is_official("", ""), "no name is official");
  });
  return 0;
}
