#include "jobs/params/check.h"

#include <algorithm>

#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/params.h"

namespace sealyard::params {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

void check_key(const fs::path& file, Bytes key, unsigned threads) {
  groth16::read_verifying_key(key, file.filename().string(), threads);
  auto whole = file;
  whole.replace_extension(".params");
  if (!fs::exists(whole)) return;
  const auto params = sector::Mapping::read(whole);
  if (params.bytes().size() < key.size() ||
      !std::equal(key.begin(), key.end(), params.bytes().begin()))
    throw Error(Fault::corrupt, "{} is not how {} begins; fetch or generate both again",
                file.filename().string(), whole.filename().string());
}

}  // namespace

std::string_view text(Origin origin) {
  return origin == Origin::official ? "official" : "development";
}

Origin check(const fs::path& file, const Manifest& manifest, unsigned threads) {
  const auto name = file.filename().string();
  const auto mapping = sector::Mapping::read(file);
  mapping.sequential();
  if (manifest.is_official(name, groth16::manifest_digest(mapping.bytes())))
    return Origin::official;
  if (file.extension() == ".vk")
    check_key(file, mapping.bytes(), threads);
  else
    groth16::Params(mapping.bytes(), name, threads).check_points(threads);
  return Origin::development;
}

}  // namespace sealyard::params
