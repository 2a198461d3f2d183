// Where full nodes listen: the value of FULLNODE_API_INFO.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::rpc {

struct Endpoint {
  std::string url;    ///< "http://127.0.0.1:1234/rpc/v1"
  std::string token;  ///< JWT; empty: read permission only. A secret: never logged.
};

/// Reads "TOKEN:ADDRESS[,TOKEN:ADDRESS...]" or the same without tokens. An address is a multiaddr
/// (/ip4/127.0.0.1/tcp/1234/http; ip6, dns, dns4, dns6) or a URL (http, https, ws, wss); /rpc/v1 is
/// appended where it is not there. ws and wss are asked over HTTP(S) at the same port. A multiaddr
/// is https with /tls, /wss or, other than for lotus, /https in it.
/// Source: lotus, cli/util/apiinfo.go, ParseApiInfo(), DialArgs().
/// @throws Error{configuration} anything else; the text shows no token.
std::vector<Endpoint> parse_api_info(std::string_view text);

}  // namespace sealyard::rpc
