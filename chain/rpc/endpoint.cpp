#include "chain/rpc/endpoint.h"

#include <charconv>

#include "kernels/base/error.h"

namespace sealyard::rpc {
namespace {

constexpr std::string_view kPath = "/rpc/v1";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  return first == text.npos ? std::string_view()
                            : text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Error refuse(std::string_view address, std::string_view why) {
  return Error(Fault::configuration,
               "FULLNODE_API_INFO: address '{}': {}; want for example "
               "TOKEN:/ip4/127.0.0.1/tcp/1234/http",
               address, why);
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

std::string multiaddr_url(std::string_view address) {
  const auto parts = split(address.substr(1), '/');
  if (parts.size() < 4 || parts[2] != "tcp") throw refuse(address, "no /HOST-KIND/HOST/tcp/PORT");
  const auto kind = parts[0], host = parts[1], port = parts[3];
  if (kind != "ip4" && kind != "ip6" && kind != "dns" && kind != "dns4" && kind != "dns6")
    throw refuse(address, fmt::format("'{}' is no kind of host", kind));
  if (host.empty()) throw refuse(address, "no host");
  if (!is_port(port)) throw refuse(address, fmt::format("'{}' is no port", port));
  bool secure = false;
  for (std::size_t i = 4; i < parts.size(); ++i) {
    secure |= parts[i] == "tls" || parts[i] == "wss" || parts[i] == "https";
    if (parts[i] != "tls" && parts[i] != "wss" && parts[i] != "https" && parts[i] != "ws" &&
        parts[i] != "http")
      throw refuse(address, fmt::format("'{}' is no known part", parts[i]));
  }
  const bool bracket = kind == "ip6";
  return fmt::format("{}://{}{}{}:{}", secure ? "https" : "http", bracket ? "[" : "", host,
                     bracket ? "]" : "", port);
}

std::string url_of(std::string_view address) {
  if (address.starts_with('/')) return multiaddr_url(address);
  const auto colon = address.find("://");
  if (colon == address.npos) throw refuse(address, "neither multiaddr nor URL");
  auto scheme = address.substr(0, colon);
  if (scheme == "ws") scheme = "http";
  if (scheme == "wss") scheme = "https";
  if (scheme != "http" && scheme != "https") throw refuse(address, "unknown scheme");
  auto rest = address.substr(colon + 3);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest.starts_with('/')) throw refuse(address, "no host");
  return fmt::format("{}://{}", scheme, rest);
}

}  // namespace

std::vector<Endpoint> parse_api_info(std::string_view text) {
  std::vector<Endpoint> endpoints;
  for (auto item : split(text, ',')) {
    item = trimmed(item);
    if (item.empty()) continue;
    std::string_view token, address = item;
    const auto colon = item.find(':');
    if (!item.starts_with('/') && colon != item.npos && item.substr(colon + 1, 2) != "//") {
      token = item.substr(0, colon);
      address = item.substr(colon + 1);
    } else if (!item.starts_with('/') && colon == item.npos) {
      // Perhaps a token alone: it must not be shown.
      throw Error(Fault::configuration, "FULLNODE_API_INFO: an item without address");
    }
    auto url = url_of(address);
    if (!url.ends_with(kPath)) url += kPath;
    endpoints.push_back({std::move(url), std::string(token)});
  }
  if (endpoints.empty())
    throw Error(Fault::configuration, "FULLNODE_API_INFO: names no node; want TOKEN:ADDRESS");
  return endpoints;
}

}  // namespace sealyard::rpc
