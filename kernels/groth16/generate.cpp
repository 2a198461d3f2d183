#include "kernels/groth16/generate.h"

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"
#include "kernels/curve/fixed_base.h"
#include "kernels/device/share.h"
#include "kernels/groth16/at_tau.h"
#include "kernels/ntt/ntt.h"

namespace sealyard::groth16 {
namespace {

using curve::Affine;
using curve::FixedBase;

constexpr std::size_t kPointsBatch = 1024;
constexpr std::size_t kReported = 64 * kPointsBatch;  // points between two reports of progress

// Points generator * scalar, side by side.
template <typename Group>
void write_points(const FixedBase<Group>& table, std::span<const Fr> scalars, std::uint8_t* to,
                  unsigned threads) {
  device::for_ranges(threads, scalars.size(), kPointsBatch, [&](std::size_t begin, std::size_t end) {
    std::vector<Affine<Group>> points(std::min(kPointsBatch, end - begin));
    for (std::size_t at = begin; at < end; at += kPointsBatch) {
      const std::size_t n = std::min(kPointsBatch, end - at);
      table.multiply(scalars.subspan(at, n), std::span(points).first(n));
      for (std::size_t i = 0; i < n; ++i) encode(points[i], to + (at + i) * Group::kBytes);
    }
  });
}

// Fills the file from its beginning.
class Writer {
 public:
  Writer(std::span<std::uint8_t> file, const QuerySizes& sizes, unsigned threads,
         const Progress& progress)
      : to_(file.data()),
        points_(sizes.h + sizes.l + sizes.a + sizes.b_g1 + sizes.b_g2),
        threads_(threads),
        progress_(progress),
        g1_(curve::G1Affine::generator(), sizes.ic + sizes.h + sizes.l + sizes.a + sizes.b_g1,
            threads),
        g2_(curve::G2Affine::generator(), sizes.b_g2, threads) {}

  void verifying_key(const ToxicWaste& waste, std::span<const Fr> ic) {
    const auto g1 = curve::G1Affine::generator();
    const auto g2 = curve::G2Affine::generator();
    VerifyingKey key{(waste.alpha * g1).affine(),     (waste.beta * g1).affine(),
                     (waste.beta * g2).affine(),      (waste.gamma * g2).affine(),
                     (waste.delta * g1).affine(),     (waste.delta * g2).affine(),
                     std::vector<G1Affine>(ic.size())};
    g1_.multiply(ic, key.ic);
    write(key, to_);
    to_ += verifying_key_bytes(ic.size());
  }
  void g1_list(std::span<const Fr> scalars) { list(g1_, scalars); }
  void g2_list(std::span<const Fr> scalars) { list(g2_, scalars); }

 private:
  template <typename Group>
  void list(const FixedBase<Group>& table, std::span<const Fr> scalars) {
    store_be(to_, static_cast<std::uint32_t>(scalars.size()));
    to_ += 4;
    while (!scalars.empty()) {
      const std::size_t n = std::min(kReported, scalars.size());
      write_points(table, scalars.first(n), to_, threads_);
      to_ += n * Group::kBytes;
      scalars = scalars.subspan(n);
      written_ += n;
      if (progress_) progress_(written_, points_);
    }
  }

  std::uint8_t* to_;
  std::uint64_t points_, written_ = 0;
  unsigned threads_;
  const Progress& progress_;
  FixedBase<G1> g1_;
  FixedBase<G2> g2_;
};

// ((beta a + alpha b + c) / x) of every variable, x = gamma for inputs, delta for aux.
void combine(const AtTau& at_tau, const ToxicWaste& waste, std::size_t inputs,
             std::span<Fr> combined, unsigned threads) {
  const Fr per_input = field::inverse(waste.gamma), per_aux = field::inverse(waste.delta);
  device::for_ranges(threads, combined.size(), kPointsBatch, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Fr sum = field::add(
          field::add(field::mul(waste.beta, at_tau.a()[i]), field::mul(waste.alpha, at_tau.b()[i])),
          at_tau.c()[i]);
      combined[i] = field::mul(sum, i < inputs ? per_input : per_aux);
      if (combined[i] == Fr{})
        throw Error(Fault::usage, "groth16: {} {} is in no row of the circuit",
                    i < inputs ? "input" : "aux", i < inputs ? i : i - inputs);
    }
  });
}

// Those that are not 0, put together in `out`.
std::span<const Fr> nonzero(const SecretScalars& scalars, std::span<Fr> out) {
  std::size_t kept = 0;
  for (const auto& scalar : scalars.all())
    if (!(scalar == Fr{})) out[kept++] = scalar;
  return out.first(kept);
}

void require_count(std::string_view list, std::size_t found, std::size_t want) {
  if (found != want)
    throw Error(Fault::internal, "groth16: {} points in list {}, want {}", found, list, want);
}

}  // namespace

void ToxicWaste::draw() {
  for (auto* number : {&alpha, &beta, &gamma, &delta, &tau}) {
    do {
      *number = random_scalar();
    } while (*number == Fr{});
  }
}

void ToxicWaste::name(const std::string& id) {
  const auto named = [&](const char* which) {
    return named_scalar("sealyard test parameters|" + id + "|" + which);
  };
  alpha = named("alpha");
  beta = named("beta");
  gamma = named("gamma");
  delta = named("delta");
  tau = named("tau");
}

void generate(const circuit::Synthesis& circuit, const QuerySizes& sizes, const ToxicWaste& waste,
              std::span<std::uint8_t> file, unsigned threads, const Progress& progress) {
  if (file.size() != params_bytes(sizes))
    throw Error(Fault::usage, "groth16: room for {} bytes of parameters, want {}", file.size(),
                params_bytes(sizes));
  if (waste.gamma == Fr{} || waste.delta == Fr{})
    throw Error(Fault::usage, "groth16: gamma or delta is 0");
  const auto counts = circuit::count(circuit);
  const unsigned log_size = ntt::log_size_for(counts.constraints + counts.inputs);
  const std::size_t n = std::size_t{1} << log_size;
  require_count("h", sizes.h, n - 1);
  require_count("l", sizes.l, counts.aux);
  require_count("ic", sizes.ic, counts.inputs);

  SecretScalars by_row(n);  // values of Lagrange polynomials, then the scalars of h
  lagrange_at(waste.tau, log_size, by_row.all(), threads);
  AtTau at_tau(counts, by_row.all());
  circuit(at_tau);
  at_tau.finish();

  SecretScalars scalars(counts.inputs + counts.aux);
  combine(at_tau, waste, counts.inputs, scalars.all(), threads);
  Writer writer(file, sizes, threads, progress);
  writer.verifying_key(waste, scalars.all().first(counts.inputs));

  Fr power =
      field::mul(field::sub(ntt::power(waste.tau, n), field::one()), field::inverse(waste.delta));
  for (auto& scalar : by_row.all()) {
    scalar = power;
    power = field::mul(power, waste.tau);
  }
  writer.g1_list(by_row.all().first(n - 1));
  writer.g1_list(scalars.all().subspan(counts.inputs));
  const auto a = nonzero(at_tau.a(), scalars.all());
  require_count("a", a.size(), sizes.a);
  writer.g1_list(a);
  const auto b = nonzero(at_tau.b(), scalars.all());
  require_count("b", b.size(), sizes.b_g1);
  writer.g1_list(b);
  writer.g2_list(b);
}

}  // namespace sealyard::groth16
