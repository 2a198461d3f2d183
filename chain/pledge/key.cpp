#include "chain/pledge/key.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace sealyard::pledge {
namespace {

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string Key::name() const {
  return fmt::format("sl.{}.{}.{}.{}.{}", tag, sector.miner, sector.number, stage, generation);
}

std::string Key::comment(std::string_view plan) const {
  return fmt::format("sl1;miner={};sector={};stage={};gen={};plan={}", sector.miner, sector.number,
                     stage, generation, plan);
}

std::optional<Key> parse_key(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= name.size();) {
    const auto dot = std::min(name.find('.', at), name.size());
    parts.push_back(name.substr(at, dot - at));
    at = dot + 1;
  }
  if (parts.size() != 6 || parts[0] != "sl" || parts[1].empty() || parts[4].empty())
    return std::nullopt;
  const auto miner = number<std::uint64_t>(parts[2]);
  const auto sector = number<std::uint64_t>(parts[3]);
  const auto generation = number<unsigned>(parts[5]);
  if (!miner || !sector || !generation) return std::nullopt;
  return Key{std::string(parts[1]), {*miner, *sector}, std::string(parts[4]), *generation};
}

}  // namespace sealyard::pledge
