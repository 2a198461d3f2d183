#include "kernels/groth16/prove.h"

#include <fmt/format.h>

#include <memory>
#include <type_traits>

#include "kernels/base/error.h"
#include "kernels/curve/encoded_sums_backends.h"
#include "kernels/groth16/query_sum.h"
#include "kernels/groth16/quotient.h"
#include "kernels/groth16/scalars.h"

namespace sealyard::groth16 {
namespace {

using curve::G1Point;
using curve::G2Point;

constexpr std::size_t kLeanPart = std::size_t{1} << 18;

// The sums of one proof.
struct Sums {
  G1Point a, b_g1, c;
  G2Point b_g2;
};

// Sums over the lists of the parameters, for one witness at a time.
class Lists {
 public:
  Lists(const Params& params, const circuit::Density& density, const device::Share& share,
        Pace pace)
      : params_(params),
        density_(density),
        threads_(share.threads),
        pace_(std::move(pace)),
        g1_on_gpu_(on_gpu<curve::G1>(share)),
        g2_on_gpu_(on_gpu<curve::G2>(share)) {}

  G1Point h(std::span<const Fr> coefficients) const {
    return sum(params_.h(), 0, coefficients, nullptr, "h");
  }
  G1Point l(const Assignment& values) const {
    return sum(params_.l(), 0, values.aux_values(), nullptr, "l");
  }
  G1Point a(const Assignment& values) const {
    const auto inputs = values.inputs().size();
    return sum(params_.a(), 0, values.inputs(), nullptr, "a") +
           sum(params_.a(), inputs, values.aux_values(), &density_.a_aux(), "a");
  }
  G1Point b_g1(const Assignment& values) const { return b(params_.b_g1(), values, "b_g1"); }
  G2Point b_g2(const Assignment& values) const { return b(params_.b_g2(), values, "b_g2"); }

 private:
  // Inputs first, then aux.
  template <typename Group>
  curve::Point<Group> b(const curve::EncodedPoints<Group>& points, const Assignment& values,
                        std::string_view name) const {
    const auto& inputs = density_.b_input();
    return sum(points, 0, values.inputs(), &inputs, name) +
           sum(points, inputs.size(), values.aux_values(), &density_.b_aux(), name);
  }
  template <typename Group>
  curve::Point<Group> sum(const curve::EncodedPoints<Group>& points, std::size_t first,
                          std::span<const Fr> values, const circuit::IndexSet* chosen,
                          std::string_view name) const {
    const ListName list{params_.name(), name};
    if constexpr (std::is_same_v<Group, curve::G1>)
      return query_sum(points, first, values, chosen, list, threads_, pace_, g1_on_gpu_.get());
    else
      return query_sum(points, first, values, chosen, list, threads_, pace_, g2_on_gpu_.get());
  }

  template <typename Group>
  static std::unique_ptr<curve::EncodedSums<Group>> on_gpu(const device::Share& share) {
    auto* const make = curve::encoded_sums_backends<Group>().best(share.backend);
    return make ? make() : nullptr;
  }

