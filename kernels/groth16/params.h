// A .params file, as it lies in memory: the verifying key and the points of the five queries.
// Source: bellperson 0.27, src/groth16/params.rs, mapped_params.rs.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "kernels/base/error.h"
#include "kernels/circuit/density.h"
#include "kernels/curve/encoding.h"
#include "kernels/groth16/verifying_key.h"

namespace sealyard::groth16 {

/// How many points each list of a .params file has. Follows from the circuit alone.
struct QuerySizes {
  std::uint64_t ic = 0, h = 0, l = 0, a = 0, b_g1 = 0, b_g2 = 0;
  friend bool operator==(const QuerySizes&, const QuerySizes&) = default;
};

/// @param density  of the circuit, after it was written into it.
QuerySizes query_sizes(const circuit::Density& density);
/// Of the whole file.
std::uint64_t params_bytes(const QuerySizes& sizes);
std::string text(const QuerySizes& sizes);

/// Borrows the bytes of the file. Reading it costs the verifying key and six counts, whatever the
/// size: points are decoded when they are used.
class Params {
 public:
  /// @param name  of the file, for errors.
  /// @throws Error{corrupt} the counts do not fill the file exactly; as read_verifying_key_of().
  Params(std::span<const std::uint8_t> file, std::string name, unsigned threads = 1);

  /// Are these the parameters of that circuit?
  /// @throws Error{configuration} another number of points in any list.
  void require(const QuerySizes& circuit) const;

  /// Decodes every point: on the curve, in its group, not the identity. Minutes for the large ones.
  /// on_curve finds every altered byte in a hundredth of the time: what a prover can afford first.
  /// @throws Error{corrupt} the first that is not.
  void check_points(unsigned threads,
                    curve::Inspection inspection = curve::Inspection::in_group) const;

  const std::string& name() const { return name_; }
  const VerifyingKey& key() const { return key_; }
  const QuerySizes& sizes() const { return sizes_; }
  const curve::EncodedPoints<G1>& h() const { return h_; }
  const curve::EncodedPoints<G1>& l() const { return l_; }
  const curve::EncodedPoints<G1>& a() const { return a_; }
  const curve::EncodedPoints<G1>& b_g1() const { return b_g1_; }
  const curve::EncodedPoints<G2>& b_g2() const { return b_g2_; }

 private:
  std::string name_;
  VerifyingKey key_;
  QuerySizes sizes_;
  curve::EncodedPoints<G1> h_, l_, a_, b_g1_;
  curve::EncodedPoints<G2> b_g2_;
};

/// The error of a point that is none: "v28-....params: l[17] is not on the curve; ..."
Error bad_point(std::string_view file, std::string_view list, std::size_t index, curve::Flaw flaw);

}  // namespace sealyard::groth16
