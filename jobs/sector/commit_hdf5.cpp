#include "jobs/sector/commit_hdf5.h"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include "jobs/sector/hdf5_handle.h"
#include "jobs/sector/porep_hdf5.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/vanilla/synthetic.h"

namespace sealyard::sector {
namespace {

using hdf5::Handle;

constexpr std::string_view kFormat = "sealyard.c1.1";

template <typename Output>
auto named_nodes(Output& output) {
  using Field = decltype(&output.comm_r);
  return std::array<std::pair<const char*, Field>, 5>{{{"comm_r", &output.comm_r},
                                                       {"comm_d", &output.comm_d},
                                                       {"replica_id", &output.replica_id},
                                                       {"seed", &output.seed},
                                                       {"ticket", &output.ticket}}};
}

Handle record_type(std::uint64_t bytes) {
  const hsize_t size = bytes;
  return {::H5Tarray_create2(H5T_STD_U8LE, 1, &size), ::H5Tclose, "record"};
}

void put(const Handle& file, const C1Output& output) {
  hdf5::set(file, "format", kFormat);
  put_porep(file, output.porep);
  for (const auto& [name, node] : named_nodes(output)) hdf5::set(file, name, to_hex(*node));
  const auto& first = output.partitions.at(0).at(0);
  hdf5::set(file, "comm_c", to_hex(first.column.inclusion.root));
  hdf5::set(file, "comm_r_last", to_hex(first.comm_r_last.root));
  const auto bytes = vanilla::synthetic_record_bytes(output.porep);
  std::vector<std::uint8_t> records;
  for (const auto& partition : output.partitions)
    for (const auto& proof : partition) {
      records.resize(records.size() + bytes);
      vanilla::encode_synthetic_record(proof, output.porep, std::span(records).last(bytes));
    }
  hdf5::write_table(file, "proofs", record_type(bytes), records.size() / bytes, records.data());
}

C1Output get(const Handle& file) {
  const auto format = hdf5::get_text(file, "format");
  hdf5::check(format == kFormat, "format " + format);
  C1Output output;
  output.porep = get_porep(file);
  const auto node = [&](const char* name) {
    return node_from_hex(hdf5::get_text(file, name), name);
  };
  for (const auto& [name, field] : named_nodes(output)) *field = node(name);
  const vanilla::Commitments roots{output.comm_d, node("comm_c"), node("comm_r_last")};

  const Handle table(::H5Dopen2(file.id(), "proofs", H5P_DEFAULT), ::H5Dclose, "proofs");
  const auto bytes = vanilla::synthetic_record_bytes(output.porep);
  const auto type = record_type(bytes);
  const Handle stored(::H5Dget_type(table.id()), ::H5Tclose, "proofs");
  hdf5::check(::H5Tequal(stored.id(), type.id()) > 0, "proofs");
  const std::size_t count = output.porep.challenges_per_partition();
  hdf5::check(hdf5::table_rows(table) == output.porep.partitions() * count, "proofs");
  std::vector<std::uint8_t> records(output.porep.partitions() * count * bytes);
  hdf5::check(::H5Dread(table.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, records.data()) >= 0,
              "proofs");
  output.partitions.resize(output.porep.partitions());
  for (std::size_t at = 0; at < records.size(); at += bytes)
    output.partitions[at / bytes / count].push_back(vanilla::decode_synthetic_record(
        std::span(records).subspan(at, bytes), output.porep, roots));
  return output;
}

}  // namespace

std::string to_c1_hdf5(const C1Output& output) {
  const hdf5::Quiet quiet;
  try {
    const auto file = hdf5::make_file();
    put(file, output);
    return hdf5::file_image(file);
  } catch (const hdf5::Failure& failure) {
    throw Error(Fault::internal, "C1 output: HDF5 refuses {}", failure.what);
  }
}

C1Output from_c1_hdf5(std::string_view image, std::string_view what) {
  const hdf5::Quiet quiet;
  try {
    return get(hdf5::open_file(image));
  } catch (const hdf5::Failure& failure) {
    throw Error(Fault::corrupt, "{} is no C1 output: {} is missing or of another form", what,
                failure.what);
  } catch (const Error& error) {
    throw Error(Fault::corrupt, "{} is no C1 output: {}", what, error.what());
  }
}

}  // namespace sealyard::sector
