#include "jobs/params/parameters.h"

#include "jobs/params/set.h"
#include "kernels/groth16/identity.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::params {
namespace {

sector::Mapping map(const std::filesystem::path& folder, const std::string& name) {
  if (!std::filesystem::exists(folder / name)) throw not_there(folder, name);
  return sector::Mapping::read(folder / name);
}

}  // namespace

Parameters::Parameters(const std::filesystem::path& folder, const std::string& id,
                       std::size_t inputs, const std::filesystem::path& manifest, unsigned threads)
    : key_(read_key(folder, id, manifest, threads)),
      mapping_(map(folder, groth16::params_file(id))),
      params_(mapping_.bytes(), groth16::params_file(id), threads) {
  if (params_.sizes().ic != inputs)
    throw Error(Fault::configuration,
                "{} is for a circuit of {} inputs, {} has {}; fetch or generate it again",
                params_.name(), params_.sizes().ic, describe(params_.name()), inputs);
  if (!(params_.key() == key_.key))
    throw Error(Fault::corrupt, "{} is not how {} begins; fetch or generate both again",
                key_.file.filename().string(), params_.name());
  digest_ = sha256::digest(mapping_.bytes().first(groth16::verifying_key_bytes(inputs)));
}

}  // namespace sealyard::params
