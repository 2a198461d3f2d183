#include "jobs/sector/manifest_hdf5.h"

#include <array>
#include <charconv>
#include <cstring>

#include "jobs/sector/hdf5_handle.h"
#include "jobs/sector/porep_hdf5.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::sector {
namespace {

using hdf5::Handle;

constexpr std::string_view kFormat = "sealyard.manifest.1";
constexpr std::size_t kHexDigits = 2 * kNodeBytes;

// Rows of the two tables. Texts of any length are pointers, as HDF5 wants them.
struct PieceRow {
  std::uint64_t unpadded_bytes, data_bytes;
  char comm_p[kHexDigits];
  const char* file;
};
struct ArtefactRow {
  const char* name;
  std::uint64_t bytes;
  char sha256[kHexDigits];
};

struct Column {
  const char* name;
  std::size_t offset;
  hid_t type;
};

Handle row_type(std::size_t bytes, std::initializer_list<Column> columns) {
  Handle type(::H5Tcreate(H5T_COMPOUND, bytes), ::H5Tclose, "row");
  for (const auto& column : columns)
    hdf5::check(::H5Tinsert(type.id(), column.name, column.offset, column.type) >= 0, column.name);
  return type;
}

Handle piece_type() {
  const auto hex = hdf5::text_type(kHexDigits), text = hdf5::open_text_type();
  return row_type(sizeof(PieceRow),
                  {{"unpadded_bytes", offsetof(PieceRow, unpadded_bytes), H5T_NATIVE_UINT64},
                   {"data_bytes", offsetof(PieceRow, data_bytes), H5T_NATIVE_UINT64},
                   {"comm_p", offsetof(PieceRow, comm_p), hex.id()},
                   {"file", offsetof(PieceRow, file), text.id()}});
}

Handle artefact_type() {
  const auto hex = hdf5::text_type(kHexDigits), text = hdf5::open_text_type();
  return row_type(sizeof(ArtefactRow), {{"name", offsetof(ArtefactRow, name), text.id()},
                                        {"bytes", offsetof(ArtefactRow, bytes), H5T_NATIVE_UINT64},
                                        {"sha256", offsetof(ArtefactRow, sha256), hex.id()}});
}

// Calls each(row) for every row, then gives the texts back to HDF5.
template <typename Row, typename Each>
void read_table(const Handle& parent, const std::string& name, const Handle& type, Each&& each) {
  const Handle table(::H5Dopen2(parent.id(), name.c_str(), H5P_DEFAULT), ::H5Dclose, name);
  const Handle space(::H5Dget_space(table.id()), ::H5Sclose, name);
  std::vector<Row> rows(hdf5::table_rows(table));
  if (rows.empty()) return;
  hdf5::check(::H5Dread(table.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, rows.data()) >= 0,
              name);
  for (const auto& row : rows) each(row);
  ::H5Dvlen_reclaim(type.id(), space.id(), H5P_DEFAULT, rows.data());
}

void put_hex(char (&to)[kHexDigits], const Node& node) {
  std::memcpy(to, to_hex(node).data(), kHexDigits);
}
Node hex(const char (&from)[kHexDigits], std::string_view what) {
  return node_from_hex({from, kHexDigits}, what);
}

// The commitments and randomness of a manifest by name.
template <typename M>
auto known_nodes(M& manifest) {
  using Field = decltype(&manifest.ticket);
  return std::array<std::pair<const char*, Field>, 6>{{{"ticket", &manifest.ticket},
                                                       {"replica_id", &manifest.replica_id},
                                                       {"comm_d", &manifest.comm_d},
                                                       {"comm_c", &manifest.comm_c},
                                                       {"comm_r_last", &manifest.comm_r_last},
                                                       {"comm_r", &manifest.comm_r}}};
}

void put_pieces(const Handle& file, const std::vector<Piece>& pieces) {
  std::vector<PieceRow> rows(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    rows[i].unpadded_bytes = pieces[i].unpadded_bytes;
    rows[i].data_bytes = pieces[i].data_bytes;
    put_hex(rows[i].comm_p, pieces[i].comm_p);
    rows[i].file = pieces[i].file.c_str();
  }
  hdf5::write_table(file, "pieces", piece_type(), rows.size(), rows.data());
}

void put_texts(const Handle& parent, const std::string& name,
               const std::map<std::string, std::string>& texts) {
  const auto group = hdf5::make_group(parent, name);
  for (const auto& [key, value] : texts) hdf5::set(group, key, value);
}

void put_stage(const Handle& group, const stage::Result& result) {
  hdf5::set(group, "stage", result.stage);
  hdf5::set(group, "program_version", result.version);
  hdf5::set(group, "host", result.attempt.host);
  hdf5::set(group, "node", result.attempt.node);
  hdf5::set(group, "job_id", result.attempt.job_id);
  hdf5::set(group, "restart", std::uint64_t{result.attempt.restart});
  hdf5::set(group, "pid", static_cast<std::uint64_t>(result.attempt.pid));
  hdf5::set(group, "started", result.started);
  hdf5::set(group, "ended", result.ended);
  hdf5::set(group, "seconds", result.seconds);
  hdf5::set(group, "cores", std::uint64_t{result.threads});
  hdf5::set(group, "backend", result.backend);
  hdf5::set(group, "peak_memory_bytes", result.peak_memory_bytes);
  hdf5::set(group, "read_bytes", result.read_bytes);
  hdf5::set(group, "written_bytes", result.written_bytes);
  put_texts(group, "inputs", result.inputs);
  std::map<std::string, std::string> commitments;
  for (const auto& [name, node] : result.commitments) commitments[name] = to_hex(node);
  put_texts(group, "commitments", commitments);
  std::vector<ArtefactRow> rows(result.artefacts.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].name = result.artefacts[i].name.c_str();
    rows[i].bytes = result.artefacts[i].bytes;
    put_hex(rows[i].sha256, result.artefacts[i].sha256);
  }
  hdf5::write_table(group, "artefacts", artefact_type(), rows.size(), rows.data());
}

