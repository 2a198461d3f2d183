#include "kernels/ntt/ntt_device.h"

#include <cstring>

#include "kernels/base/error.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::ntt {
namespace {

gpu::Fr to_gpu(const Fr& a) {
  static_assert(sizeof(gpu::Fr) == sizeof(Fr));
  gpu::Fr out;
  std::memcpy(&out, &a, sizeof out);
  return out;
}

}  // namespace

gpu::Constants gpu::constants(unsigned log_size) {
  if (log_size > kMaxLogSize)
    throw Error(Fault::usage, "ntt: domain of 2^{}, at most 2^{}", log_size, kMaxLogSize);
  gpu::Constants out{};
  out.log_size = log_size;
  for (unsigned k = 0; k < std::size(out.roots); ++k) out.roots[k] = to_gpu(root_of_unity(k + 2));
  const auto generator = field::from_u64(kGenerator);
  const auto z = field::sub(ntt::power(generator, out.size()), field::one());
  out.inverse_size = to_gpu(field::inverse(field::from_u64(out.size())));
  out.generator = to_gpu(generator);
  out.inverse_generator = to_gpu(field::inverse(generator));
  out.per_z = to_gpu(field::inverse(z));
  return out;
}

}  // namespace sealyard::ntt