  const Params& params_;
  const circuit::Density& density_;
  unsigned threads_;
  Pace pace_;
  std::unique_ptr<curve::EncodedSums<curve::G1>> g1_on_gpu_;  // null: on the host
  std::unique_ptr<curve::EncodedSums<curve::G2>> g2_on_gpu_;
};

Proof assemble(const VerifyingKey& key, const Sums& sums, const Blinding& blinding) {
  const auto& [r, s] = blinding;
  G1Point a(key.alpha_g1), b_g1(key.beta_g1), c = sums.c;
  G2Point b_g2(key.beta_g2);
  a += sums.a;
  a += r * key.delta_g1;
  b_g1 += sums.b_g1;
  b_g2 += sums.b_g2;
  b_g2 += s * key.delta_g2;
  // s A holds the term r s delta.
  c += s * a;
  c += r * b_g1;
  return {a.affine(), b_g2.affine(), c.affine()};
}

// Adds up what the sums tell.
Pace pace(std::size_t part, std::uint64_t total, const Progress& progress) {
  if (!progress) return {.part = part};
  return {.part = part, .done = [&progress, total, sum = std::uint64_t{0}](auto points) mutable {
            progress(sum += points, total);
          }};
}

}  // namespace

Blinding Blinding::random() { return {random_scalar(), random_scalar()}; }

Blinding Blinding::named(const std::string& name, unsigned partition) {
  return {named_scalar(fmt::format("sealyard fixed r|{}|{}", name, partition)),
          named_scalar(fmt::format("sealyard fixed s|{}|{}", name, partition))};
}

std::uint64_t points_of_a_proof(const QuerySizes& sizes) {
  return sizes.h + sizes.l + sizes.a + sizes.b_g1 + sizes.b_g2;
}

Proof prove(const Params& params, const circuit::Density& density, Assignment& assignment,
            const Blinding& blinding, const device::Share& share) {
  return prove(params, density, {&assignment, 1}, {&blinding, 1}, share).front();
}

std::vector<Proof> prove(const Params& params, const circuit::Density& density,
                         std::span<Assignment> assignments, std::span<const Blinding> blindings,
                         const device::Share& share, const Progress& progress) {
  if (assignments.size() != blindings.size())
    throw Error(Fault::usage, "groth16: {} assignments, {} blindings", assignments.size(),
                blindings.size());
  params.require(query_sizes(density));
  const auto total = assignments.size() * points_of_a_proof(params.sizes());
  const Lists lists(params, density, share, pace(Pace().part, total, progress));
  const auto each = [&](auto&& work) {
    for (std::size_t i = 0; i < assignments.size(); ++i) work(i, assignments[i]);
  };
  std::vector<std::vector<Fr>> h(assignments.size());
  each([&](std::size_t i, Assignment& values) {
    h[i] = quotient(std::move(values.a), std::move(values.b), std::move(values.c), share);
  });
  std::vector<Sums> sums(assignments.size());
  each([&](std::size_t i, const Assignment&) {
    sums[i].c = lists.h(h[i]);
    h[i] = {};
  });
  each([&](std::size_t i, const Assignment& values) { sums[i].c += lists.l(values); });
  each([&](std::size_t i, const Assignment& values) { sums[i].a = lists.a(values); });
  each([&](std::size_t i, const Assignment& values) { sums[i].b_g1 = lists.b_g1(values); });
  each([&](std::size_t i, const Assignment& values) { sums[i].b_g2 = lists.b_g2(values); });
  std::vector<Proof> proofs;
  for (std::size_t i = 0; i < sums.size(); ++i)
    proofs.push_back(assemble(params.key(), sums[i], blindings[i]));
  return proofs;
}

Proof prove_lean(const Params& params, const circuit::Density& density,
                 const circuit::Synthesis& circuit, const Blinding& blinding,
                 const device::Share& share, const Progress& progress) {
  params.require(query_sizes(density));
  const auto total = points_of_a_proof(params.sizes());
  const Lists lists(params, density, share, pace(kLeanPart, total, progress));
  const auto assign = [&](Assignment::Keep keep) {
    Assignment assignment(density.counts(), keep);
    circuit(assignment);
    assignment.finish();
    return assignment;
  };
  const Assignment::Keep only_a_b{.aux = false, .c = false};
  const Assignment::Keep only_c{.aux = false, .a = false, .b = false};
  const Assignment::Keep only_aux{.a = false, .b = false, .c = false};
  Sums sums;
  {
    auto rows = assign(only_a_b);
    auto product = row_product(std::move(rows.a), std::move(rows.b), share);
    sums.c = lists.h(quotient(std::move(product), std::move(assign(only_c).c), share));
  }
  const auto values = assign(only_aux);
  sums.c += lists.l(values);
  sums.a = lists.a(values);
  sums.b_g1 = lists.b_g1(values);
  sums.b_g2 = lists.b_g2(values);
  return assemble(params.key(), sums, blinding);
}

}  // namespace sealyard::groth16
