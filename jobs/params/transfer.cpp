#include "jobs/params/transfer.h"

#include <curl/curl.h>

#include <exception>

#include "kernels/base/error.h"

namespace sealyard::params {
namespace {

namespace fs = std::filesystem;

constexpr long kConnectSeconds = 30, kSilenceSeconds = 60, kRedirects = 8;

void start_curl() {
  static const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw Error(Fault::internal, "libcurl: {}", ::curl_easy_strerror(code));
}

// Every part of a path as a URL has it.
std::string escaped(const fs::path& path) {
  std::string out;
  for (const auto& part : path.relative_path()) {
    char* text = ::curl_easy_escape(nullptr, part.c_str(), static_cast<int>(part.string().size()));
    if (!text) throw std::bad_alloc();
    out += "/" + std::string(text);
    ::curl_free(text);
  }
  return out;
}

// A server that answers so may answer otherwise in a moment.
bool passing(long http) { return http == 408 || http == 429 || http >= 500; }

Ending::Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return Ending::Kind::whole;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return Ending::Kind::cut;
    case CURLE_RANGE_ERROR:
    case CURLE_BAD_DOWNLOAD_RESUME:
      return Ending::Kind::no_middle;
    default:
      return Ending::Kind::refused;
  }
}

}  // namespace

Source::Source(const std::string& text) {
  if (text.starts_with("http://") || text.starts_with("https://")) {
    base_ = text.substr(0, text.find_last_not_of('/') + 1);
    return;
  }
  if (text.find("://") != text.npos)
    throw Error(Fault::usage, "--from: \"{}\", want a folder, http://... or https://...", text);
  std::error_code error;
  if (!fs::is_directory(text, error))
    throw Error(Fault::missing, "--from: {}: no such folder", text);
  base_ = "file://" + escaped(fs::absolute(text).lexically_normal());
}

struct Transfer::State {
  CURL* handle = nullptr;
  const Receiver* receiver = nullptr;
  std::exception_ptr thrown;  // by the receiver: may not fly through libcurl
  bool announced = false;

  bool is_file() const {  // not the page that says why there is none
    long http = 0;
    ::curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http);
    return http == 0 || http == 200 || http == 206;
  }

  template <typename Call>
  bool safely(Call&& call) {
    try {
      call();
      return true;
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  }

  void receive(std::span<const std::uint8_t> bytes) {
    curl_off_t coming = -1;
    if (!announced &&
        ::curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &coming) == CURLE_OK &&
        coming >= 0)
      receiver->announced(static_cast<std::uint64_t>(coming));
    announced = true;
    receiver->bytes(bytes);
  }

  static std::size_t on_bytes(char* data, std::size_t, std::size_t count, void* self) {
    auto& state = *static_cast<State*>(self);
    if (!state.is_file()) return count;
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(data), count);
    return state.safely([&] { state.receive(bytes); }) ? count : 0;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& state = *static_cast<State*>(self);
    return state.safely([&] { state.receiver->idle(); }) ? 0 : 1;
  }
};

Transfer::Transfer() : state_(std::make_unique<State>()) {
  start_curl();
  auto* handle = state_->handle = ::curl_easy_init();
  if (!handle) throw std::bad_alloc();
  ::curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &State::on_bytes);
  ::curl_easy_setopt(handle, CURLOPT_WRITEDATA, state_.get());
  ::curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &State::on_progress);
  ::curl_easy_setopt(handle, CURLOPT_XFERINFODATA, state_.get());
  ::curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  ::curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(handle, CURLOPT_USERAGENT, "sealyard");
  ::curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "file,http,https");
  ::curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  ::curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  ::curl_easy_setopt(handle, CURLOPT_MAXREDIRS, kRedirects);
  ::curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kSilenceSeconds);
}

Transfer::~Transfer() { ::curl_easy_cleanup(state_->handle); }

Ending Transfer::get(const std::string& url, std::uint64_t offset, const Receiver& receiver) {
  auto* handle = state_->handle;
  char text[CURL_ERROR_SIZE] = {};
  state_->receiver = &receiver;
  state_->thrown = nullptr;
  state_->announced = false;
  ::curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, text);
  ::curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(handle, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(offset));
  const auto code = ::curl_easy_perform(handle);
  ::curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  if (state_->thrown) std::rethrow_exception(state_->thrown);
  long http = 0;
  ::curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http);
  if (http == 416) return {Ending::Kind::whole, {}};  // nothing lies behind this byte
  if (http >= 400) {
    const auto kind = http == 404 || http == 410 ? Ending::Kind::absent
                      : passing(http)            ? Ending::Kind::cut
                                                 : Ending::Kind::refused;
    return {kind, fmt::format("HTTP {}", http)};
  }
  const std::string why = *text ? text : ::curl_easy_strerror(code);
  // libcurl opens a file of ours itself and says no more than that it could not.
  if (code == CURLE_FILE_COULDNT_READ_FILE) return {Ending::Kind::absent, why};
  return {kind_of(code), code == CURLE_OK ? "" : why};
}

}  // namespace sealyard::params
