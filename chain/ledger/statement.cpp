#include "chain/ledger/statement.h"

#include "kernels/base/error.h"

namespace sealyard::ledger {
namespace {

[[noreturn]] void refuse(sqlite3* db, std::string_view sql) {
  const char* name = sqlite3_db_filename(db, "main");
  throw Error(Fault::io, "ledger {}: {} (at: {})", name && *name ? name : "?", sqlite3_errmsg(db),
              sql.substr(0, 60));
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &made, nullptr) != SQLITE_OK)
    refuse(db, sql);
  statement_.reset(made);
}

Statement& Statement::bind(int at, std::int64_t value) {
  if (sqlite3_bind_int64(statement_.get(), at, value) != SQLITE_OK)
    refuse(db_, sqlite3_sql(statement_.get()));
  return *this;
}

Statement& Statement::bind(int at, std::string_view value) {
  if (sqlite3_bind_text(statement_.get(), at, value.data(), static_cast<int>(value.size()),
                        SQLITE_TRANSIENT) != SQLITE_OK)
    refuse(db_, sqlite3_sql(statement_.get()));
  return *this;
}

bool Statement::step() {
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      refuse(db_, sqlite3_sql(statement_.get()));
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), column);
  const auto count = sqlite3_column_bytes(statement_.get(), column);
  return bytes ? std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count))
               : std::string();
}

void execute(sqlite3* db, std::string_view sql) {
  Statement statement(db, sql);
  while (statement.step()) {
  }
}

}  // namespace sealyard::ledger
