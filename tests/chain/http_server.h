// A small HTTP server inside the test: each request goes to a function, which gives the answer.
#pragma once
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class HttpServer {
 public:
  struct Request {
    std::string target, token, body;  ///< token: what follows "Bearer "
  };
  struct Answer {
    unsigned status = 200;
    std::string body{};
    std::chrono::milliseconds delay{0};  ///< before it is sent
    bool cut = false;                    ///< close the connection instead
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit HttpServer(Handler handler)
      : handler_(std::move(handler)),
        acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this] { accept(); }) {}

  ~HttpServer() {
    stopping_ = true;
    boost::system::error_code ignored;
    {  // wakes accept()
      boost::asio::ip::tcp::socket knock(io_);
      knock.connect(acceptor_.local_endpoint(), ignored);
    }
    thread_.join();
    {
      const std::scoped_lock lock(mutex_);
      for (auto* socket : open_) socket->shutdown(socket->shutdown_both, ignored);
    }
    for (auto& session : sessions_) session.join();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

 private:
  using Socket = boost::asio::ip::tcp::socket;

  void accept() {
    for (;;) {
      Socket socket(io_);
      boost::system::error_code error;
      acceptor_.accept(socket, error);
      if (stopping_ || error) return;
      sessions_.emplace_back([this, s = std::move(socket)]() mutable { serve(s); });
    }
  }

  void serve(Socket& socket) {
    namespace http = boost::beast::http;
    {
      const std::scoped_lock lock(mutex_);
      open_.push_back(&socket);
    }
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    while (!error && !stopping_) {
      http::request<http::string_body> request;
      http::read(socket, buffer, request, error);
      if (error) break;
      std::string token(request[http::field::authorization]);
      if (token.starts_with("Bearer ")) token.erase(0, 7);
      const auto answer = handler_({std::string(request.target()), token, request.body()});
      for (auto left = answer.delay; left.count() > 0 && !stopping_;
           left -= std::chrono::milliseconds(10))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      if (answer.cut) break;
      http::response<http::string_body> response(static_cast<http::status>(answer.status),
                                                 request.version());
      response.set(http::field::content_type, "application/json");
      response.keep_alive(request.keep_alive());
      response.body() = answer.body;
      response.prepare_payload();
      http::write(socket, response, error);
    }
    const std::scoped_lock lock(mutex_);
    std::erase(open_, &socket);
    boost::system::error_code ignored;
    socket.close(ignored);
  }

  Handler handler_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<Socket*> open_;
  std::vector<std::thread> sessions_;
  std::thread thread_;
};
