// A prepared SQLite statement that frees itself and throws with the statement's text.
#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sealyard::ledger {

class Statement {
 public:
  /// @throws Error{io} SQLite refuses the statement (locked for longer than the busy time-out too).
  Statement(sqlite3* db, std::string_view sql);

  Statement& bind(int at, std::int64_t value);
  Statement& bind(int at, std::string_view value);

  /// True while there is a row to read.  @throws Error{io}
  bool step();

  std::int64_t integer(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Runs a statement without result rows.
void execute(sqlite3* db, std::string_view sql);

}  // namespace sealyard::ledger
