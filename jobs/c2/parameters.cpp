#include "jobs/c2/parameters.h"

#include "kernels/base/error.h"
#include "kernels/groth16/identity.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::c2 {
namespace {

namespace fs = std::filesystem;

sector::Mapping map(const fs::path& folder, const PorepConfig& porep) {
  const auto file = folder / groth16::params_file(groth16::porep_id(porep));
  if (!fs::exists(file))
    throw Error(Fault::missing,
                "{} (porep {}) is not in {}; get it with seal-params fetch, or seal-params "
                "generate for a network of your own",
                file.filename().string(), size_text(porep.sector_bytes), folder.string());
  return sector::Mapping::read(file);
}

}  // namespace

Parameters::Parameters(const fs::path& folder, const PorepConfig& porep, const fs::path& manifest,
                       unsigned threads)
    : key_(params::read_key(folder, groth16::porep_id(porep), manifest, threads)),
      mapping_(map(folder, porep)),
      params_(mapping_.bytes(), groth16::params_file(groth16::porep_id(porep)), threads) {
  // 3 and 18 a challenge, and the constant 1: see circuit::porep_inputs().
  if (const auto want = 4 + 18 * porep.challenges_per_partition(); params_.sizes().ic != want)
    throw Error(Fault::configuration,
                "{} is for a circuit of {} inputs, PoRep of {} has {}; fetch or generate it again",
                params_.name(), params_.sizes().ic, size_text(porep.sector_bytes), want);
  if (!(params_.key() == key_.key))
    throw Error(Fault::corrupt, "{} is not how {} begins; fetch or generate both again",
                key_.file.filename().string(), params_.name());
  digest_ =
      sha256::digest(mapping_.bytes().first(groth16::verifying_key_bytes(params_.sizes().ic)));
}

}  // namespace sealyard::c2
