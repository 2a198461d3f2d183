#include "tests/vectors.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "kernels/base/bytes.h"
#include "kernels/base/hex.h"
#include "kernels/fr32/fr32.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::vectors {
namespace {

std::filesystem::path full(const std::string& path) {
  return std::filesystem::path(SEALYARD_VECTORS) / path;
}

Piece piece(const nlohmann::json& json) {
  return {json.at("label").is_null() ? std::string() : json.at("label").get<std::string>(),
          json.at("unpadded_bytes").get<std::uint64_t>(),
          node(json.at("comm_p").get<std::string>())};
}

PorepConfig config(const nlohmann::json& json) {
  if (json.contains("proof_type")) return registered_porep(json.at("proof_type").get<unsigned>());
  return raw_porep(json.at("sector_size").get<std::uint64_t>(),
                   node(json.at("porep_id").get<std::string>()),
                   parse_api_version(json.at("api_version").get<std::string>()));
}

}  // namespace

std::vector<std::uint8_t> bytes(const std::string& path) {
  std::ifstream file(full(path), std::ios::binary);
  if (!file) throw std::runtime_error("tests/vectors/" + path + ": not there");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Node> nodes(const std::string& path) {
  const auto raw = bytes(path);
  if (raw.size() % kNodeBytes != 0)
    throw std::runtime_error("tests/vectors/" + path + ": not whole nodes");
  std::vector<Node> out(raw.size() / kNodeBytes);
  std::copy(raw.begin(), raw.end(), reinterpret_cast<std::uint8_t*>(out.data()));
  return out;
}

bool exists(const std::string& path) { return std::filesystem::exists(full(path)); }

Node node(std::string_view hex) { return node_from_hex(hex, "golden value"); }

std::string sha256(std::span<const std::uint8_t> bytes) {
  return to_hex(sealyard::sha256::digest(bytes));
}

std::string sha256(std::span<const Node> nodes) {
  return sha256(std::span(reinterpret_cast<const std::uint8_t*>(nodes.data()), nodes.size_bytes()));
}

std::vector<std::uint8_t> Piece::data() const {
  std::vector<std::uint8_t> out(unpadded_bytes);
  if (label.empty()) return out;
  sealyard::sha256::Hasher begun;
  begun.update(label);
  for (std::size_t i = 0; i * kNodeBytes < out.size(); ++i) {
    std::array<std::uint8_t, 8> counter{};
    store_le<std::uint64_t>(counter.data(), i);
    auto hasher = begun;
    hasher.update(counter);
    const Node block = hasher.finish();
    std::copy_n(block.bytes.begin(), std::min(kNodeBytes, out.size() - i * kNodeBytes),
                out.begin() + static_cast<std::ptrdiff_t>(i * kNodeBytes));
  }
  return out;
}

std::string Case::cache_sha256(const std::string& file) const {
  for (const auto* stage : {"cache_after_pc2", "cache_after_pc1"})
    if (json.contains(stage) && json.at(stage).contains(file))
      return json.at(stage).at(file).at("sha256").get<std::string>();
  throw std::runtime_error("tests/vectors/" + path("case.json") + ": nothing about " + file);
}

std::vector<Node> Case::unsealed() const {
  fr32::Padder padder;
  std::vector<Node> out;
  out.reserve(config.nodes());
  for (const auto& p : pieces) padder.update(p.data(), out);
  padder.finish(out);
  return out;
}

Case seal_case(const std::string& name) {
  const auto raw = bytes("seal/" + name + "/case.json");
  Case out;
  out.json = nlohmann::json::parse(raw);
  const auto value = [&](const char* key) { return node(out.json.at(key).get<std::string>()); };
  out.name = name;
  out.config = config(out.json);
  out.miner = out.json.at("miner").get<std::uint64_t>();
  out.sector = out.json.at("sector").get<std::uint64_t>();
  out.prover_id = value("prover_id");
  out.ticket = value("ticket");
  out.seed = value("seed");
  out.replica_id = value("replica_id");
  out.comm_d = value("comm_d");
  out.comm_r = value("comm_r");
  for (const auto& p : out.json.at("pieces")) out.pieces.push_back(piece(p));
  return out;
}

std::vector<Case> seal_cases(std::uint64_t max_bytes) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(full("seal")))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  std::vector<Case> out;
  for (const auto& name : names) {
    auto found = seal_case(name);
    if (found.config.sector_bytes <= max_bytes) out.push_back(std::move(found));
  }
  return out;
}

}  // namespace sealyard::vectors
