// The HTTP side of the node: POST /rpc/v1, GET or POST /send?address=... of the faucet.
#pragma once
#include <memory>
#include <string>

namespace sealyard::dev {

class Devnet;

/// Listens from construction to destruction, a thread a connection.
class Server {
 public:
  /// @param listen  "127.0.0.1:1234"; port 0: a free one.
  /// @throws Error{usage} not an address; Error{configuration} it is taken or not ours.
  Server(Devnet& net, const std::string& listen);
  ~Server();
  Server(const Server&) = delete;

  std::string url() const;        ///< "http://127.0.0.1:40123"
  std::string multiaddr() const;  ///< "/ip4/127.0.0.1/tcp/40123/http"

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealyard::dev
