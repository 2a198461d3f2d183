#include "chain/rpc/http.h"

#include <curl/curl.h>

#include "kernels/base/error.h"

namespace sealyard::rpc {
namespace {

// StateMinerSectors of the largest miner the protocol allows is below this.
constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 32;

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kMaxAnswerBytes) return 0;
  body.append(data, size * count);
  return size * count;
}

int stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

/// curl_global_init is not safe beside other threads: once, before the first handle.
void init_curl() {
  static const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw Error(Fault::io, "libcurl: {}", ::curl_easy_strerror(code));
}

}  // namespace

struct Http::Handle {
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
  char why[CURL_ERROR_SIZE] = "";

  void header(const std::string& line) {
    curl_slist* longer = ::curl_slist_append(headers, line.c_str());
    if (!longer) throw Error(Fault::io, "libcurl: no memory");
    headers = longer;
  }
  ~Handle() {
    ::curl_slist_free_all(headers);
    ::curl_easy_cleanup(curl);
  }
};

Http::Http(const Endpoint& endpoint, std::chrono::milliseconds connect_timeout)
    : handle_(std::make_unique<Handle>()) {
  init_curl();
  CURL* curl = handle_->curl = ::curl_easy_init();
  if (!curl) throw Error(Fault::io, "libcurl: no memory");
  handle_->header("Content-Type: application/json");
  handle_->header("Expect:");  // no round trip before long bodies
  if (!endpoint.token.empty()) handle_->header("Authorization: Bearer " + endpoint.token);
  ::curl_easy_setopt(curl, CURLOPT_URL, endpoint.url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, handle_->headers);
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_POST, 1L);
  ::curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout.count()));
  ::curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->why);
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
  ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stopped);
  ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

Http::~Http() = default;
Http::Http(Http&&) noexcept = default;

HttpAnswer Http::post(const std::string& body, std::chrono::milliseconds timeout,
                      std::stop_token stop) {
  CURL* curl = handle_->curl;
  HttpAnswer answer;
  handle_->why[0] = '\0';
  ::curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  ::curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
  const CURLcode code = ::curl_easy_perform(curl);
  if (code == CURLE_ABORTED_BY_CALLBACK) throw Error(Fault::busy, "interrupted");
  if (code != CURLE_OK)
    throw Error(Fault::io, "{}", handle_->why[0] ? handle_->why : ::curl_easy_strerror(code));
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace sealyard::rpc