stage::Result get_stage(const Handle& group, const Manifest& manifest) {
  stage::Result result;
  result.stage = hdf5::get_text(group, "stage");
  result.sector = manifest.id;
  result.proof_type = manifest.porep.name();
  result.version = hdf5::get_text(group, "program_version");
  result.attempt.host = hdf5::get_text(group, "host");
  result.attempt.node = hdf5::get_text(group, "node");
  result.attempt.job_id = hdf5::get_number(group, "job_id");
  result.attempt.restart = static_cast<unsigned>(hdf5::get_number(group, "restart"));
  result.attempt.pid = static_cast<std::int64_t>(hdf5::get_number(group, "pid"));
  result.started = hdf5::get_text(group, "started");
  result.ended = hdf5::get_text(group, "ended");
  result.seconds = hdf5::get_real(group, "seconds");
  result.threads = static_cast<unsigned>(hdf5::get_number(group, "cores"));
  result.backend = hdf5::get_text(group, "backend");
  result.peak_memory_bytes = hdf5::get_number(group, "peak_memory_bytes");
  result.read_bytes = hdf5::get_number(group, "read_bytes");
  result.written_bytes = hdf5::get_number(group, "written_bytes");
  result.inputs = hdf5::get_texts(hdf5::open_group(group, "inputs"));
  for (const auto& [name, digits] : hdf5::get_texts(hdf5::open_group(group, "commitments")))
    result.commitments[name] = node_from_hex(digits, name);
  read_table<ArtefactRow>(group, "artefacts", artefact_type(), [&](const ArtefactRow& row) {
    result.artefacts.push_back({row.name ? row.name : "", row.bytes, hex(row.sha256, "sha256")});
  });
  return result;
}

Manifest get_manifest(const Handle& file) {
  const auto format = hdf5::get_text(file, "format");
  hdf5::check(format == kFormat, "format " + format);
  Manifest manifest;
  manifest.id = {hdf5::get_number(file, "miner"), hdf5::get_number(file, "number")};
  manifest.porep = get_porep(file);
  for (const auto& [name, field] : known_nodes(manifest))
    if (hdf5::has(file, name)) *field = node_from_hex(hdf5::get_text(file, name), name);
  read_table<PieceRow>(file, "pieces", piece_type(), [&](const PieceRow& row) {
    manifest.pieces.push_back(
        {row.unpadded_bytes, row.data_bytes, hex(row.comm_p, "comm_p"), row.file ? row.file : ""});
  });
  const auto stages = hdf5::open_group(file, "stages");
  for (const auto& name : hdf5::names(stages))
    manifest.stages.push_back(get_stage(hdf5::open_group(stages, name), manifest));
  return manifest;
}

}  // namespace

std::string to_hdf5(const Manifest& manifest) {
  const hdf5::Quiet quiet;
  try {
    const auto file = hdf5::make_file();
    hdf5::set(file, "format", kFormat);
    hdf5::set(file, "sector", manifest.id.text());
    hdf5::set(file, "miner", manifest.id.miner);
    hdf5::set(file, "number", manifest.id.number);
    put_porep(file, manifest.porep);
    for (const auto& [name, field] : known_nodes(manifest))
      if (*field) hdf5::set(file, name, to_hex(**field));
    put_pieces(file, manifest.pieces);
    const auto stages = hdf5::make_group(file, "stages");
    for (std::size_t i = 0; i < manifest.stages.size(); ++i)
      put_stage(hdf5::make_group(stages, fmt::format("{:02}-{}", i, manifest.stages[i].stage)),
                manifest.stages[i]);
    return hdf5::file_image(file);
  } catch (const hdf5::Failure& failure) {
    throw Error(Fault::internal, "{}: manifest: HDF5 refuses {}", manifest.id.text(), failure.what);
  }
}

Manifest from_hdf5(std::string_view image, std::string_view what) {
  const hdf5::Quiet quiet;
  try {
    return get_manifest(hdf5::open_file(image));
  } catch (const hdf5::Failure& failure) {
    throw Error(Fault::corrupt, "{} is no sector manifest: {} is missing or of another form", what,
                failure.what);
  } catch (const Error& error) {
    throw Error(Fault::corrupt, "{} is no sector manifest: {}", what, error.what());
  }
}

}  // namespace sealyard::sector
