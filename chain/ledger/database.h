// SQLite files of the daemon: opened, recognised and created the same way everywhere.
#pragma once
#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace sealyard::ledger {

/// What makes a file of the version before into one of `to`.
struct Upgrade {
  int to;
  std::string_view sql;  ///< one statement; several rows may lead to one version
};

/// What a file holds. The application number stands in its header: other databases are refused.
struct Schema {
  std::string_view name;  ///< "ledger": for texts
  int application;
  int version;
  std::span<const std::string_view> create;  ///< statements that make version `version`
  std::span<const Upgrade> upgrades{};       ///< by rising `to`, from version 1 on
};

struct CloseDatabase {
  void operator()(sqlite3* db) const;
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

/// Opens, upgrades in one transaction or creates, in WAL mode with synchronous=FULL: a transaction
/// that returned survives a power cut. Waits up to 30 s for another writer. The file's folder must
/// exist.
/// @throws Error{configuration} another database, or written by a newer version, or by one so old
/// that no upgrade leads from it.
/// @throws Error{io} cannot be opened or written.
Database open_database(const std::filesystem::path& file, const Schema& schema);

/// Runs `action` as one write transaction: all of it or, when it throws, nothing.
void transact(sqlite3* db, const std::function<void()>& action);

}  // namespace sealyard::ledger
