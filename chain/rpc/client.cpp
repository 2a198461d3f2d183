#include "chain/rpc/client.h"

#include <algorithm>
#include <random>

#include "chain/rpc/methods.h"
#include "chain/types/amount.h"
#include "chain/types/json.h"

namespace sealyard::rpc {
namespace {

/// This endpoint is of no use now; another may be.
struct Useless {
  std::string why;
};

std::string shown(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  if (text.size() > 120) text = text.substr(0, 117) + "...";
  return text;
}

/// `result` of an answer; the error object decides, then the status.
nlohmann::json result_of(const HttpAnswer& answer, std::string_view method, std::uint64_t id) {
  auto json = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    if (answer.status == 401) throw Useless{"HTTP 401: the token is refused"};
    throw Useless{
        fmt::format("HTTP {}: no JSON-RPC answer: '{}'", answer.status, shown(answer.body))};
  }
  if (const auto error = json.find("error"); error != json.end() && !error->is_null()) {
    const auto code = error->value("code", nlohmann::json(0));
    const auto text = error->value("message", nlohmann::json(""));
    throw RpcError(method, code.is_number_integer() ? code.get<std::int64_t>() : 0,
                   text.is_string() ? text.get<std::string>() : error->dump(),
                   error->value("data", nlohmann::json()));
  }
  if (answer.status != 200) throw Useless{fmt::format("HTTP {}", answer.status)};
  if (json.value("id", nlohmann::json()) != id) throw Useless{"an answer to another request"};
  if (!json.contains("result")) throw Useless{"an answer without result"};
  return std::move(json["result"]);
}

}  // namespace

Client::Client(std::vector<Endpoint> endpoints, ClientOptions options, std::stop_token stop)
    : options_(std::move(options)), stop_(std::move(stop)) {
  if (endpoints.empty()) throw Error(Fault::configuration, "no full node is named");
  for (auto& endpoint : endpoints) {
    Http http(endpoint, options_.connect_timeout);
    nodes_.push_back({std::move(endpoint), std::move(http), {}, {}});
  }
}

nlohmann::json Client::ask(Node& node, std::string_view method, const nlohmann::json& params,
                           Patience patience) {
  const auto id = next_id_++;
  const nlohmann::json request{{"jsonrpc", "2.0"},
                               {"id", id},
                               {"method", fmt::format("Filecoin.{}", method)},
                               {"params", params}};
  const auto timeout =
      patience == Patience::wait ? std::chrono::milliseconds(0) : options_.read_timeout;
  const HttpAnswer answer = [&] {
    try {
      return node.http.post(request.dump(), timeout, stop_);
    } catch (const Error& error) {
      if (error.fault() == Fault::busy) throw;
      throw Useless{error.what()};
    }
  }();
  auto result = result_of(answer, method, id);
  node.down_until = {};
  node.backoff = std::chrono::milliseconds(0);
  return result;
}

void Client::failed(Node& node) {
  static thread_local std::minstd_rand jitter{std::random_device{}()};
  node.backoff = std::clamp(node.backoff * 2, options_.backoff, options_.most_backoff);
  const auto spread = node.backoff.count() / 4 + 1;
  node.down_until =
      Clock::now() + node.backoff +
      std::chrono::milliseconds(static_cast<long>(jitter() % static_cast<unsigned long>(spread)));
}

void Client::move_to(std::size_t index, std::string_view why) {
  if (index == current_) return;
  if (options_.log)
    options_.log(
        fmt::format("full node {}: {}; now asking {}", current(), why, nodes_[index].endpoint.url));
  current_ = index;
}

nlohmann::json Client::call(std::string_view method, nlohmann::json params, Patience patience) {
  const Method* known = find_method(method);
  if (!known || !params.is_array() || params.size() != known->params)
    throw Error(Fault::internal, "rpc: {} with {} parameters, want {}", method, params.size(),
                known ? std::to_string(known->params) : "a method of the table");

  // The present one first, then the others; those that failed a moment ago at the end.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < nodes_.size(); ++i) order.push_back((current_ + i) % nodes_.size());
  const auto now = Clock::now();
  std::stable_partition(order.begin(), order.end(),
                        [&](std::size_t i) { return nodes_[i].down_until <= now; });
  std::string reasons, last;
  for (const auto index : order) {
    try {
      auto result = ask(nodes_[index], method, params, patience);
      move_to(index, last.empty() ? "answers again" : last);
      return result;
    } catch (const RpcError&) {
      move_to(index, last.empty() ? "answers again" : last);
      throw;
    } catch (const Useless& useless) {
      failed(nodes_[index]);
      last = useless.why;
      reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", nodes_[index].endpoint.url,
                             useless.why);
    }
  }
  throw NoAnswer(fmt::format("{}: no full node answers: {}", method, reasons));
}

void Client::prefer_synced(std::int64_t lag) {
  struct Head {
    std::size_t index;
    std::int64_t height;
    types::BigInt weight;
  };
  std::vector<Head> heads;
  std::string reasons;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    try {
      const auto answer = ask(nodes_[i], "ChainHead", nlohmann::json::array(), Patience::read);
      const types::JsonView head(answer, "ChainHead");
      const auto blocks = head.at("Blocks").items();
      if (blocks.empty()) throw Useless{"ChainHead: a tipset without blocks"};
      heads.push_back({i, head.at("Height").i64(), blocks[0].at("ParentWeight").big_int()});
    } catch (const Useless& useless) {
      failed(nodes_[i]);
      reasons += fmt::format("; {}: {}", nodes_[i].endpoint.url, useless.why);
    } catch (const Error& error) {
      if (error.fault() == Fault::busy) throw;
      reasons += fmt::format("; {}: {}", nodes_[i].endpoint.url, error.what());
    }
  }
  if (heads.empty()) throw NoAnswer("ChainHead: no full node answers" + reasons);
  const auto best = std::max_element(
      heads.begin(), heads.end(), [](const Head& a, const Head& b) { return a.weight < b.weight; });
  const auto present = std::find_if(heads.begin(), heads.end(),
                                    [&](const Head& head) { return head.index == current_; });
  if (present == heads.end()) return move_to(best->index, "gives no head");
  if (present->height + lag < best->height)
    move_to(best->index, fmt::format("{} epochs behind", best->height - present->height));
}

}  // namespace sealyard::rpc
