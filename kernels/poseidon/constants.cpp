#include "kernels/poseidon/constants.h"

#include <array>
#include <cstdint>
#include <utility>

#include "kernels/base/error.h"
#include "kernels/poseidon/poseidon.h"

namespace sealyard::poseidon {
namespace {

using field::Fr;
using Row = std::vector<Fr>;
using Matrix = std::vector<Row>;

// Source: neptune, src/round_numbers.rs, strength Standard.
unsigned partial_rounds_of(unsigned arity) {
  switch (arity) {
    case 2:
      return 55;
    case 4:
      return 56;
    case 8:
    case 11:
      return 57;
    case 16:
    case 24:
      return 59;
    case 36:
      return 60;
    default:
      throw Error(Fault::usage, "poseidon: arity {}, want 2, 4, 8, 11, 16, 24 or 36", arity);
  }
}

// The self-shrinking LFSR that draws the round constants.
// Source: neptune, src/round_constants.rs; Grain, https://eprint.iacr.org/2019/458, appendix E.
class Grain {
 public:
  Grain(unsigned width, unsigned partial_rounds) {
    std::size_t at = 0;
    const auto put = [&](unsigned value, unsigned bits) {
      for (unsigned i = bits; i-- > 0;) state_[at++] = (value >> i) & 1;
    };
    put(1, 2);  // prime field
    put(1, 4);  // S-box x^5
    put(kFieldBits, 12);
    put(width, 12);
    put(kFullRounds, 10);
    put(partial_rounds, 10);
    put((1u << 30) - 1, 30);
    for (int i = 0; i < 160; ++i) raw_bit();
  }

  Fr element() {
    for (;;) {
      Node node;  // 255 bits, most significant first
      for (int i = kFieldBits - 1; i >= 0; --i)
        if (bit()) node.bytes[i / 8] = static_cast<std::uint8_t>(node.bytes[i / 8] | 1u << (i % 8));
      if (const auto found = field::from_canonical(node)) return *found;
    }
  }

 private:
  static constexpr int kFieldBits = 255;

  bool raw_bit() {
    const auto s = [&](std::size_t i) { return state_[(first_ + i) % state_.size()]; };
    const bool next = s(62) ^ s(51) ^ s(38) ^ s(23) ^ s(13) ^ s(0);
    state_[first_] = next;  // the oldest bit leaves, the new one is the last
    first_ = (first_ + 1) % state_.size();
    return next;
  }

  bool bit() {
    for (;;) {
      const bool keep = raw_bit(), value = raw_bit();
      if (keep) return value;
    }
  }

