#include "jobs/sector/porep_hdf5.h"

#include "kernels/base/hex.h"

namespace sealyard::sector {
namespace {

std::string_view text(PorepFeature feature) {
  switch (feature) {
    case PorepFeature::synthetic:
      return "synthetic-porep";
    case PorepFeature::non_interactive:
      return "non-interactive-porep";
    case PorepFeature::none:
      break;
  }
  return "none";
}

PorepFeature parse_feature(std::string_view name) {
  for (const auto feature : {PorepFeature::synthetic, PorepFeature::non_interactive})
    if (text(feature) == name) return feature;
  return PorepFeature::none;
}

}  // namespace

void put_porep(const hdf5::Handle& file, const PorepConfig& porep) {
  hdf5::set(file, "proof_type", porep.name());
  if (porep.registered) hdf5::set(file, "registered", std::uint64_t{*porep.registered});
  hdf5::set(file, "sector_bytes", porep.sector_bytes);
  hdf5::set(file, "porep_id", to_hex(porep.porep_id));
  hdf5::set(file, "api_version", sealyard::text(porep.api));
  hdf5::set(file, "feature", text(porep.feature));
}

PorepConfig get_porep(const hdf5::Handle& file) {
  if (hdf5::has(file, "registered"))
    return registered_porep(static_cast<unsigned>(hdf5::get_number(file, "registered")));
  return raw_porep(hdf5::get_number(file, "sector_bytes"),
                   node_from_hex(hdf5::get_text(file, "porep_id"), "porep_id"),
                   parse_api_version(hdf5::get_text(file, "api_version")),
                   parse_feature(hdf5::get_text(file, "feature")));
}

}  // namespace sealyard::sector
