// How lotus-miner lays out what it prints: tables, bars, durations, sizes.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealyard::cli {

/// A table whose columns appear only when a row has a value for them; every cell, the last one
/// too, is followed by two spaces. Columns named in `below` go on a line of their own, "  Name: x".
/// Source: lotus, lib/tablewriter/tablewriter.go.
class SparseTable {
 public:
  SparseTable(std::vector<std::string> columns, std::vector<std::string> below);
  void add(std::map<std::string, std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;

 private:
  std::vector<std::string> columns_, below_;
  std::vector<std::map<std::string, std::string>> rows_;
};

/// Rows of cells, the first row is the header; two spaces between columns, none after the last.
/// Source: Go, text/tabwriter with padding 2.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

/// "1m3.2s", "34.9s", "2h0m0s": as Go prints a duration cut to tenths of a second.
std::string duration_text(std::int64_t ms);

/// "1.214 GiB", "23.54 GiB", "0 B": four significant digits.
/// Source: lotus, chain/types/bigint.go, SizeStr().
std::string size_text(std::uint64_t bytes);

/// 64 columns, '|' for the used share.  Source: lotus, cli/net.go, BarString().
std::string bar(double total, double used);

/// "2026-11-21 09:54:11 +0000 UTC"
std::string time_text(std::int64_t ms);

/// Case does not matter; an empty key is in everything.
bool contains(std::string_view text, std::string_view key);

/// Terminal colours, when wanted.  number: 31 red, 32 green, 33 yellow, 34 blue, 35 magenta.
std::string colour(bool wanted, int number, std::string_view text);

}  // namespace sealyard::cli
