#include "kernels/circuit/merkle.h"

#include <array>
#include <bit>

#include "kernels/base/error.h"
#include "kernels/circuit/poseidon.h"
#include "kernels/circuit/sha256.h"

namespace sealyard::circuit {
namespace {

unsigned index_bits(unsigned arity) { return static_cast<unsigned>(std::countr_zero(arity)); }

// The names b .. h are those of the source: the siblings in order.
Nums insert_of_2(Sink& sink, const Num& e, const Boolean& b0, const Num& b) {
  const Num p0 = pick(sink, b0, b, e);
  return {p0, pick(sink, b0, e, b)};
}

Nums insert_of_4(Sink& sink, const Num& e, std::span<const Boolean> at, std::span<const Num> s) {
  const auto &b0 = at[0], &b1 = at[1];
  const auto &b = s[0], &c = s[1], &d = s[2];
  const auto picked = [&](const Boolean& condition, const Num& x, const Num& y) {
    return pick(sink, condition, x, y);
  };
  Num x = picked(b0, b, e);
  const Num p0 = picked(b1, b, x);
  x = picked(b0, e, b);
  const Num p1 = picked(b1, c, x);
  x = picked(b0, d, e);
  const Num p2 = picked(b1, x, c);
  x = picked(b0, e, d);
  return {p0, p1, p2, picked(b1, x, d)};
}

Nums insert_of_8(Sink& sink, const Num& e, std::span<const Boolean> at, std::span<const Num> s) {
  const auto &b0 = at[0], &b1 = at[1], &b2 = at[2];
  const auto &b = s[0], &c = s[1], &d = s[2], &e4 = s[3], &f = s[4], &g = s[5], &h = s[6];
  const auto picked = [&](const Boolean& condition, const Num& x, const Num& y) {
    return pick(sink, condition, x, y);
  };
  const Boolean neither = bit_and(sink, !b0, !b1), both = bit_and(sink, b0, b1);
  Num x = picked(neither, e, b), y;
  const Num p0 = picked(b2, b, x);
  x = picked(b0, e, b);
  y = picked(b1, c, x);
  const Num p1 = picked(b2, c, y);
  x = picked(b0, d, e);
  y = picked(b1, x, c);
  const Num p2 = picked(b2, d, y);
  x = picked(both, e, d);
  const Num p3 = picked(b2, e4, x);
  x = picked(neither, e, f);
  const Num p4 = picked(b2, x, e4);
  x = picked(b0, e, f);
  y = picked(b1, g, x);
  const Num p5 = picked(b2, y, f);
  x = picked(b0, h, e);
  y = picked(b1, x, g);
  const Num p6 = picked(b2, y, g);
  x = picked(both, e, h);
  return {p0, p1, p2, p3, p4, p5, p6, picked(b2, x, h)};
}

}  // namespace

Nums insert(Sink& sink, const Num& element, std::span<const Boolean> bits,
            std::span<const Num> siblings) {
  if (siblings.size() == 1 && bits.size() == 1)
    return insert_of_2(sink, element, bits[0], siblings[0]);
  if (siblings.size() == 3 && bits.size() == 2) return insert_of_4(sink, element, bits, siblings);
  if (siblings.size() == 7 && bits.size() == 3) return insert_of_8(sink, element, bits, siblings);
  throw Error(Fault::usage,
              "circuit::insert: {} siblings and {} bits, want 1 and 1, 3 and 2, or 7 "
              "and 3",
              siblings.size(), bits.size());
}

Num select(Sink& sink, std::span<const Num> elements, std::span<const Boolean> bits) {
  if (elements.size() != std::size_t{1} << bits.size())
    throw Error(Fault::usage, "circuit::select: {} elements and {} bits", elements.size(),
                bits.size());
  Nums left(elements.begin(), elements.end());
  for (std::size_t i = bits.size(); i-- > 0;) {
    const std::size_t half = left.size() / 2;
    for (std::size_t j = 0; j < half; ++j) left[j] = pick(sink, bits[i], left[half + j], left[j]);
    left.resize(half);
  }
  return left.front();
}

Num climb_level(Sink& sink, tree::Hash hash, const Num& element, std::span<const Boolean> bits,
                std::span<const Num> siblings) {
  const Nums children = insert(sink, element, bits, siblings);
  if (hash == tree::Hash::poseidon) return poseidon_hash(sink, children);
  if (children.size() != 2)
    throw Error(Fault::usage, "circuit: SHA-256 of {} nodes, want 2", children.size());
  return sha256_pair(sink, children[0], children[1]);
}

void require_shape(const tree::InclusionProof& found, const tree::InclusionProof& want,
                   std::string_view name) {
  const auto differs = [](const tree::Path& a, const tree::Path& b) {
    return a.levels() != b.levels() || a.siblings.size() != b.siblings.size() ||
           (!b.empty() && a.arity != b.arity);
  };
  if (found.hash != want.hash || differs(found.base, want.base) || differs(found.sub, want.sub) ||
      differs(found.top, want.top))
    throw Error(Fault::usage, "circuit: {}: path of {}, {} and {} levels, want {}, {} and {}", name,
                found.base.levels(), found.sub.levels(), found.top.levels(), want.base.levels(),
                want.sub.levels(), want.top.levels());
}

Num climb(Sink& sink, const tree::InclusionProof& proof, const Num& leaf) {
  Num at = leaf;
  Bits index;
  for (const auto* path : {&proof.base, &proof.sub, &proof.top}) {
    for (std::size_t level = 0; level < path->levels(); ++level) {
      const Bits bits = new_bits(sink, path->positions[level], index_bits(path->arity));
      index.insert(index.end(), bits.begin(), bits.end());
      Nums siblings;
      for (const auto& node : path->siblings_at(level)) siblings.push_back(new_num(sink, node));
      at = climb_level(sink, proof.hash, at, bits, siblings);
    }
  }
  pack_into_inputs(sink, index);
  return at;
}

void include(Sink& sink, const tree::InclusionProof& proof, const Num& leaf, const Num& root) {
  const Num computed = climb(sink, proof, leaf);
  equal(sink, computed, root);
}

Nums new_siblings(Sink& sink, const tree::InclusionProof& proof) {
  Nums siblings;
  for (const auto* path : {&proof.base, &proof.sub, &proof.top})
    for (const auto& node : path->siblings) siblings.push_back(new_num(sink, node));
  return siblings;
}

Num climb_known(Sink& sink, const tree::InclusionProof& proof, const Num& leaf,
                std::span<const Boolean> bits, std::span<const Num> siblings) {
  Num at = leaf;
  for (const auto* path : {&proof.base, &proof.sub, &proof.top}) {
    for (std::size_t level = 0; level < path->levels(); ++level) {
      const std::size_t width = index_bits(path->arity), others = path->arity - 1;
      if (bits.size() < width || siblings.size() < others)
        throw Error(Fault::usage, "circuit: {} index bits and {} siblings left for a level of {}",
                    bits.size(), siblings.size(), path->arity);
      at = climb_level(sink, proof.hash, at, bits.first(width), siblings.first(others));
      bits = bits.subspan(width);
      siblings = siblings.subspan(others);
    }
  }
  return at;
}

}  // namespace sealyard::circuit
