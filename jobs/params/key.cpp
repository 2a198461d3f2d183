#include "jobs/params/key.h"

#include "jobs/params/set.h"
#include "jobs/sector/mapping.h"
#include "kernels/groth16/identity.h"

namespace sealyard::params {

namespace fs = std::filesystem;

Key read_key(const fs::path& folder, const std::string& id, const fs::path& manifest,
             unsigned threads) {
  const auto name = groth16::verifying_key_file(id);
  Key made{.file = folder / name, .key = {}};
  if (!fs::exists(made.file)) throw not_there(folder, name);
  const auto mapping = sector::Mapping::read(made.file);
  made.key = groth16::read_verifying_key(mapping.bytes(), name, threads);
  if (fs::exists(manifest) &&
      Manifest(manifest).is_official(name, groth16::manifest_digest(mapping.bytes())))
    made.origin = Origin::official;
  return made;
}

Error not_there(const fs::path& folder, const std::string& name) {
  return Error(Fault::configuration,
               "{} ({}) is not in {}; get it with seal-params fetch, or seal-params generate for a "
               "network of your own",
               name, describe(name), folder.string());
}

std::string insecure_line(const Key& key) {
  return fmt::format("INSECURE: {} is not the official key; who made it can prove anything",
                     key.file.filename().string());
}

}  // namespace sealyard::params
