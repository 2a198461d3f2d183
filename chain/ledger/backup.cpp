#include "chain/ledger/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include "chain/ledger/database.h"
#include "chain/ledger/statement.h"
#include "kernels/base/error.h"

namespace sealyard::ledger {
namespace {

Database open_existing(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file))
    throw Error(Fault::missing, "{}: no such file", file.string());
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  Database db(raw);
  if (code != SQLITE_OK)
    throw Error(Fault::io, "{}: {}", file.string(), raw ? sqlite3_errmsg(raw) : "no memory");
  sqlite3_busy_timeout(raw, 30'000);
  return db;
}

std::int64_t application(sqlite3* db) {
  Statement row(db, "PRAGMA application_id");
  return row.step() ? row.integer(0) : 0;
}

void sync(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool done = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!done) throw Error(Fault::io, "{}: cannot be written to disk", path.string());
}

}  // namespace

std::vector<std::string> check_database(const std::filesystem::path& file) {
  const auto db = open_existing(file);
  std::vector<std::string> found;
  try {
    Statement rows(db.get(), "PRAGMA integrity_check");
    while (rows.step())
      if (const auto line = rows.text(0); line != "ok") found.push_back(line);
  } catch (const Error& error) {
    throw Error(Fault::corrupt, "{}: {}", file.string(), error.what());
  }
  return found;
}

void backup_database(const std::filesystem::path& file, const std::filesystem::path& to) {
  if (std::filesystem::exists(to)) throw Error(Fault::usage, "{}: exists", to.string());
  if (const auto found = check_database(file); !found.empty())
    throw Error(Fault::corrupt, "{}: {}", file.string(), found.front());
  const std::filesystem::path part = to.string() + ".part";
  std::filesystem::remove(part);
  {
    const auto db = open_existing(file);
    Statement(db.get(), "VACUUM INTO ?").bind(1, part.string()).step();
  }
  sync(part);
  std::filesystem::rename(part, to);
  sync(std::filesystem::absolute(to).parent_path());
}

void restore_database(const std::filesystem::path& copy, const std::filesystem::path& file) {
  if (const auto found = check_database(copy); !found.empty())
    throw Error(Fault::corrupt, "{}: {}", copy.string(), found.front());
  std::filesystem::path part = file.string() + ".restored";
  std::filesystem::remove(part);
  backup_database(copy, part);
  if (std::filesystem::exists(file)) {
    std::optional<std::int64_t> before;
    try {
      before = application(open_existing(file).get());
    } catch (const Error&) {
      // Too damaged to say what it was: the reason to restore it.
    }
    if (before && *before != application(open_existing(part).get()))
      throw Error(Fault::corrupt, "{}: holds something else than {}", copy.string(), file.string());
  }
  for (const std::string end : {"", "-wal", "-shm"})
    if (std::filesystem::exists(file.string() + end))
      std::filesystem::rename(file.string() + end, file.string() + ".replaced" + end);
  std::filesystem::rename(part, file);
  sync(std::filesystem::absolute(file).parent_path());
}

}  // namespace sealyard::ledger
