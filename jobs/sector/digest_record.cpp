#include "jobs/sector/digest_record.h"

#include <nlohmann/json.hpp>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::sector {
namespace {

std::filesystem::path record_path(const Folder& folder, std::string_view name) {
  return folder.work() / (std::string(name) + ".json");
}

}  // namespace

void write_digest_record(const Folder& folder, std::string_view name, const DigestRecord& record,
                         const Lock* lock) {
  const nlohmann::ordered_json json{{"key", to_hex(record.key)},
                                    {"root", to_hex(record.root)},
                                    {"bytes", record.written.bytes},
                                    {"sha256", to_hex(record.written.sha256)}};
  write_file(record_path(folder, name), json.dump(2) + "\n", lock);
}

std::optional<DigestRecord> read_digest_record(const Folder& folder, std::string_view name) {
  try {
    const auto json = nlohmann::json::parse(read_file(record_path(folder, name), 1 << 16));
    DigestRecord record;
    record.key = node_from_hex(json.at("key").get<std::string>(), "key");
    record.root = node_from_hex(json.at("root").get<std::string>(), "root");
    record.written.bytes = json.at("bytes").get<std::uint64_t>();
    record.written.sha256 = node_from_hex(json.at("sha256").get<std::string>(), "sha256");
    return record;
  } catch (const Error&) {
    return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

void remove_digest_record(const Folder& folder, std::string_view name) {
  std::error_code error;
  std::filesystem::remove(record_path(folder, name), error);
  if (error)
    throw Error(Fault::io, "cannot remove {}: {}", record_path(folder, name).string(),
                error.message());
}

std::optional<DigestRecord> find_trusted(const Folder& folder, const File& file,
                                         std::string_view name, const Node& key) {
  auto record = read_digest_record(folder, name);
  if (!record || record->key != key) return std::nullopt;
  try {
    if (!folder.has(file)) return std::nullopt;
    const auto found = digest(file.path);
    if (found.bytes != record->written.bytes || found.sha256 != record->written.sha256)
      return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // of another length or unreadable
  }
  return record;
}

}  // namespace sealyard::sector
