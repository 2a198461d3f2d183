// Bytes of a file from a web server or another folder: libcurl, used here only.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace sealyard::params {

/// How a transfer ended.
struct Ending {
  enum class Kind {
    whole,      ///< the source says that these are all bytes
    cut,        ///< the connection failed or ended early: worth another try
    absent,     ///< no such file at the source
    no_middle,  ///< the source cannot begin at this byte
    refused     ///< anything else
  } kind;
  std::string text;  ///< why, in the words of the server or of libcurl
};

/// Where files come from.
class Source {
 public:
  /// @param text  http://... or https://..., or a folder.
  /// @throws Error{usage} another kind of URL; Error{missing} no such folder.
  explicit Source(const std::string& text);
  std::string url(const std::string& file_name) const { return base_ + "/" + file_name; }

 private:
  std::string base_;
};

/// One connection, used again for the next file of the same server.
class Transfer {
 public:
  Transfer();
  ~Transfer();
  Transfer(const Transfer&) = delete;

  struct Receiver {
    /// Before the first byte, where the source says it: bytes that are going to come.
    std::function<void(std::uint64_t bytes)> announced;
    std::function<void(std::span<const std::uint8_t>)> bytes;
    /// Several times a second, also when nothing comes; may throw to stop.
    std::function<void()> idle;
  };

  /// The file from byte `offset` to its end. What a receiver throws is thrown again.
  Ending get(const std::string& url, std::uint64_t offset, const Receiver& receiver);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealyard::params
