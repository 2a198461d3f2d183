// An element is four limbs; two loads, one limb apart, and two shifts give all of them.
#include <immintrin.h>

#include "kernels/fr32/variants.h"

#define SEALYARD_AVX512 gnu::target("avx512f,avx512bw,avx512vl")

namespace sealyard::fr32::avx512 {
namespace {

[[SEALYARD_AVX512, gnu::always_inline]] inline __m256i load(const std::uint8_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

template <std::size_t k>
[[SEALYARD_AVX512, gnu::always_inline]] inline void put_element(const std::uint8_t* block,
                                                                Node* padded) {
  constexpr std::size_t kLimb = k * kElementBits / 64;
  constexpr int kShift = k * kElementBits % 64;
  __m256i limbs = load(block + 8 * kLimb);
  if constexpr (kShift != 0)
    limbs = _mm256_or_si256(_mm256_srli_epi64(limbs, kShift),
                            _mm256_slli_epi64(load(block + 8 * kLimb + 8), 64 - kShift));
  constexpr auto kTop = static_cast<long long>(kLowBitsOfTopLimb);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(padded[k].bytes.data()),
                      _mm256_and_si256(limbs, _mm256_set_epi64x(kTop, -1, -1, -1)));
}

}  // namespace

[[SEALYARD_AVX512]] void pad_blocks(const std::uint8_t* unpadded, Node* padded, std::size_t n) {
  // The last element's load looks one byte past its block: the very last is left to others.
  for (; n > 1; --n, unpadded += kUnpaddedBlockBytes, padded += kBlockNodes) {
    put_element<0>(unpadded, padded);
    put_element<1>(unpadded, padded);
    put_element<2>(unpadded, padded);
    put_element<3>(unpadded, padded);
  }
  portable::pad_blocks(unpadded, padded, n);
}

}  // namespace sealyard::fr32::avx512
