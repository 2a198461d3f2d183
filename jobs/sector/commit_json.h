// The C1 output of the reference as JSON, byte for byte: what C2 is made from, here and elsewhere.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/base/node.h"
#include "kernels/base/porep.h"
#include "kernels/device/share.h"
#include "kernels/vanilla/proof.h"

namespace sealyard::sector {

/// Source: rust-filecoin-proofs-api, src/seal.rs, SealCommitPhase1Output.
struct C1Output {
  PorepConfig porep;
  std::vector<std::vector<vanilla::Proof>> partitions;  ///< a proof for each challenge
  Node comm_r, comm_d, replica_id, seed, ticket;
  friend bool operator==(const C1Output&, const C1Output&) = default;
};

using TextSink = std::function<void(std::string_view)>;

/// Compact, fields in declaration order, as serde_json writes it, in pieces of some kilobytes: a
/// sector of 32 GiB gives 51 MB. A size without a registered proof has null for registered_proof,
/// and porep_id, sector_bytes and api_version behind it.
void write_c1_json(const C1Output& output, const TextSink& sink);

/// Fields in any order, others ignored, a missing one is a fault. Checks the form: numbers of
/// partitions, challenges, parents, labels and siblings are those of the proof type; the labels
/// hashed (labeling_proofs, encoding_proof), which we derive from the columns, are those of the
/// columns. Whether the proofs hold is said by flaw().
/// @param what  names the input in messages: the file, usually.
/// @throws Error{corrupt} naming the place.
C1Output parse_c1_json(std::string_view json, std::string_view what);

/// The first thing wrong with a C1 output, naming partition, challenge, layer and field; nothing
/// when it holds. Stricter than the reference: see vanilla::check. Challenges are derived again,
/// CommR from the roots of the first proof. That replica_id belongs to this sector and ticket can
/// only be said by who knows the miner.
/// @param progress  called with the proofs checked so far; may throw to stop.
std::optional<std::string> flaw(const C1Output& output, unsigned threads = 1,
                                const std::function<void(std::uint64_t)>& progress = {});

}  // namespace sealyard::sector
