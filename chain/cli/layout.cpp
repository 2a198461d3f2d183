#include "chain/cli/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <ctime>

namespace sealyard::cli {
namespace {

constexpr double kBarColumns = 64;

/// Columns a text takes on a terminal: colour sequences take none.
std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) ++columns;
  }
  return columns;
}

std::string padded(const std::string& text, std::size_t columns) {
  const auto used = width(text);
  return text + std::string(columns > used ? columns - used : 0, ' ');
}

}  // namespace

SparseTable::SparseTable(std::vector<std::string> columns, std::vector<std::string> below)
    : columns_(std::move(columns)), below_(std::move(below)) {}

std::string SparseTable::text() const {
  std::vector<std::pair<std::string, std::size_t>> shown;
  for (const auto& column : columns_) {
    std::size_t widest = 0;
    for (const auto& row : rows_)
      if (const auto cell = row.find(column); cell != row.end())
        widest = std::max({widest, width(cell->second), width(column)});
    if (widest > 0) shown.emplace_back(column, widest);
  }
  std::string out;
  for (const auto& [column, columns] : shown) out += padded(column, columns) + "  ";
  out += '\n';
  for (const auto& row : rows_) {
    for (const auto& [column, columns] : shown) {
      const auto cell = row.find(column);
      out += padded(cell == row.end() ? std::string() : cell->second, columns) + "  ";
    }
    out += '\n';
    for (const auto& name : below_)
      if (const auto cell = row.find(name); cell != row.end())
        out += fmt::format("  {}: {}\n", name, cell->second);
  }
  return out;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widest;
  for (const auto& row : rows) {
    widest.resize(std::max(widest.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widest[i] = std::max(widest[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) out += padded(row[i], widest[i] + 2);
    if (!row.empty()) out += row.back();
    out += '\n';
  }
  return out;
}

std::string duration_text(std::int64_t ms) {
  if (ms < 100) return "0s";
  const auto tenths = ms / 100 % 10;
  const auto seconds = ms / 1000;
  const auto fraction = tenths ? fmt::format(".{}", tenths) : std::string();
  std::string out;
  if (seconds >= 3600) out += fmt::format("{}h", seconds / 3600);
  if (seconds >= 60) out += fmt::format("{}m", seconds / 60 % 60);
  if (seconds == 0) return fmt::format("{}ms", tenths * 100);
  return out + fmt::format("{}{}s", seconds % 60, fraction);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.4g} {}", value, kUnits[unit]);
}

std::string bar(double total, double used) {
  const auto share = total > 0 ? std::clamp(used / total, 0.0, 1.0) : 0.0;
  const auto columns = static_cast<std::size_t>(std::round(share * kBarColumns));
  return std::string(columns, '|') +
         std::string(static_cast<std::size_t>(kBarColumns) - columns, ' ');
}

std::string time_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S +0000 UTC", &tm);
  return text.data();
}

bool contains(std::string_view text, std::string_view key) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), key.begin(), key.end(), same) != text.end() ||
         key.empty();
}

std::string colour(bool wanted, int number, std::string_view text) {
  return wanted ? fmt::format("\033[{}m{}\033[0m", number, text) : std::string(text);
}

}  // namespace sealyard::cli
