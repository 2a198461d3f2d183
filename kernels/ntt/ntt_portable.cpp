#include "kernels/ntt/variants.h"

namespace sealyard::ntt {

using field::add;
using field::mul;
using field::sub;

const BackendTable<Twice> split_backends{
    .kernel = "ntt::split", .portable = portable::split_twice, .avx512 = avx512::split_twice};
const BackendTable<Twice> join_backends{
    .kernel = "ntt::join", .portable = portable::join_twice, .avx512 = avx512::join_twice};
const BackendTable<Scale> scale_backends{
    .kernel = "ntt::scale", .portable = portable::scale, .avx512 = avx512::scale};

namespace portable {

// A block of 2h elements is a polynomial modulo X^2h - s^2. One butterfly step makes of it two
// blocks of h, modulo X^h - s and X^h + s. The whole starts modulo X^n - 1; block b of any step has
// s = roots[b], whatever the size. Two steps at a time, so that memory is passed half as often.
void split_twice(Fr* blocks, std::size_t quarter, std::size_t first, std::size_t count,
                 const Fr* roots, std::size_t begin, std::size_t end) {
  for (std::size_t b = first; b < first + count; ++b, blocks += 4 * quarter) {
    const Fr s = roots[b], s0 = roots[2 * b], s1 = roots[2 * b + 1];
    for (std::size_t i = begin; i < end; ++i) {
      Fr* x = blocks + i;
      const Fr x2 = mul(x[2 * quarter], s), x3 = mul(x[3 * quarter], s);
      const Fr y0 = add(x[0], x2), y2 = sub(x[0], x2);
      const Fr y1 = mul(add(x[quarter], x3), s0), y3 = mul(sub(x[quarter], x3), s1);
      x[0] = add(y0, y1);
      x[quarter] = sub(y0, y1);
      x[2 * quarter] = add(y2, y3);
      x[3 * quarter] = sub(y2, y3);
    }
  }
}

// The transpose: what it computes is the transposed transform.
void join_twice(Fr* blocks, std::size_t quarter, std::size_t first, std::size_t count,
                const Fr* roots, std::size_t begin, std::size_t end) {
  for (std::size_t b = first; b < first + count; ++b, blocks += 4 * quarter) {
    const Fr s = roots[b], s0 = roots[2 * b], s1 = roots[2 * b + 1];
    for (std::size_t i = begin; i < end; ++i) {
      Fr* x = blocks + i;
      const Fr y0 = add(x[0], x[quarter]), y1 = mul(sub(x[0], x[quarter]), s0);
      const Fr y2 = add(x[2 * quarter], x[3 * quarter]);
      const Fr y3 = mul(sub(x[2 * quarter], x[3 * quarter]), s1);
      x[0] = add(y0, y2);
      x[quarter] = add(y1, y3);
      x[2 * quarter] = mul(sub(y0, y2), s);
      x[3 * quarter] = mul(sub(y1, y3), s);
    }
  }
}

void scale(Fr* x, std::size_t n, const Fr& first, const Fr& ratio) {
  Fr factor = first;
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = mul(x[i], factor);
    factor = mul(factor, ratio);
  }
}

}  // namespace portable
}  // namespace sealyard::ntt
