// How parameter files are called and recognized.
// Source: rust-fil-proofs, storage-proofs-core/src/parameter_cache.rs; the cache_identifier() of
// storage-proofs-porep, -post and -update.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "kernels/base/porep.h"

namespace sealyard::groth16 {

/// The name of a set of parameters: "proof-of-spacetime-fallback-merkletree-...-<SHA-256>".
/// All features of PoRep (interactive, synthetic, non-interactive) share one set.
std::string porep_id(const PorepConfig& config);
/// @throws Error{usage} no such sector size.
std::string window_post_id(std::uint64_t sector_bytes);
std::string winning_post_id(std::uint64_t sector_bytes);
std::string update_id(std::uint64_t sector_bytes);

/// "v28-<id>.params", "v28-<id>.vk".
std::string params_file(const std::string& id);
std::string verifying_key_file(const std::string& id);

/// The `digest` of the official manifest: the first 16 bytes of BLAKE2b-512, as hex.
std::string manifest_digest(std::span<const std::uint8_t> file);

/// The same of a file that comes in pieces.
class ManifestHasher {
 public:
  ManifestHasher();
  ~ManifestHasher();
  ManifestHasher(const ManifestHasher&) = delete;
  void update(std::span<const std::uint8_t> bytes);
  std::string finish();  ///< once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealyard::groth16
