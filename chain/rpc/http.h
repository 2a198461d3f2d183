// One HTTP endpoint over libcurl.
#pragma once
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "chain/rpc/endpoint.h"

namespace sealyard::rpc {

struct HttpAnswer {
  long status = 0;
  std::string body;
};

/// Keeps its connection between calls. Belongs to one thread.
class Http {
 public:
  Http(const Endpoint& endpoint, std::chrono::milliseconds connect_timeout);
  ~Http();
  Http(Http&&) noexcept;

  /// POSTs JSON. `timeout` 0: none.
  /// @throws Error{io} no answer: not reached, timed out, cut off; the text begins with the reason.
  /// @throws Error{busy} `stop` was requested.
  HttpAnswer post(const std::string& body, std::chrono::milliseconds timeout, std::stop_token stop);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace sealyard::rpc
