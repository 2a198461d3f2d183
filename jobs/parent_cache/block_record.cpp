#include "jobs/parent_cache/block_record.h"

#include <sstream>
#include <string>

#include "jobs/parent_cache/parent_cache.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::parent_cache {
namespace {

constexpr const char* kForm = "sealyard.parents.1";
constexpr std::size_t kHexLine = 65;  // 64 digits and the newline

Node digest_of(std::string_view text) {
  return sha256::digest({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

void write(const std::filesystem::path& path, const BlockRecord& record) {
  auto text = fmt::format("{} {} {} {}\n", kForm, record.nodes, kBlockNodes, to_hex(record.sha256));
  for (const auto& block : record.blocks) text += to_hex(block) + "\n";
  text += to_hex(digest_of(text)) + "\n";
  sector::write_file(path, text);
}

std::optional<BlockRecord> read_record(const std::filesystem::path& path, std::uint64_t nodes) {
  try {
    const auto text = sector::read_file(path);
    if (text.size() <= kHexLine) return std::nullopt;
    const auto lines = text.substr(0, text.size() - kHexLine);
    if (to_hex(digest_of(lines)) + "\n" != text.substr(lines.size())) return std::nullopt;
    std::istringstream in(lines);
    std::string form, hex;
    std::uint64_t block_nodes = 0;
    BlockRecord record;
    in >> form >> record.nodes >> block_nodes >> hex;
    if (form != kForm || record.nodes != nodes || block_nodes != kBlockNodes) return std::nullopt;
    record.sha256 = node_from_hex(hex, path.string());
    while (in >> hex) record.blocks.push_back(node_from_hex(hex, path.string()));
    if (record.blocks.size() != (nodes + kBlockNodes - 1) / kBlockNodes) return std::nullopt;
    return record;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace sealyard::parent_cache
