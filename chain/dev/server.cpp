#include "chain/dev/server.h"

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <mutex>
#include <thread>

#include "chain/dev/devnet.h"
#include "chain/dev/dispatch.h"
#include "chain/dev/methods.h"
#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

constexpr std::uint64_t kMostRequestBytes = 100 << 20;
constexpr std::string_view kBearer = "Bearer ";

tcp::endpoint parse_endpoint(const std::string& listen) {
  const auto colon = listen.rfind(':');
  boost::system::error_code error;
  const auto address =
      boost::asio::ip::make_address(colon == listen.npos ? "" : listen.substr(0, colon), error);
  std::size_t used = 0;
  unsigned long port = 65536;
  try {
    port = std::stoul(listen.substr(colon + 1), &used);
  } catch (const std::exception&) {
  }
  if (colon == listen.npos || error || port > 65535 || used != listen.size() - colon - 1)
    throw Error(Fault::usage, "--listen {}: want ADDRESS:PORT, as 127.0.0.1:1234", listen);
  return {address, static_cast<unsigned short>(port)};
}

/// The value of `name` in "/send?a=b&name=value"; addresses need no decoding.
std::string query_value(std::string_view target, std::string_view name) {
  auto at = target.find('?');
  while (at != target.npos) {
    const auto rest = target.substr(at + 1);
    const auto item = rest.substr(0, rest.find('&'));
    if (item.starts_with(name) && item.substr(name.size()).starts_with("="))
      return std::string(item.substr(name.size() + 1));
    at = target.find('&', at + 1);
  }
  return {};
}

Reply send_funds(Devnet& net, std::string_view target) {
  try {
    const auto made = net.call("Faucet", Json::array({query_value(target, "address")}));
    return {200, made.dump() + "\n"};
  } catch (const Refused& refused) {
    return {refused.code() == 429 ? 429u : 400u, std::string(refused.what()) + "\n"};
  } catch (const Error& error) {
    return {400, std::string(error.what()) + "\n"};
  }
}

Reply reply_to(Devnet& net, const http::request<http::string_body>& request) {
  const std::string target(request.target());
  const auto path = target.substr(0, target.find('?'));
  if (path == "/send") return send_funds(net, target);
  if (path != "/rpc/v1") return {404, "404 page not found\n"};
  std::vector<std::string> rights{"read"};
  const std::string authorization(request[http::field::authorization]);
  if (!authorization.empty()) {
    if (!authorization.starts_with(kBearer)) return {401, ""};
    rights = net.permissions(std::string_view(authorization).substr(kBearer.size()));
    if (rights.empty()) return {401, ""};
  }
  return dispatch(net, request.body(), rights);
}

}  // namespace

struct Server::State {
  State(Devnet& a_net, const tcp::endpoint& where) : net(a_net), acceptor(io) {
    boost::system::error_code error;
    acceptor.open(where.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(where, error);
    if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
    if (error)
      throw Error(Fault::configuration, "cannot listen on {}:{}: {}", where.address().to_string(),
                  where.port(), error.message());
    accepting = std::thread([this] { accept(); });
  }

  ~State() {
    stopping = true;
    boost::system::error_code ignored;
    {  // wakes accept()
      tcp::socket knock(io);
      knock.connect(acceptor.local_endpoint(), ignored);
    }
    accepting.join();
    net.stop();  // ends waits
    {
      const std::scoped_lock lock(mutex);
      for (auto& session : sessions)
        if (session.socket.is_open()) session.socket.shutdown(tcp::socket::shutdown_both, ignored);
    }
    for (auto& session : sessions) session.thread.join();
  }

  struct Session {
    explicit Session(tcp::socket a_socket) : socket(std::move(a_socket)) {}
    tcp::socket socket;
    std::thread thread;
    bool ended = false;
  };

  void accept() {
    for (;;) {
      tcp::socket socket(io);
      boost::system::error_code error;
      acceptor.accept(socket, error);
      if (stopping) return;
      if (error) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        continue;
      }
      const std::scoped_lock lock(mutex);
      sessions.remove_if([](Session& session) {
        if (session.ended) session.thread.join();
        return session.ended;
      });
      auto& session = sessions.emplace_back(std::move(socket));
      session.thread = std::thread([this, &session] { serve(session); });
    }
  }

  void serve(Session& session) {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    while (!error && !stopping) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(kMostRequestBytes);
      http::read(session.socket, buffer, parser, error);
      if (error) break;
      const auto& request = parser.get();
      const auto reply = guarded_reply(request);
      for (auto left = reply.delay_ms; left > 0 && !stopping; left -= 10)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (reply.cut) break;
      http::response<http::string_body> response(static_cast<http::status>(reply.status),
                                                 request.version());
      response.set(http::field::content_type,
                   reply.status == 404 ? "text/plain; charset=utf-8" : "application/json");
      response.keep_alive(request.keep_alive());
      response.body() = reply.body;
      response.prepare_payload();
      http::write(session.socket, response, error);
      if (!request.keep_alive()) break;
    }
    const std::scoped_lock lock(mutex);
    boost::system::error_code ignored;
    session.socket.close(ignored);
    session.ended = true;
  }

  Reply guarded_reply(const http::request<http::string_body>& request) {
    try {
      return reply_to(net, request);
    } catch (const std::exception& failure) {
      return {500, std::string(failure.what()) + "\n"};
    }
  }

  Devnet& net;
  boost::asio::io_context io;
  tcp::acceptor acceptor;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::list<Session> sessions;
  std::thread accepting;
};

Server::Server(Devnet& net, const std::string& listen)
    : state_(std::make_unique<State>(net, parse_endpoint(listen))) {}

Server::~Server() = default;

std::string Server::url() const {
  const auto at = state_->acceptor.local_endpoint();
  const auto host = at.address().to_string();
  return at.address().is_v6() ? fmt::format("http://[{}]:{}", host, at.port())
                              : fmt::format("http://{}:{}", host, at.port());
}

std::string Server::multiaddr() const {
  const auto at = state_->acceptor.local_endpoint();
  return fmt::format("/{}/{}/tcp/{}/http", at.address().is_v6() ? "ip6" : "ip4",
                     at.address().to_string(), at.port());
}

}  // namespace sealyard::dev
