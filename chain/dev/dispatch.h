// JSON-RPC as lotus frames it: one body in, one body and status out.
// Source: go-jsonrpc, handler.go and server.go; answers recorded from lotus.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "chain/dev/devnet.h"

namespace sealyard::dev {

struct Reply {
  unsigned status = 200;
  std::string body;
  std::int64_t delay_ms = 0;  ///< before it is sent
  bool cut = false;           ///< close the connection instead
};

/// @param rights  what the caller's token allows.
Reply dispatch(Devnet& net, std::string_view body, const std::vector<std::string>& rights);

}  // namespace sealyard::dev
