// Any bytes as a .params file: what is taken has the lists its counts speak of, and sound points.
#include <algorithm>
#include <vector>

#include "kernels/groth16/params.h"
#include "tests/fuzz/target.h"

using namespace sealyard;

namespace {

template <typename Group>
void require_canonical(const curve::EncodedPoints<Group>& points,
                       std::span<const std::uint8_t> file) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto out = points.at(i, curve::Inspection::in_group);
    fuzz::require(out.flaw == curve::Flaw::none, "a checked point has a flaw");
    std::uint8_t again[Group::kBytes];
    curve::encode(out.point, again);
    const bool there =
        std::search(file.begin(), file.end(), std::begin(again), std::end(again)) != file.end();
    fuzz::require(there, "a point written is not the point read");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  const std::span file(data, bytes);
  fuzz::accepts([&] {
    const groth16::Params params(file, "x.params");
    fuzz::require(groth16::params_bytes(params.sizes()) == file.size(), "bytes are left over");
    params.check_points(1);
    require_canonical(params.h(), file);
    require_canonical(params.l(), file);
    require_canonical(params.a(), file);
    require_canonical(params.b_g1(), file);
    require_canonical(params.b_g2(), file);
  });
  return 0;
}
