// JSON-RPC 2.0 over HTTP POST to one of several full nodes.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chain/rpc/endpoint.h"
#include "chain/rpc/http.h"
#include "kernels/base/error.h"

namespace sealyard::rpc {

/// The node answered with an error object. Another node would say the same, so no other is asked.
/// Source of the codes: lotus, api/api_errors.go; go-jsonrpc, errors.go.
class RpcError : public Error {
 public:
  RpcError(std::string_view method, std::int64_t code, std::string message, nlohmann::json data)
      : Error(Fault::io, "{}: {} (code {})", method, message, code),
        code_(code),
        message_(std::move(message)),
        data_(std::move(data)) {}

  std::int64_t code() const { return code_; }
  const std::string& message() const { return message_; }
  const nlohmann::json& data() const { return data_; }
  bool says(std::string_view part) const { return message_.find(part) != message_.npos; }

 private:
  std::int64_t code_;
  std::string message_;
  nlohmann::json data_;
};

inline constexpr std::int64_t kErrorOutOfGas = 2, kErrorReverted = 3, kErrorActorNotFound = 11,
                              kErrorNullRound = 12, kErrorInvalidParams = -32602;

/// No endpoint gave an answer; the text says of each why. Nothing is known about what was asked
/// for: a message may have been pushed.
class NoAnswer : public Error {
 public:
  explicit NoAnswer(const std::string& text) : Error(Fault::io, "{}", text) {}
};

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds read_timeout{30'000};
  /// An endpoint that failed is asked last for so long, doubled at each failure up to `most`.
  std::chrono::milliseconds backoff{1'000}, most_backoff{60'000};
  std::function<void(const std::string& line)> log{};  ///< switches of the endpoint; may be empty
};

/// Asks the endpoint that answered last, then the others in order. Belongs to one thread.
class Client {
 public:
  /// Waits that only end with an answer, or when stop is requested.
  enum class Patience { read, wait };

  Client(std::vector<Endpoint> endpoints, ClientOptions options, std::stop_token stop = {});

  /// Calls "Filecoin.<method>" and gives `result`. The error object decides before the HTTP status.
  /// @throws RpcError          the node says no.
  /// @throws NoAnswer          see there.
  /// @throws Error{internal}   a method not in methods.h, or another number of parameters.
  /// @throws Error{busy}       stop was requested.
  nlohmann::json call(std::string_view method, nlohmann::json params,
                      Patience patience = Patience::read);

  /// Asks every endpoint for its head and moves to the heaviest when the present one does not
  /// answer or is more than `lag` epochs behind it.  @throws NoAnswer when none answers.
  void prefer_synced(std::int64_t lag = 3);

  std::size_t endpoints() const { return nodes_.size(); }
  /// URL, without token.
  const std::string& current() const { return nodes_[current_].endpoint.url; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Node {
    Endpoint endpoint;
    Http http;
    Clock::time_point down_until{};
    std::chrono::milliseconds backoff{0};
  };

  nlohmann::json ask(Node& node, std::string_view method, const nlohmann::json& params,
                     Patience patience);
  void failed(Node& node);
  void move_to(std::size_t index, std::string_view why);

  std::vector<Node> nodes_;
  ClientOptions options_;
  std::stop_token stop_;
  std::size_t current_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace sealyard::rpc
