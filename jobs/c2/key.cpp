#include "jobs/c2/key.h"

#include <algorithm>

#include "kernels/base/error.h"
#include "kernels/groth16/identity.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::c2 {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

sector::Mapping map(const fs::path& folder, const PorepConfig& porep) {
  const auto file = folder / groth16::params_file(groth16::porep_id(porep));
  const auto size = size_text(porep.sector_bytes);
  if (!fs::exists(file))
    throw Error(Fault::missing,
                "no parameters for PoRep of {}: no {}; fetch them, or make some for development: "
                "seal-params generate --circuit porep --sector-size {} --out {}",
                size, file.string(), size, folder.string());
  return sector::Mapping::read(file);
}

Bytes verifying_key(Bytes file, const groth16::Params& params) {
  return file.first(groth16::verifying_key_bytes(params.sizes().ic));
}

// A .vk of another set would make verifiers refuse what these parameters prove.
void require_same_key(const fs::path& folder, const std::string& name, Bytes want) {
  const auto file = folder / name;
  if (!fs::exists(file)) return;
  const auto key = sector::Mapping::read(file);
  if (!std::equal(key.bytes().begin(), key.bytes().end(), want.begin(), want.end()))
    throw Error(Fault::corrupt,
                "{} is not how the .params file beside it begins; fetch or generate both again",
                file.string());
}

}  // namespace

Key::Key(const fs::path& folder, const PorepConfig& porep, const params::Manifest& manifest,
         unsigned threads)
    : mapping_(map(folder, porep)),
      params_(mapping_.bytes(), groth16::params_file(groth16::porep_id(porep)), threads) {
  const auto key = verifying_key(mapping_.bytes(), params_);
  const auto key_name = groth16::verifying_key_file(groth16::porep_id(porep));
  // 3 and 18 a challenge, and the constant 1: see circuit::porep_inputs().
  if (const auto want = 4 + 18 * porep.challenges_per_partition(); params_.sizes().ic != want)
    throw Error(Fault::configuration,
                "{} is for a circuit of {} inputs, PoRep of {} has {}; fetch or generate it again",
                params_.name(), params_.sizes().ic, size_text(porep.sector_bytes), want);
  require_same_key(folder, key_name, key);
  origin_ = manifest.is_official(key_name, groth16::manifest_digest(key))
                ? params::Origin::official
                : params::Origin::development;
  digest_ = sha256::digest(key);
}

}  // namespace sealyard::c2
