#include "jobs/sector/precommit_json.h"

#include <sodium.h>

#include <nlohmann/json.hpp>

#include "kernels/base/error.h"
#include "kernels/tree/layout.h"

namespace sealyard::sector {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string registered_name(const PorepConfig& porep) {
  if (!porep.registered)
    throw Error(Fault::usage, "{}: the reference's JSON exists for registered proofs only",
                porep.name());
  return porep.name();
}

ordered_json store(std::string_view path, const std::string& id, std::uint64_t nodes) {
  return {{"path", path}, {"id", id}, {"size", nodes}, {"rows_to_discard", 0}};
}

ordered_json node_json(const Node& node) {
  auto list = ordered_json::array();
  for (const auto byte : node.bytes) list.push_back(byte);
  return list;
}

// A reader of one document; every refusal names it.
class Reader {
 public:
  Reader(std::string_view text, std::string_view what) : what_(what) {
    document_ = json::parse(text, nullptr, false);
    if (!document_.is_object()) refuse("is no JSON object");
  }
  template <typename... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> text, Args&&... args) const {
    throw Error(Fault::corrupt, "{}: {}", what_, fmt::format(text, std::forward<Args>(args)...));
  }
  const json& field(const json& object, const std::string& name) const {
    const auto found = object.find(name);
    if (found == object.end()) refuse("field {} is missing", name);
    return *found;
  }
  const json& field(const std::string& name) const { return field(document_, name); }
  std::string text(const json& object, const std::string& name) const {
    const auto& value = field(object, name);
    if (!value.is_string()) refuse("field {} is no text", name);
    return value.get<std::string>();
  }
  std::uint64_t number(const json& object, const std::string& name) const {
    const auto& value = field(object, name);
    if (!value.is_number_unsigned()) refuse("field {} is no number", name);
    return value.get<std::uint64_t>();
  }
  Node node(const std::string& name) const {
    const auto& list = field(name);
    if (!list.is_array() || list.size() != kNodeBytes)
      refuse("field {} is no list of {} numbers", name, kNodeBytes);
    Node node;
    for (std::size_t i = 0; i < kNodeBytes; ++i) {
      if (!list[i].is_number_unsigned() || list[i].get<std::uint64_t>() > 255)
        refuse("field {} holds {}, want 0 to 255", name, list[i].dump());
      node.bytes[i] = list[i].get<std::uint8_t>();
    }
    return node;
  }
  PorepConfig porep() const {
    const auto name = text(document_, "registered_proof");
    try {
      const auto config = parse_porep(name);
      if (config.registered && config.name() == name) return config;
    } catch (const Error&) {
    }
    refuse("registered_proof is {}, no seal proof", name);
  }
  const json& document() const { return document_; }

 private:
  std::string what_;
  json document_;
};

Node base64_node(const Reader& reader, const std::string& text) {
  Node node;
  std::size_t bytes = 0;
  if (::sodium_base642bin(node.bytes.data(), kNodeBytes, text.data(), text.size(), nullptr, &bytes,
                          nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      bytes != kNodeBytes)
    reader.refuse("_lotus_SealRandomness is no base64 of {} bytes", kNodeBytes);
  return node;
}

}  // namespace

std::string pc1_json(const PorepConfig& porep, std::string_view cache_path, const Node& comm_d) {
  auto layers = ordered_json::array();
  for (unsigned layer = 1; layer <= porep.layers(); ++layer)
    layers.push_back(store(cache_path, fmt::format("layer-{}", layer), porep.nodes()));
  ordered_json labels;
  labels[porep.size_key()] = {{"labels", layers}, {"_h", nullptr}};
  const ordered_json output{
      {"registered_proof", registered_name(porep)},
      {"labels", labels},
      {"config", store(cache_path, "tree-d", tree::data_tree(porep.nodes()).nodes())},
      {"comm_d", node_json(comm_d)}};
  return output.dump();
}

std::string pc2_json(const PorepConfig& porep, const Node& comm_r, const Node& comm_d) {
  const ordered_json output{{"registered_proof", registered_name(porep)},
                            {"comm_r", node_json(comm_r)},
                            {"comm_d", node_json(comm_d)}};
  return output.dump();
}

Pc1Output parse_pc1_json(std::string_view text, std::string_view what) {
  const Reader reader(text, what);
  Pc1Output output;
  output.porep = reader.porep();
  output.registered_proof = output.porep.name();
  output.comm_d = reader.node("comm_d");
  const auto& config = reader.field("config");
  output.cache_path = reader.text(config, "path");
  if (const auto found = reader.number(config, "size"),
      want = tree::data_tree(output.porep.nodes()).nodes();
      found != want)
    reader.refuse("config.size is {}, want {}", found, want);
  const auto& labels = reader.field(reader.field("labels"), output.porep.size_key());
  const auto& layers = reader.field(labels, "labels");
  if (!layers.is_array() || layers.size() != output.porep.layers())
    reader.refuse("labels has {} layers, want {}", layers.size(), output.porep.layers());
  for (const auto& layer : layers)
    if (const auto found = reader.number(layer, "size"); found != output.porep.nodes())
      reader.refuse("{} has {} nodes, want {}", reader.text(layer, "id"), found,
                    output.porep.nodes());
  const auto& document = reader.document();
  if (const auto ticket = document.find("_lotus_SealRandomness");
      ticket != document.end() && ticket->is_string())
    output.ticket = base64_node(reader, ticket->get<std::string>());
  return output;
}

Pc2Output parse_pc2_json(std::string_view text, std::string_view what) {
  const Reader reader(text, what);
  Pc2Output output;
  output.porep = reader.porep();
  output.registered_proof = output.porep.name();
  output.comm_r = reader.node("comm_r");
  output.comm_d = reader.node("comm_d");
  return output;
}

}  // namespace sealyard::sector
