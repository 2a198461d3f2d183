// Any bytes as p_aux or t_aux: what is taken is written back the same.
#include <algorithm>

#include "kernels/vanilla/aux_files.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  const std::span file(data, bytes);
  vanilla::PAux p;
  if (fuzz::accepts([&] { p = vanilla::decode_p_aux(file); }))
    fuzz::require(std::ranges::equal(vanilla::encode_p_aux(p), file), "p_aux written differs");
  vanilla::TAux t;
  if (fuzz::accepts([&] { t = vanilla::decode_t_aux(file); }))
    fuzz::require(std::ranges::equal(vanilla::encode_t_aux(t), file), "t_aux written differs");
  return 0;
}