  std::array<bool, 80> state_{};
  std::size_t first_ = 0;
};

Row times(const Row& v, const Matrix& m) {
  Row out(v.size());
  for (std::size_t j = 0; j < out.size(); ++j)
    for (std::size_t i = 0; i < v.size(); ++i)
      out[j] = field::add(out[j], field::mul(v[i], m[i][j]));
  return out;
}

Matrix times(const Matrix& a, const Matrix& b) {
  Matrix out;
  for (const auto& row : a) out.push_back(times(row, b));
  return out;
}

Matrix identity(std::size_t n) {
  Matrix m(n, Row(n));
  for (std::size_t i = 0; i < n; ++i) m[i][i] = field::one();
  return m;
}

// Gauss-Jordan; the matrices here are all invertible.
Matrix inverse(Matrix m) {
  const std::size_t n = m.size();
  Matrix inverted = identity(n);
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t pivot = c;
    while (m[pivot][c] == field::zero()) ++pivot;
    std::swap(m[c], m[pivot]);
    std::swap(inverted[c], inverted[pivot]);
    const Fr scale = field::inverse(m[c][c]);
    for (std::size_t j = 0; j < n; ++j) {
      m[c][j] = field::mul(m[c][j], scale);
      inverted[c][j] = field::mul(inverted[c][j], scale);
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (i == c) continue;
      const Fr factor = m[i][c];
      for (std::size_t j = 0; j < n; ++j) {
        m[i][j] = field::sub(m[i][j], field::mul(factor, m[c][j]));
        inverted[i][j] = field::sub(inverted[i][j], field::mul(factor, inverted[c][j]));
      }
    }
  }
  return inverted;
}

// M[i][j] = 1 / (i + j + t).  Source: neptune, src/mds.rs, generate_mds().
Matrix cauchy(unsigned t) {
  Matrix m(t, Row(t));
  for (unsigned i = 0; i < t; ++i)
    for (unsigned j = 0; j < t; ++j) m[i][j] = field::inverse(field::from_u64(i + j + t));
  return m;
}

Row sum(const Row& a, const Row& b) {
  Row out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = field::add(a[i], b[i]);
  return out;
}

Row round_of(const Constants& c, unsigned round) {
  const auto begin = c.round.begin() + std::size_t{round} * c.width;
  return Row(begin, begin + c.width);
}

void append(std::vector<Fr>& to, const Row& row) { to.insert(to.end(), row.begin(), row.end()); }

// Constants moved back through the linear layers, so that a partial round needs only one.
// Source: neptune, src/preprocessing.rs, compress_round_constants().
void compress(Constants& c, const Matrix& mds) {
  const Matrix inverted = inverse(mds);
  append(c.compressed, round_of(c, 0));
  for (unsigned i = 0; i + 1 < kHalfFullRounds; ++i)
    append(c.compressed, times(round_of(c, i + 1), inverted));

  const unsigned after = kHalfFullRounds + c.partial_rounds;  // the first full round behind
  Row moved = round_of(c, after);
  std::vector<Fr> scalars;
  for (unsigned i = 0; i < c.partial_rounds; ++i) {
    Row w = times(moved, inverted);
    scalars.push_back(w[0]);
    w[0] = field::zero();
    moved = sum(round_of(c, after - 1 - i), w);
  }
  append(c.compressed, times(moved, inverted));
  c.compressed.insert(c.compressed.end(), scalars.rbegin(), scalars.rend());
  for (unsigned i = 1; i < kHalfFullRounds; ++i)
    append(c.compressed, times(round_of(c, after + i), inverted));
}

// Splits cur = [[a, v], [w, Q]] into [[1, 0], [0, Q]] * [[a, v], [Q^-1 w, 1]]: the first factor
// leaves element 0 alone, so it passes the S-box of the partial round before and joins that round's
// M; the second is sparse.
// Source: neptune, src/mds.rs, factor_to_sparse_matrixes().
void sparsify(Constants& c, const Matrix& mds) {
  const std::size_t t = c.width;
  std::vector<Row> found;  // from the last partial round to the first
  Matrix cur = mds;
  for (unsigned i = 0; i < c.partial_rounds; ++i) {
    Matrix q(t - 1, Row(t - 1));
    Matrix widened = identity(t);
    for (std::size_t a = 1; a < t; ++a)
      for (std::size_t b = 1; b < t; ++b) q[a - 1][b - 1] = widened[a][b] = cur[a][b];
    const Matrix q_inverse = inverse(std::move(q));
    Row sparse{cur[0][0]};
    for (std::size_t a = 0; a + 1 < t; ++a) {
      Fr element = field::zero();
      for (std::size_t b = 0; b + 1 < t; ++b)
        element = field::add(element, field::mul(q_inverse[a][b], cur[b + 1][0]));
      sparse.push_back(element);
    }
    sparse.insert(sparse.end(), cur[0].begin() + 1, cur[0].end());
    found.push_back(std::move(sparse));
    cur = times(mds, widened);
  }
  for (auto it = found.rbegin(); it != found.rend(); ++it) append(c.sparse, *it);
  for (std::size_t j = 0; j < t; ++j)
    for (std::size_t i = 0; i < t; ++i) c.pre_sparse_columns.push_back(cur[i][j]);
}

Constants make(unsigned arity) {
  Constants c;
  c.arity = arity;
  c.width = arity + 1;
  c.partial_rounds = partial_rounds_of(arity);
  c.tag = field::from_u64((std::uint64_t{1} << arity) - 1);
  Grain grain(c.width, c.partial_rounds);
  for (unsigned i = 0; i < (kFullRounds + c.partial_rounds) * c.width; ++i)
    c.round.push_back(grain.element());
  const Matrix mds = cauchy(c.width);
  for (const auto& row : mds) append(c.mds, row);
  compress(c, mds);
  sparsify(c, mds);
  return c;
}

template <unsigned kArity>
const Constants& made() {
  static const Constants constants = make(kArity);
  return constants;
}

}  // namespace

const Constants& constants(unsigned arity) {
  switch (arity) {
    case 2:
      return made<2>();
    case 4:
      return made<4>();
    case 8:
      return made<8>();
    case 11:
      return made<11>();
    case 16:
      return made<16>();
    case 24:
      return made<24>();
    case 36:
      return made<36>();
    default:
      throw Error(Fault::usage, "poseidon: arity {}, want 2, 4, 8, 11, 16, 24 or 36", arity);
  }
}

}  // namespace sealyard::poseidon
