#include "jobs/templates/record.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <sstream>
#include <string>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"

namespace sealyard::templates {
namespace {

constexpr const char* kForm = "sealyard.template.1";

std::filesystem::path record_path(const std::filesystem::path& file) {
  return file.string() + ".sha256";
}

}  // namespace

std::optional<Look> look_at(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw Error(Fault::io, "template {}: {}", file.string(), std::strerror(errno));
  }
  constexpr std::int64_t kNs = 1'000'000'000;
  return Look{static_cast<std::uint64_t>(status.st_size),
              status.st_mtim.tv_sec * kNs + status.st_mtim.tv_nsec};
}

void write(const std::filesystem::path& file, const Record& record) {
  sector::write_file(record_path(file),
                     fmt::format("{} {} {} {}\n", kForm, record.written.bytes,
                                 to_hex(record.written.sha256), record.changed_ns));
}

std::optional<Record> read(const std::filesystem::path& file) {
  try {
    std::istringstream in(sector::read_file(record_path(file)));
    std::string form, hex;
    Record record;
    if (!(in >> form >> record.written.bytes >> hex >> record.changed_ns) || form != kForm)
      return std::nullopt;
    record.written.sha256 = node_from_hex(hex, file.string());
    return record;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace sealyard::templates
