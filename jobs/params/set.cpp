#include "jobs/params/set.h"

#include "kernels/base/error.h"
#include "kernels/circuit/porep.h"
#include "kernels/circuit/post.h"
#include "kernels/circuit/update.h"
#include "kernels/groth16/identity.h"

namespace sealyard::params {
namespace {

constexpr std::string_view kCircuits[] = {"porep", "window", "winning", "update"};
constexpr std::string_view kSizes[] = {"2KiB",  "4KiB",   "16KiB", "32KiB", "8MiB",
                                       "16MiB", "512MiB", "1GiB",  "32GiB", "64GiB"};

// Graph seed, API version and feature are no part of the circuit.
PorepConfig porep_of(std::uint64_t sector_bytes) {
  return raw_porep(sector_bytes, Node{}, ApiVersion::v1_1_0);
}

std::string id_of(std::string_view circuit, std::uint64_t sector_bytes) {
  if (circuit == "porep") return groth16::porep_id(porep_of(sector_bytes));
  if (circuit == "window") return groth16::window_post_id(sector_bytes);
  if (circuit == "winning") return groth16::winning_post_id(sector_bytes);
  if (circuit == "update") return groth16::update_id(sector_bytes);
  throw Error(Fault::usage, "circuit \"{}\", want {}", circuit, fmt::join(kCircuits, ", "));
}

circuit::Synthesis circuit_of(std::string_view circuit, std::uint64_t sector_bytes) {
  if (circuit == "porep") return circuit::blank_porep(porep_of(sector_bytes));
  if (circuit == "window") return circuit::blank_post(circuit::window_post_shape(sector_bytes));
  if (circuit == "winning") return circuit::blank_post(circuit::winning_post_shape(sector_bytes));
  return circuit::blank_update(circuit::update_shape(sector_bytes));
}

}  // namespace

Set set_of(std::string_view circuit, std::uint64_t sector_bytes) {
  auto id = id_of(circuit, sector_bytes);
  return {std::move(id), circuit_of(circuit, sector_bytes)};
}

std::optional<Name> name_of(std::string_view file_name) {
  for (const auto circuit : kCircuits)
    for (const auto size : kSizes) {
      const auto id = id_of(circuit, parse_size(size));
      if (file_name == groth16::params_file(id) || file_name == groth16::verifying_key_file(id))
        return Name{circuit, parse_size(size)};
    }
  return std::nullopt;
}

std::string describe(std::string_view file_name) {
  const auto name = name_of(file_name);
  if (!name) return "unknown";
  return fmt::format("{} {}", name->circuit, size_text(name->sector_bytes));
}

}  // namespace sealyard::params
