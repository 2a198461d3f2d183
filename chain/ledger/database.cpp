#include "chain/ledger/database.h"

#include <fmt/format.h>

#include "chain/ledger/statement.h"
#include "kernels/base/error.h"

namespace sealyard::ledger {
namespace {

constexpr int kBusyMs = 30'000;

std::int64_t pragma(sqlite3* db, std::string_view name) {
  Statement statement(db, fmt::format("PRAGMA {}", name));
  return statement.step() ? statement.integer(0) : 0;
}

void upgrade(sqlite3* db, const std::filesystem::path& file, const Schema& schema,
             std::int64_t version) {
  for (const auto& step : schema.upgrades) {
    if (step.to <= version) continue;
    if (step.to > version + 1) break;
    execute(db, step.sql);
    const bool last = &step == &schema.upgrades.back();
    if (last || (&step)[1].to > step.to) version = step.to;
  }
  if (version != schema.version)
    throw Error(Fault::configuration, "{} {}: no upgrade leads from schema {} to {}", schema.name,
                file.string(), version, schema.version);
}

}  // namespace

void CloseDatabase::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Database open_database(const std::filesystem::path& file, const Schema& schema) {
  sqlite3* raw = nullptr;
  const int rc =
      sqlite3_open_v2(file.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(raw);
  if (rc != SQLITE_OK)
    throw Error(Fault::io, "{} {}: {}", schema.name, file.string(), sqlite3_errstr(rc));
  sqlite3_busy_timeout(raw, kBusyMs);
  const auto refuse_foreign = [&](std::int64_t application) {
    if (application != schema.application)
      throw Error(Fault::configuration, "{} is a database, but no sealyard {}", file.string(),
                  schema.name);
  };
  try {
    if (const auto application = pragma(raw, "application_id"); application != 0)
      refuse_foreign(application);
    execute(raw, "PRAGMA journal_mode=WAL");
  } catch (const Error& error) {
    if (error.fault() == Fault::configuration || sqlite3_errcode(raw) != SQLITE_NOTADB) throw;
    throw Error(Fault::configuration, "{} is no sealyard {}", file.string(), schema.name);
  }
  execute(raw, "PRAGMA synchronous=FULL");
  execute(raw, "PRAGMA foreign_keys=ON");
  transact(raw, [&] {
    const auto version = pragma(raw, "user_version");
    if (version > schema.version)
      throw Error(Fault::configuration, "{} {}: schema {} is newer than {}: update sealyard",
                  schema.name, file.string(), version, schema.version);
    if (version == schema.version) return refuse_foreign(pragma(raw, "application_id"));
    if (version > 0) {
      refuse_foreign(pragma(raw, "application_id"));
      upgrade(raw, file, schema, version);
    } else {
      if (Statement(raw, "SELECT 1 FROM sqlite_master").step()) refuse_foreign(0);
      for (const auto sql : schema.create) execute(raw, sql);
    }
    execute(raw, fmt::format("PRAGMA application_id={}", schema.application));
    execute(raw, fmt::format("PRAGMA user_version={}", schema.version));
  });
  return db;
}

void transact(sqlite3* db, const std::function<void()>& action) {
  execute(db, "BEGIN IMMEDIATE");
  try {
    action();
    execute(db, "COMMIT");
  } catch (...) {
    sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

}  // namespace sealyard::ledger
