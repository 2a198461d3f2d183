// Judges proofs with the verifying keys of a folder, each proof once.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "chain/types/bytes.h"
#include "kernels/groth16/verifying_key.h"
#include "kernels/verify/post.h"
#include "kernels/verify/seal.h"

namespace sealyard::dev {

/// What stands for the proof of a sector on a chain that takes stand-ins: a digest of all that the
/// proof would prove, so that of another seed or replica is refused. Anybody can make it.
/// @throws Error{usage} a commitment that is none.
types::Bytes stand_in(const verify::Seal& seal);

class Proofs {
 public:
  /// Keys are read when they are first needed.
  explicit Proofs(std::filesystem::path params) : params_(std::move(params)) {}

  /// stand_in() counts as a proof from now on.
  void take_stand_ins() { stand_ins_ = true; }

  /// Why the proof is not valid; nothing when it is.
  /// @throws Error{missing} the folder lacks the key; Error{corrupt}, Error{io} it cannot be read.
  std::optional<std::string> judge(const verify::Seal& seal, const types::Bytes& proof);
  std::optional<std::string> judge(const verify::Post& post, const types::Bytes& proof);

 private:
  template <typename Claim>
  std::optional<std::string> judge_claim(const Claim& claim, const types::Bytes& proof);
  const groth16::VerifyingKey& key(const std::string& id);

  std::filesystem::path params_;
  bool stand_ins_ = false;
  std::map<std::string, groth16::VerifyingKey> keys_;
  // A message is tried when its gas is estimated and again when it is executed.
  std::map<std::array<std::uint8_t, 32>, std::optional<std::string>> verdicts_;
};

}  // namespace sealyard::dev
