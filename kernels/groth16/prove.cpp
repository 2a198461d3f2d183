#include "kernels/groth16/prove.h"

#include <fmt/format.h>

#include "kernels/groth16/query_sum.h"
#include "kernels/groth16/quotient.h"
#include "kernels/groth16/scalars.h"

namespace sealyard::groth16 {
namespace {

using curve::G1Point;
using curve::G2Point;

// Query b in either group: inputs first, then aux.
template <typename Group>
curve::Point<Group> sum_b(const curve::EncodedPoints<Group>& points, const Assignment& assignment,
                          const circuit::Density& density, ListName name, unsigned threads) {
  const auto& inputs = density.b_input();
  return query_sum(points, 0, assignment.inputs(), &inputs, name, threads) +
         query_sum(points, inputs.size(), assignment.aux_values(), &density.b_aux(), name, threads);
}

}  // namespace

Blinding Blinding::random() { return {random_scalar(), random_scalar()}; }

Blinding Blinding::named(const std::string& name, unsigned partition) {
  return {named_scalar(fmt::format("sealyard fixed r|{}|{}", name, partition)),
          named_scalar(fmt::format("sealyard fixed s|{}|{}", name, partition))};
}

Proof prove(const Params& params, const circuit::Density& density, Assignment& assignment,
            const Blinding& blinding, unsigned threads) {
  params.require(query_sizes(density));
  const auto& key = params.key();
  const auto& inputs = assignment.inputs();
  const auto& aux = assignment.aux_values();
  const auto& [r, s] = blinding;
  const auto list = [&](std::string_view name) { return ListName{params.name(), name}; };

  const auto h =
      quotient(std::move(assignment.a), std::move(assignment.b), std::move(assignment.c), threads);
  G1Point c = query_sum(params.h(), 0, h, nullptr, list("h"), threads);
  c += query_sum(params.l(), 0, aux, nullptr, list("l"), threads);

  G1Point a(key.alpha_g1);
  a += query_sum(params.a(), 0, inputs, nullptr, list("a"), threads);
  a += query_sum(params.a(), inputs.size(), aux, &density.a_aux(), list("a"), threads);
  a += r * key.delta_g1;

  G1Point b_g1(key.beta_g1);
  b_g1 += sum_b(params.b_g1(), assignment, density, list("b_g1"), threads);
  G2Point b_g2(key.beta_g2);
  b_g2 += sum_b(params.b_g2(), assignment, density, list("b_g2"), threads);
  b_g2 += s * key.delta_g2;

  // s A holds the term r s delta.
  c += s * a;
  c += r * b_g1;
  return {a.affine(), b_g2.affine(), c.affine()};
}

}  // namespace sealyard::groth16
