#include "jobs/stage/post_result.h"

#include "jobs/stage/json_fields.h"
#include "jobs/stage/whole_file.h"
#include "kernels/base/hex.h"

namespace sealyard::stage {
namespace {

constexpr const char* kPostSchema = "sealyard.post.1";

std::vector<std::uint8_t> hex_field(const Json& json, const char* name, std::string_view what) {
  try {
    return from_hex(field<std::string>(json, name, what), name);
  } catch (const Error& error) {
    throw Error(Fault::corrupt, "{}: {}", what, error.what());
  }
}

}  // namespace

std::string to_json(const PostResult& result) {
  Json json{{"schema", kPostSchema},
            {"kind", result.kind},
            {"sector_size", result.sector_bytes},
            {"miner", result.miner},
            {"randomness", to_hex(result.randomness)},
            {"partitions", result.partitions}};
  if (result.partition) json["partition"] = *result.partition;
  json["proof"] = to_hex(result.proof);
  json["sectors"] = result.sectors;
  json["skipped"] = Json::array();
  for (const auto& [number, reason] : result.skipped)
    json["skipped"].push_back({{"number", number}, {"reason", reason}});
  json["params"] = result.params;
  json["reads"] = result.reads;
  json["read_bytes"] = result.read_bytes;
  json["attempt"] = attempt_json(result.attempt);
  json["started"] = result.started;
  json["ended"] = result.ended;
  json["seconds"] = result.seconds;
  json["version"] = result.version;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

PostResult parse_post_result(std::string_view text, std::string_view what) {
  const Json json = parse_object(text, what);
  if (const auto schema = field<std::string>(json, "schema", what); schema != kPostSchema)
    throw Error(Fault::corrupt, "{}: schema \"{}\", want \"{}\"", what, schema, kPostSchema);
  PostResult result;
  result.kind = field<std::string>(json, "kind", what);
  result.sector_bytes = field<std::uint64_t>(json, "sector_size", what);
  result.miner = field<std::uint64_t>(json, "miner", what);
  const auto randomness = hex_field(json, "randomness", what);
  if (randomness.size() != kNodeBytes)
    throw Error(Fault::corrupt, "{}: randomness of {} bytes, want {}", what, randomness.size(),
                kNodeBytes);
  std::copy(randomness.begin(), randomness.end(), result.randomness.bytes.begin());
  result.partitions = field<std::uint64_t>(json, "partitions", what);
  if (json.contains("partition")) result.partition = field<std::uint64_t>(json, "partition", what);
  result.proof = hex_field(json, "proof", what);
  result.sectors = field<std::vector<std::uint64_t>>(json, "sectors", what);
  for (const auto& skipped : field<Json>(json, "skipped", what))
    result.skipped.push_back({field<std::uint64_t>(skipped, "number", what),
                              field<std::string>(skipped, "reason", what)});
  result.params = field<std::string>(json, "params", what);
  result.reads = field<std::uint64_t>(json, "reads", what);
  result.read_bytes = field<std::uint64_t>(json, "read_bytes", what);
  result.attempt = parse_attempt(field<Json>(json, "attempt", what), what);
  result.started = field<std::string>(json, "started", what);
  result.ended = field<std::string>(json, "ended", what);
  result.seconds = field<double>(json, "seconds", what);
  result.version = field<std::string>(json, "version", what);
  return result;
}

void write(const std::filesystem::path& file, const PostResult& result) {
  replace_file(file, to_json(result), Durable::yes);
}

std::optional<PostResult> read_post_result(const std::filesystem::path& file) {
  const auto text = slurp(file);
  if (!text) return std::nullopt;
  return parse_post_result(*text, file.string());
}

}  // namespace sealyard::stage
