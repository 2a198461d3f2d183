#include "jobs/sector/layer_record.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::sector {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kRecordLimitBytes = 1 << 20;

Node hex_field(const nlohmann::json& json, const char* name) {
  return node_from_hex(json.at(name).get<std::string>(), name);
}

bool remove_file(const fs::path& path) {
  std::error_code error;
  const bool removed = fs::remove(path, error);
  if (error) throw Error(Fault::io, "cannot remove {}: {}", path.string(), error.message());
  return removed;
}

// Why the record cannot be of this layer; empty when it can.
std::string misfit(const Folder& folder, const LayerRecord& record, const Node& replica_id,
                   const Node& previous_sha256) {
  if (record.replica_id != replica_id)
    return fmt::format("layer {} belongs to replica id {}", record.layer,
                       to_hex(record.replica_id));
  if (record.previous_sha256 != previous_sha256)
    return fmt::format("layer {} was made from another layer {}", record.layer, record.layer - 1);
  if (record.nodes > folder.porep().nodes() || record.written.bytes != record.nodes * kNodeBytes)
    return fmt::format("the record of layer {} speaks of {} nodes in {} bytes", record.layer,
                       record.nodes, record.written.bytes);
  return "";
}

// Digests of the layer files of `records`, several at a time; absent where the file does not fit.
std::vector<std::optional<Node>> digests(const Folder& folder,
                                         const std::vector<LayerRecord>& records,
                                         unsigned threads) {
  std::vector<std::optional<Node>> found(records.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i; (i = next++) < records.size();) {
      try {
        const auto file = folder.layer(records[i].layer);
        folder.require(file);
        found[i] = digest(file.path).sha256;
      } catch (const Error&) {  // absent, short or unreadable: computed again
      }
    }
  };
  std::vector<std::thread> pool;
  for (unsigned i = 1; i < std::min<std::size_t>(threads, records.size()); ++i)
    pool.emplace_back(work);
  work();
  for (auto& thread : pool) thread.join();
  return found;
}

std::string summary(const Resume& resume, const std::string& refused) {
  std::string text =
      resume.whole.empty() ? "no layer kept" : fmt::format("layers 1-{} kept", resume.whole.size());
  if (resume.checkpoint)
    text +=
        fmt::format(", layer {} from node {}", resume.checkpoint->layer, resume.checkpoint->nodes);
  return refused.empty() ? text : text + "; " + refused;
}

}  // namespace

void write(const Folder& folder, const LayerRecord& record, const Lock& lock) {
  const nlohmann::ordered_json json{{"sector", folder.name()},
                                    {"layer", record.layer},
                                    {"replica_id", to_hex(record.replica_id)},
                                    {"nodes", record.nodes},
                                    {"bytes", record.written.bytes},
                                    {"sha256", to_hex(record.written.sha256)},
                                    {"previous_sha256", to_hex(record.previous_sha256)}};
  write_file(folder.layer_record(record.layer), json.dump(1) + "\n", &lock);
}

std::optional<LayerRecord> read_layer_record(const Folder& folder, unsigned layer) {
  try {
    const auto text = read_file(folder.layer_record(layer), kRecordLimitBytes);
    const auto json = nlohmann::json::parse(text);
    if (json.at("sector") != folder.name() || json.at("layer") != layer) return std::nullopt;
    LayerRecord record;
    record.layer = layer;
    record.replica_id = hex_field(json, "replica_id");
    record.nodes = json.at("nodes").get<std::uint64_t>();
    record.written = {json.at("bytes").get<std::uint64_t>(), hex_field(json, "sha256")};
    record.previous_sha256 = hex_field(json, "previous_sha256");
    return record;
  } catch (const nlohmann::json::exception&) {
  } catch (const Error&) {
  }
  return std::nullopt;
}

Resume find_resume(const Folder& folder, const Node& replica_id, unsigned threads) {
  Resume resume;
  std::string refused;
  Node previous{};
  for (unsigned layer = 1; layer <= folder.porep().layers(); ++layer) {
    const auto record = read_layer_record(folder, layer);
    if (!record) break;
    refused = misfit(folder, *record, replica_id, previous);
    if (!refused.empty()) break;
    if (!record->whole(folder)) {
      if (fs::exists(folder.layer_in_progress(layer))) resume.checkpoint = record;
      break;
    }
    resume.whole.push_back(*record);
    previous = record->written.sha256;
  }
  const auto found = digests(folder, resume.whole, threads);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == resume.whole[i].written.sha256) continue;
    refused = fmt::format("layer {} {}", i + 1,
                          found[i] ? "has other bytes than its record" : "has no whole file");
    resume.whole.resize(i);
    resume.checkpoint.reset();
    break;
  }
  resume.why = summary(resume, refused);
  return resume;
}

void remove_layers(const Folder& folder, unsigned first, const Lock& lock) {
  lock.check();
  // Records go first: a layer without a record is never trusted, a record without a layer might be.
  for (unsigned layer = first; layer <= folder.porep().layers(); ++layer)
    remove_file(folder.layer_record(layer));
  for (unsigned layer = first; layer <= folder.porep().layers(); ++layer) {
    remove_file(folder.layer_in_progress(layer));
    remove_file(folder.layer(layer).path);
  }
}

void require_layer_record(const Folder& folder, unsigned layer, const Node& replica_id,
                          const Node& sha256) {
  const auto record = read_layer_record(folder, layer);
  const auto refuse = [&](const std::string& why) {
    throw Error(Fault::corrupt, "layer {} {}: {}; rerun seal-pc1", layer, why,
                folder.layer(layer).path.string());
  };
  if (!record || !record->whole(folder)) refuse("has no record");
  if (record->replica_id != replica_id)
    refuse(fmt::format("belongs to replica id {}, want {}", to_hex(record->replica_id),
                       to_hex(replica_id)));
  if (record->written.sha256 != sha256)
    refuse(fmt::format("has SHA-256 {}, its record says {}", to_hex(sha256),
                       to_hex(record->written.sha256)));
}

}  // namespace sealyard::sector
