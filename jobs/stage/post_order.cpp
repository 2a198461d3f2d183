#include "jobs/stage/post_order.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "jobs/stage/whole_file.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/base/porep.h"

namespace sealyard::stage {
namespace {

using Document = nlohmann::json;

// A place in the order, and how it is called in messages: "order.json: sectors[3].comm_r".
struct Place {
  const Document& json;
  std::string name;

  Place at(const char* key) const {
    if (!json.is_object()) throw Error(Fault::usage, "{}: want an object", name);
    const auto found = json.find(key);
    auto path = fmt::format("{}{}{}", name, name.ends_with(':') ? " " : ".", key);
    if (found == json.end()) throw Error(Fault::usage, "{} is missing", path);
    return {*found, std::move(path)};
  }
  std::uint64_t number() const {
    if (!json.is_number_unsigned())
      throw Error(Fault::usage, "{}: {}, want a whole number of at most 64 bits", name,
                  json.is_primitive() ? json.dump() : json.type_name());
    return json.get<std::uint64_t>();
  }
  std::string text() const {
    if (!json.is_string()) throw Error(Fault::usage, "{}: want a string", name);
    return json.get<std::string>();
  }
  Node node() const { return node_from_hex(text(), name); }
};

std::string text_or_none(const Place& place, const char* key) {
  return place.json.contains(key) ? place.at(key).text() : std::string();
}

PostOrder::Sector parse_sector(const Place& place) {
  return {place.at("number").number(), place.at("comm_r").node(), text_or_none(place, "sealed"),
          text_or_none(place, "cache")};
}

std::string parse_kind(const Place& place) {
  auto kind = place.text();
  if (kind != "window" && kind != "window-v1" && kind != "winning")
    throw Error(Fault::usage, "{}: \"{}\", want window, window-v1 or winning", place.name, kind);
  return kind;
}

std::vector<PostOrder::Sector> parse_sectors(const Place& place) {
  if (!place.json.is_array() || place.json.empty())
    throw Error(Fault::usage, "{}: want a list of at least one sector", place.name);
  std::vector<PostOrder::Sector> sectors;
  for (std::size_t i = 0; i < place.json.size(); ++i)
    sectors.push_back(parse_sector({place.json[i], fmt::format("{}[{}]", place.name, i)}));
  std::stable_sort(sectors.begin(), sectors.end(),
                   [](const auto& a, const auto& b) { return a.number < b.number; });
  sectors.erase(std::unique(sectors.begin(), sectors.end()), sectors.end());
  const auto twice =
      std::adjacent_find(sectors.begin(), sectors.end(),
                         [](const auto& a, const auto& b) { return a.number == b.number; });
  if (twice != sectors.end())
    throw Error(Fault::usage, "{}: sector {} stands there twice, with different content",
                place.name, twice->number);
  return sectors;
}

}  // namespace

PostOrder parse_post_order(std::string_view text, std::string_view what) {
  const auto json = Document::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw Error(Fault::usage, "{}: not a JSON object", what);
  const Place order{json, fmt::format("{}:", what)};
  PostOrder made;
  made.kind = parse_kind(order.at("kind"));
  made.sector_bytes = order.at("sector_size").number();
  raw_porep(made.sector_bytes, Node{}, ApiVersion::v1_1_0);  // one of the ten sizes, or it throws
  made.miner = order.at("miner").number();
  made.randomness = order.at("randomness").node();
  made.sectors = parse_sectors(order.at("sectors"));
  if (made.kind == "winning" && made.sectors.size() != 1)
    throw Error(Fault::usage, "{} sectors: {} of them, want the one that is challenged", order.name,
                made.sectors.size());
  return made;
}

std::string to_json(const PostOrder& order) {
  auto sectors = Document::array();
  for (const auto& sector : order.sectors) {
    sectors.push_back({{"number", sector.number}, {"comm_r", to_hex(sector.comm_r)}});
    if (!sector.sealed.empty()) sectors.back()["sealed"] = sector.sealed;
    if (!sector.cache.empty()) sectors.back()["cache"] = sector.cache;
  }
  const Document json{{"kind", order.kind},
                      {"sector_size", order.sector_bytes},
                      {"miner", order.miner},
                      {"randomness", to_hex(order.randomness)},
                      {"sectors", std::move(sectors)}};
  return json.dump(2) + "\n";
}

void write(const std::filesystem::path& file, const PostOrder& order) {
  replace_file(file, to_json(order), Durable::yes);
}

std::optional<PostOrder> read_post_order(const std::filesystem::path& file) {
  const auto text = slurp(file);
  if (!text) return std::nullopt;
  return parse_post_order(*text, file.string());
}

}  // namespace sealyard::stage
