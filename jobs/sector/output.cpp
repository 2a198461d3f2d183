#include "jobs/sector/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "jobs/sector/descriptor.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::sector {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

struct Output::State {
  fs::path target, temporary;
  Options options;
  Descriptor file;
  std::vector<std::uint8_t> buffer;
  std::uint64_t on_disk = 0;  // bytes handed to the kernel
  sha256::Hasher hash;
  bool committed = false;

  State(fs::path target_path, fs::path temporary_path, Options wanted)
      : target(std::move(target_path)), temporary(std::move(temporary_path)), options(wanted) {
    buffer.reserve(kBufferBytes);
  }
  ~State() {
    if (committed || file.number() < 0) return;
    if (options.keep) {
      flush_quietly();
    } else {
      ::unlink(temporary.c_str());
      remove_attempt_folder(temporary);
    }
  }

  void put(const std::uint8_t* from, std::size_t count) {
    while (count > 0) {
      const auto done = ::write(file.number(), from, count);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0)
        throw Error(
            Fault::io, "cannot write {}: {} after {} bytes of {}", target.string(),
            std::strerror(errno), on_disk,
            options.expected_bytes ? std::to_string(options.expected_bytes) : "unknown length");
      from += done;
      count -= static_cast<std::size_t>(done);
      on_disk += static_cast<std::uint64_t>(done);
    }
  }
  void flush() {
    put(buffer.data(), buffer.size());
    buffer.clear();
  }
  void flush_quietly() noexcept {
    try {
      flush();
    } catch (const Error&) {  // a kept file is only as good as its last sync()
    }
  }
};

Output::Output(std::unique_ptr<State> state) : state_(std::move(state)) {}
Output::Output(Output&&) noexcept = default;
Output::~Output() = default;

Output::Output(fs::path target, fs::path temporary, Options options)
    : state_(std::make_unique<State>(std::move(target), std::move(temporary), options)) {
  make_attempt_folder(state_->temporary);
  state_->file = Descriptor::open(state_->temporary, O_RDWR | O_CREAT | O_TRUNC, state_->target);
  if (options.expected_bytes > 0) reserve(state_->file, state_->target, options.expected_bytes);
}

Output Output::resume(fs::path target, fs::path temporary, const Written& kept, Options options) {
  auto state = std::make_unique<State>(std::move(target), std::move(temporary), options);
  state->options.keep = true;  // refusing it must not remove it
  state->file = Descriptor::open(state->temporary, O_RDWR, state->target);
  std::vector<std::uint8_t> block(kBufferBytes);
  for (std::uint64_t at = 0; at < kept.bytes;) {
    const auto want = std::min<std::uint64_t>(block.size(), kept.bytes - at);
    const auto got = read_at(state->file, state->temporary, at, std::span(block).first(want));
    if (got == 0)
      throw Error(Fault::corrupt, "{} is {} bytes, its record speaks of {}",
                  state->temporary.string(), at, kept.bytes);
    state->hash.update(std::span<const std::uint8_t>(block).first(got));
    at += got;
  }
  if (const auto found = sha256::Hasher(state->hash).finish(); found != kept.sha256)
    throw Error(Fault::corrupt, "{}: first {} bytes have SHA-256 {}, its record says {}",
                state->temporary.string(), kept.bytes, to_hex(found), to_hex(kept.sha256));
  if (::ftruncate(state->file.number(), static_cast<off_t>(kept.bytes)) != 0 ||
      ::lseek(state->file.number(), static_cast<off_t>(kept.bytes), SEEK_SET) < 0)
    throw Error(Fault::io, "cannot go on with {}: {}", state->temporary.string(),
                std::strerror(errno));
  state->on_disk = kept.bytes;
  state->options.keep = options.keep;
  if (options.expected_bytes > 0) reserve(state->file, state->target, options.expected_bytes);
  return Output(std::move(state));
}

