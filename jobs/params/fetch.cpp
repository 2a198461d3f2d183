#include "jobs/params/fetch.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "jobs/sector/folder.h"
#include "jobs/sector/maker_lock.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/groth16/identity.h"

namespace sealyard::params {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

constexpr unsigned kTries = 4;  // in a row that bring nothing
constexpr std::size_t kSliceBytes = std::size_t{1} << 24;

void remove_file(const fs::path& path) {
  std::error_code error;
  fs::remove(path, error);
  if (error) throw Error(Fault::io, "cannot remove {}: {}", path.string(), error.message());
}

void require_official(const fs::path& path, const std::string& digest, const Watcher& watcher) {
  const auto mapping = sector::Mapping::read(path);
  mapping.sequential();
  const auto bytes = mapping.bytes();
  groth16::ManifestHasher hasher;
  for (std::size_t at = 0; at < bytes.size(); at += kSliceBytes) {
    hasher.update(bytes.subspan(at, std::min(kSliceBytes, bytes.size() - at)));
    watcher.progress(std::min(at + kSliceBytes, bytes.size()), bytes.size());
  }
  if (const auto found = hasher.finish(); found != digest)
    throw Error(Fault::configuration,
                "{} is there with digest {}, the official file has {}; remove it or choose another "
                "folder",
                path.string(), found, digest);
}

void pause(unsigned tenths, const Watcher& watcher, std::uint64_t done) {
  for (; tenths > 0; --tenths) {
    watcher.progress(done, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

// One file on its way.
class Arrival {
 public:
  Arrival(const fs::path& target, const fs::path& part, const Watcher& watcher)
      : watcher_(watcher),
        target_(target),
        part_(part),
        output_(sector::Output::resume(target, part,
                                       [&](Bytes bytes) {
                                         hasher_.update(bytes);
                                         watcher.progress(kept_ += bytes.size(), 0);
                                       },
                                       {.keep = true})) {}
  ~Arrival() {
    std::error_code ignored;
    if (output_.bytes() == 0) fs::remove(part_, ignored);
  }
  Arrival(const Arrival&) = delete;

  std::uint64_t kept() const { return kept_; }

  // Asks until the source says that all has come.  @returns false: it must begin at byte 0.
  bool complete(Transfer& transfer, const std::string& url) {
    for (unsigned tries = 0;;) {
      const auto before = output_.bytes();
      const auto ending = transfer.get(url, before, receiver());
      switch (ending.kind) {
        case Ending::Kind::whole:
          return true;
        case Ending::Kind::no_middle:
          return false;
        case Ending::Kind::absent:
          throw Error(Fault::missing, "{}: no such file at the source ({})", url, ending.text);
        case Ending::Kind::refused:
          throw Error(Fault::io, "{}: {}", url, ending.text);
        case Ending::Kind::cut:
          break;
      }
      tries = output_.bytes() > before ? 0 : tries + 1;
      if (tries == kTries)
        throw Error(Fault::io, "{}: {}; {} bytes of {} are kept, run again to go on", url,
                    ending.text, output_.bytes(), total_ ? std::to_string(total_) : "unknown");
      pause(5 * tries, watcher_, output_.bytes());
    }
  }

  std::string digest() { return hasher_.finish(); }
  std::uint64_t bytes() const { return output_.bytes(); }
  sector::Written commit() { return output_.commit(); }

 private:
  void require_space(std::uint64_t bytes) const {
    try {
      sector::require_space(target_.parent_path(), bytes);
    } catch (const Error& error) {
      throw Error(error.fault(), "{}: {}", target_.filename().string(), error.what());
    }
  }

  Transfer::Receiver receiver() {
    return {.announced =
                [this](std::uint64_t bytes) {
                  total_ = output_.bytes() + bytes;
                  require_space(bytes);
                },
            .bytes =
                [this](Bytes bytes) {
                  output_.write(bytes);
                  hasher_.update(bytes);
                },
            .idle = [this] { watcher_.progress(output_.bytes(), total_); }};
  }

  const Watcher& watcher_;
  fs::path target_, part_;
  groth16::ManifestHasher hasher_;
  std::uint64_t kept_ = 0, total_ = 0;
  sector::Output output_;
};

}  // namespace

Fetched fetch(Transfer& transfer, const Source& source, const std::string& name,
              const std::string& digest, const fs::path& folder, const Watcher& watcher) {
  Fetched fetched{.path = folder / name, .found = false, .resumed_at = 0, .written = {}};
  const auto& target = fetched.path;
  const auto is_there = [&] {
    if (!fs::exists(target)) return false;
    require_official(target, digest, watcher);
    return fetched.found = true;
  };
  if (is_there()) return fetched;
  const sector::MakerLock lock(target, [&] { watcher.progress(0, 0); });
  if (is_there()) return fetched;
  const auto part = folder / ("." + name + ".fetch.part");
  const auto from = source.url(name);
  for (bool afresh = false;; afresh = true) {
    std::optional<Arrival> arrival(std::in_place, target, part, watcher);
    fetched.resumed_at = arrival->kept();
    const bool whole = arrival->complete(transfer, from);
    const auto bytes = arrival->bytes();
    const auto found = arrival->digest();
    if (whole && found == digest) {
      fetched.written = arrival->commit();
      return fetched;
    }
    arrival.reset();
    remove_file(part);
    if (whole && !fetched.resumed_at)
      throw Error(Fault::corrupt, "{}: its {} bytes have digest {}, want {}; removed", from, bytes,
                  found, digest);
    if (!whole && afresh)
      throw Error(Fault::io, "{}: ends early and cannot be gone on with; use another source", from);
    watcher.warn(fmt::format(
        "{}: {} bytes of an earlier try {}; from the beginning", name, bytes,
        whole ? "are not of the official file" : "cannot be gone on with at this source"));
  }
}

}  // namespace sealyard::params
