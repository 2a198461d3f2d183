// Makes parameters for a circuit out of five secret numbers. Whoever knows them can prove anything:
// for development networks and tests. Official parameters come from a ceremony.
// Source: bellperson 0.27, src/groth16/generator.rs, generate_parameters().
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "kernels/circuit/counter.h"
#include "kernels/groth16/params.h"
#include "kernels/groth16/progress.h"
#include "kernels/groth16/scalars.h"

namespace sealyard::groth16 {

struct ToxicWaste {
  Fr alpha, beta, gamma, delta, tau;

  ToxicWaste() = default;
  ToxicWaste(const ToxicWaste&) = delete;
  ToxicWaste& operator=(const ToxicWaste&) = delete;
  ~ToxicWaste() { wipe(this, sizeof *this); }

  /// From the system's CSPRNG.
  void draw();
  /// Known to everybody: named_scalar("sealyard test parameters|<id>|alpha") and so on.
  /// @param id  of the set of parameters, as porep_id() makes it.
  void name(const std::string& id);
};

/// Writes a whole .params file; its first verifying_key_bytes(sizes.ic) are the .vk file. The same
/// circuit and numbers give the same bytes on any number of threads; the generators of G1 and G2
/// are the standard ones. Takes 96 bytes a variable, 32 bytes a row, 150 MB for tables; all that
/// tells something of the secrets is wiped.
///
/// @param sizes  query_sizes() of the circuit.
/// @param file   params_bytes(sizes); written in parallel, in any order.
///
/// @throws Error{usage} a variable in no row, gamma or delta 0, tau a root of unity, another size.
void generate(const circuit::Synthesis& circuit, const QuerySizes& sizes, const ToxicWaste& waste,
              std::span<std::uint8_t> file, unsigned threads, const Progress& progress = {});

}  // namespace sealyard::groth16