Output Output::resume(fs::path target, fs::path temporary,
                      const std::function<void(std::span<const std::uint8_t>)>& see,
                      Options options) {
  auto state = std::make_unique<State>(std::move(target), std::move(temporary), options);
  state->options.keep = true;  // a reader that gives up must not remove it
  state->file = Descriptor::open(state->temporary, O_RDWR | O_CREAT, state->target);
  std::vector<std::uint8_t> block(kBufferBytes);
  while (const auto got = read_at(state->file, state->temporary, state->on_disk, block)) {
    const auto bytes = std::span<const std::uint8_t>(block).first(got);
    state->hash.update(bytes);
    see(bytes);
    state->on_disk += got;
  }
  if (::lseek(state->file.number(), static_cast<off_t>(state->on_disk), SEEK_SET) < 0)
    throw Error(Fault::io, "cannot go on with {}: {}", state->temporary.string(),
                std::strerror(errno));
  state->options.keep = options.keep;
  return Output(std::move(state));
}

void Output::write(std::span<const std::uint8_t> bytes) {
  state_->hash.update(bytes);
  if (state_->buffer.size() + bytes.size() > kBufferBytes) state_->flush();
  if (bytes.size() >= kBufferBytes)
    state_->put(bytes.data(), bytes.size());
  else
    state_->buffer.insert(state_->buffer.end(), bytes.begin(), bytes.end());
}

void Output::write(std::span<const Node> nodes) {
  write(std::span(reinterpret_cast<const std::uint8_t*>(nodes.data()), nodes.size_bytes()));
}

void Output::write_zeros(std::uint64_t bytes) {
  static const std::vector<std::uint8_t> zeros(kBufferBytes);
  for (auto rest = bytes; rest > 0;) {
    const auto count = std::min<std::uint64_t>(rest, zeros.size());
    state_->hash.update(std::span(zeros).first(count));
    rest -= count;
  }
  state_->flush();
  state_->on_disk += bytes;
  // The file ends here at least, also when nothing follows; no byte lies there yet.
  if (::lseek(state_->file.number(), static_cast<off_t>(state_->on_disk), SEEK_SET) < 0 ||
      (state_->options.expected_bytes == 0 &&
       ::ftruncate(state_->file.number(), static_cast<off_t>(state_->on_disk)) != 0))
    throw Error(Fault::io, "cannot write {}: {}", state_->target.string(), std::strerror(errno));
}

std::uint64_t Output::bytes() const { return state_->on_disk + state_->buffer.size(); }

Written Output::sync() {
  state_->flush();
  state_->file.sync(state_->target);
  return {state_->on_disk, sha256::Hasher(state_->hash).finish()};
}

Written Output::commit(const Lock* lock) {
  const auto wanted = state_->options.expected_bytes;
  state_->flush();
  if (wanted > 0 && state_->on_disk != wanted)
    throw Error(Fault::internal, "{}: {} bytes written, {} announced", state_->target.string(),
                state_->on_disk, wanted);
  const auto written = sync();
  appear(state_->temporary, state_->target, lock);
  state_->committed = true;
  return written;
}

fs::path Output::beside(const fs::path& target) {
  return target.parent_path() / ("." + target.filename().string() + ".part");
}

Written write_file(const fs::path& target, std::string_view text, const Lock* lock) {
  Output output(target);
  output.write(as_bytes(text));
  return output.commit(lock);
}

std::string read_file(const fs::path& path, std::uint64_t limit_bytes) {
  const auto file = Descriptor::open_existing(path);
  const auto bytes = file.bytes(path);
  if (bytes > limit_bytes)
    throw Error(Fault::corrupt, "{} is {} bytes, want at most {}", path.string(), bytes,
                limit_bytes);
  std::string text(bytes, '\0');
  std::uint64_t at = 0;
  while (at < bytes) {
    const auto rest = std::span(reinterpret_cast<std::uint8_t*>(text.data()) + at, bytes - at);
    const auto got = read_at(file, path, at, rest);
    if (got == 0) break;
    at += got;
  }
  text.resize(at);
  return text;
}

void rename_durably(const fs::path& from, const fs::path& to, const Lock* lock) {
  appear(from, to, lock);
  if (from.parent_path() != to.parent_path() && fs::exists(from.parent_path()))
    sync_folder(from.parent_path());
}

Written digest(const fs::path& path, Read read) {
  const auto file = Descriptor::open_existing(path);
  if (read == Read::from_disk) ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_DONTNEED);
  std::vector<std::uint8_t> block(kBufferBytes);
  sha256::Hasher hash;
  std::uint64_t at = 0;
  while (const auto got = read_at(file, path, at, block)) {
    hash.update(std::span<const std::uint8_t>(block).first(got));
    at += got;
  }
  return {at, hash.finish()};
}

}  // namespace sealyard::sector
