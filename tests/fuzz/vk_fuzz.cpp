// Any bytes as a .vk file: what is taken is written back the same.
#include <algorithm>
#include <vector>

#include "kernels/groth16/verifying_key.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  const std::span file(data, bytes);
  groth16::VerifyingKey key;
  if (!fuzz::accepts([&] { key = groth16::read_verifying_key(file, "x.vk"); })) return 0;
  std::vector<std::uint8_t> again(groth16::verifying_key_bytes(key.ic.size()));
  groth16::write(key, again.data());
  fuzz::require(std::ranges::equal(again, file), "the key written is not the key read");
  return 0;
}
