#include "chain/dev/dispatch.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/dev/methods.h"
#include "kernels/base/error.h"

namespace sealyard::dev {
namespace {

constexpr int kParse = -32700, kInvalid = -32600, kNoMethod = -32601, kBadParams = -32602;
constexpr int kApplication = 1;

/// One answer and the HTTP status that it has alone.
struct Answer {
  Json json;
  unsigned status = 200;
  std::optional<Trouble> trouble{};
};

std::string line(const Json& json) {
  // Go's encoder escapes what HTML would read.
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<' || c == '>' || c == '&')
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      text += c;
  }
  return text + "\n";
}

Answer error(const Json& id, std::int64_t code, const std::string& message, unsigned status,
             const Json& data = {}) {
  Json inside{{"code", code}, {"message", message}};
  if (!data.is_null()) inside["data"] = data;
  return {{{"error", inside}, {"id", id}, {"jsonrpc", "2.0"}}, status};
}

Answer answer(Devnet& net, const Json& request, const std::vector<std::string>& rights) {
  const Json id = request.is_object() ? request.value("id", Json()) : Json();
  if (!request.is_object() || !request.contains("method") || !request.at("method").is_string())
    return error(id, kInvalid, "Invalid request", 400);
  const auto full = request.at("method").get<std::string>();
  const auto dot = full.find('.');
  const auto* rpc =
      dot == full.npos ? nullptr : find_rpc(full.substr(0, dot), full.substr(dot + 1));
  if (!rpc) return error(id, kNoMethod, fmt::format("method '{}' not found", full), 500);
  Json params = request.value("params", Json());
  if (params.is_null()) params = Json::array();
  if (!params.is_array())
    return error(id, kParse,
                 "unmarshaling param array: json: cannot unmarshal object into Go value of type "
                 "[]jsonrpc.param",
                 500);
  if (params.size() != rpc->params)
    return error(
        id, kBadParams,
        fmt::format("wrong param count (method '{}'): {} != {}", full, params.size(), rpc->params),
        500);
  const auto right = text(rpc->right);
  if (rpc->right != Right::read && std::find(rights.begin(), rights.end(), right) == rights.end())
    return error(id, kApplication,
                 fmt::format("missing permission to invoke '{}' (need '{}')", rpc->name, right),
                 200);
  auto trouble = full.starts_with("Filecoin.") ? net.trouble(rpc->name) : std::nullopt;
  Answer made;
  try {
    made.json = {{"id", id}, {"jsonrpc", "2.0"}, {"result", net.call(rpc->name, params)}};
  } catch (const Refused& refused) {
    made = error(id, refused.code(), refused.what(), 200, refused.data());
  } catch (const Error& wrong) {
    const bool of_caller = wrong.fault() == Fault::usage || wrong.fault() == Fault::corrupt;
    made = of_caller
               ? error(id, kParse,
                       fmt::format("unmarshaling params for '{}': {}", full, wrong.what()), 500)
               : error(id, kApplication, wrong.what(), 200);
  }
  made.trouble = std::move(trouble);
  return made;
}

Reply with_trouble(Reply reply, const std::optional<Trouble>& trouble) {
  if (!trouble) return reply;
  reply.delay_ms = trouble->ms;
  if (trouble->kind == "http500") return {500, "internal server error\n", trouble->ms};
  if (trouble->kind == "unauthorized") return {401, "", trouble->ms};
  if (trouble->kind == "truncate") reply.body.resize(reply.body.size() / 2);
  if (trouble->kind == "cut") reply.cut = true;
  return reply;
}

}  // namespace

Reply dispatch(Devnet& net, std::string_view body, const std::vector<std::string>& rights) {
  const auto space = [](unsigned char c) { return std::isspace(c) != 0; };
  if (std::all_of(body.begin(), body.end(), space)) {
    return {400, line(error({}, kInvalid, "Invalid request", 400).json)};
  }
  const auto request = Json::parse(body, nullptr, false);
  if (request.is_discarded()) return {500, line(error({}, kParse, "Parse error", 500).json)};
  if (!request.is_array()) {
    const auto one = answer(net, request, rights);
    // Nobody waits for the answer of a request without id.
    const bool silent =
        request.is_object() && request.value("id", Json()).is_null() && one.status == 200;
    return with_trouble({one.status, silent ? "" : line(one.json)}, one.trouble);
  }
  if (request.empty()) return {400, line(error({}, kInvalid, "Invalid request", 400).json)};
  std::string all = "[";
  std::optional<Trouble> trouble;
  for (std::size_t i = 0; i < request.size(); ++i) {
    auto one = answer(net, request[i], rights);
    if (one.trouble) trouble = one.trouble;
    all += (i ? "," : "") + line(one.json);
  }
  return with_trouble({200, all + "]"}, trouble);
}

}  // namespace sealyard::dev
