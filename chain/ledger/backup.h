// Copies of a program's SQLite files, taken while it runs.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace sealyard::ledger {

/// What is wrong inside the file, in SQLite's words; empty: nothing.
/// @throws Error{missing} no such file.  @throws Error{corrupt} no database at all.
std::vector<std::string> check_database(const std::filesystem::path& file);

/// A whole copy of one moment, also while others write; appears at once or not at all.
/// @throws Error{usage} `to` exists.  @throws Error{missing, corrupt, io}
void backup_database(const std::filesystem::path& file, const std::filesystem::path& to);

/// Puts a checked copy in the place of `file`, which nobody may have open; what was there stays
/// beside it as "<file>.replaced".
/// @throws Error{corrupt} the copy is damaged, or holds something else than `file` did.
void restore_database(const std::filesystem::path& copy, const std::filesystem::path& file);

}  // namespace sealyard::ledger
