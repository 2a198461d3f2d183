#include "jobs/stage/result.h"

#include <cmath>
#include <system_error>

#include "jobs/stage/json_fields.h"
#include "jobs/stage/stage.h"
#include "jobs/stage/whole_file.h"
#include "kernels/base/hex.h"

namespace sealyard::stage {
namespace {

constexpr const char* kSchema = "sealyard.result.1";

Node node_field(const std::string& hex, std::string_view what) {
  try {
    return node_from_hex(hex, what);
  } catch (const Error& error) {
    throw Error(Fault::corrupt, "{}", error.what());
  }
}

}  // namespace

Json attempt_json(const Attempt& attempt) {
  return {{"job_id", attempt.job_id},
          {"restart", attempt.restart},
          {"node", attempt.node},
          {"host", attempt.host},
          {"pid", attempt.pid}};
}

Attempt parse_attempt(const Json& json, std::string_view what) {
  return {.job_id = field<std::uint64_t>(json, "job_id", what),
          .restart = field<unsigned>(json, "restart", what),
          .node = field<std::string>(json, "node", what),
          .host = field<std::string>(json, "host", what),
          .pid = field<std::int64_t>(json, "pid", what)};
}

std::string to_json(const Result& result) {
  Json json{{"schema", kSchema}, {"stage", result.stage}};
  if (result.sector) json["sector"] = result.sector->text();
  json["proof_type"] = result.proof_type;
  json["inputs"] = result.inputs;
  json["commitments"] = Json::object();
  for (const auto& [name, node] : result.commitments) json["commitments"][name] = to_hex(node);
  json["artefacts"] = Json::array();
  for (const auto& artefact : result.artefacts)
    json["artefacts"].push_back(
        {{"name", artefact.name}, {"bytes", artefact.bytes}, {"sha256", to_hex(artefact.sha256)}});
  json["attempt"] = attempt_json(result.attempt);
  json["backend"] = result.backend;
  json["threads"] = result.threads;
  json["started"] = result.started;
  json["ended"] = result.ended;
  json["seconds"] = result.seconds;
  json["peak_memory_bytes"] = result.peak_memory_bytes;
  json["read_bytes"] = result.read_bytes;
  json["written_bytes"] = result.written_bytes;
  json["version"] = result.version;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result parse_result(std::string_view text, std::string_view what) {
  const Json json = parse_object(text, what);
  if (const auto schema = field<std::string>(json, "schema", what); schema != kSchema)
    throw Error(Fault::corrupt, "{}: schema \"{}\", want \"{}\"", what, schema, kSchema);
  Result result;
  result.stage = field<std::string>(json, "stage", what);
  if (json.contains("sector")) {
    try {
      result.sector = parse_sector_id(field<std::string>(json, "sector", what));
    } catch (const Error& error) {
      throw Error(Fault::corrupt, "{}: {}", what, error.what());
    }
  }
  result.proof_type = field<std::string>(json, "proof_type", what);
  result.inputs = field<std::map<std::string, std::string>>(json, "inputs", what);
  for (const auto& [name, hex] :
       field<std::map<std::string, std::string>>(json, "commitments", what))
    result.commitments[name] = node_field(hex, fmt::format("{}: {}", what, name));
  for (const auto& artefact : field<Json::array_t>(json, "artefacts", what))
    result.artefacts.push_back({.name = field<std::string>(artefact, "name", what),
                                .bytes = field<std::uint64_t>(artefact, "bytes", what),
                                .sha256 = node_field(field<std::string>(artefact, "sha256", what),
                                                     fmt::format("{}: sha256", what))});
  result.attempt = parse_attempt(field<Json>(json, "attempt", what), what);
  result.backend = field<std::string>(json, "backend", what);
  result.threads = field<unsigned>(json, "threads", what);
  result.started = field<std::string>(json, "started", what);
  result.ended = field<std::string>(json, "ended", what);
  result.seconds = field<double>(json, "seconds", what);
  result.peak_memory_bytes = field<std::uint64_t>(json, "peak_memory_bytes", what);
  result.read_bytes = field<std::uint64_t>(json, "read_bytes", what);
  result.written_bytes = field<std::uint64_t>(json, "written_bytes", what);
  result.version = field<std::string>(json, "version", what);
  return result;
}

void write(const std::filesystem::path& root, const Result& result,
           const std::function<void()>& fence) {
  if (!result.sector)
    throw Error(Fault::internal, "{}: a result without sector has no file", result.stage);
  replace_file(result_path(root, *result.sector, result.stage), to_json(result), Durable::yes,
               fence);
}

std::optional<Result> read_result(const std::filesystem::path& root, SectorId sector,
                                  std::string_view stage) {
  const auto path = result_path(root, sector, stage);
  const auto text = slurp(path);
  if (!text) return std::nullopt;
  auto result = parse_result(*text, path.string());
  if (result.sector != sector || result.stage != stage)
    throw Error(Fault::corrupt, "{}: result of {} {}, want {} {}", path.string(), result.stage,
                result.sector ? result.sector->text() : "no sector", stage, sector.text());
  return result;
}

void remove_result(const std::filesystem::path& root, SectorId sector, std::string_view stage) {
  std::error_code error;
  const auto path = result_path(root, sector, stage);
  std::filesystem::remove(path, error);
  if (error) throw Error(Fault::io, "{}: cannot be removed: {}", path.string(), error.message());
}

}  // namespace sealyard::stage
