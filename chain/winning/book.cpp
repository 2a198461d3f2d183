#include "chain/winning/book.h"

#include <fmt/format.h>

#include <algorithm>

#include "chain/ledger/statement.h"

namespace sealyard::winning {
namespace {

using ledger::Statement;

// The database itself refuses a second block.
constexpr std::string_view kCreate[] = {
    "CREATE TABLE block(miner INTEGER NOT NULL, epoch INTEGER NOT NULL, parents TEXT NOT NULL,"
    " cid TEXT NOT NULL DEFAULT '', PRIMARY KEY(miner, epoch)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX one_of_parents ON block(miner, parents)",
};
constexpr ledger::Schema kSchema{"blocks", 0x53594257, 1, kCreate};  // "SYBW"

std::string text(const std::vector<Cid>& parents) {
  std::string out;
  for (const auto& cid : parents) out += cid.text() + ' ';
  return out;
}

}  // namespace

Book::Book(const std::filesystem::path& file) : db_(ledger::open_database(file, kSchema)) {}

std::string Book::claim(std::uint64_t miner, Epoch epoch, const std::vector<Cid>& parents,
                        Epoch base) {
  const auto id = static_cast<std::int64_t>(miner);
  std::string why;
  ledger::transact(db_.get(), [&] {
    Statement same(db_.get(),
                   "SELECT epoch FROM block WHERE miner = ? AND (epoch = ? OR parents = ?)");
    same.bind(1, id).bind(2, epoch).bind(3, text(parents));
    if (same.step()) {
      const auto other = same.integer(0);
      why = other == epoch ? fmt::format("epoch {} has a block already", epoch)
                           : fmt::format("epoch {} has a block on the same parents", other);
      return;
    }
    Statement own(db_.get(), "SELECT cid FROM block WHERE miner = ? AND epoch = ? AND cid != ''");
    own.bind(1, id).bind(2, base);
    if (own.step() && std::none_of(parents.begin(), parents.end(),
                                   [&](const Cid& cid) { return cid.text() == own.text(0); })) {
      why = fmt::format("our block of epoch {} is not among the parents", base);
      return;
    }
    Statement add(db_.get(), "INSERT INTO block(miner, epoch, parents) VALUES(?, ?, ?)");
    add.bind(1, id).bind(2, epoch).bind(3, text(parents)).step();
  });
  return why;
}

void Book::sign(std::uint64_t miner, Epoch epoch, const Cid& block) {
  ledger::transact(db_.get(), [&] {
    Statement update(db_.get(), "UPDATE block SET cid = ? WHERE miner = ? AND epoch = ?");
    update.bind(1, block.text()).bind(2, static_cast<std::int64_t>(miner)).bind(3, epoch).step();
  });
}

bool Book::claimed(std::uint64_t miner, Epoch epoch) const {
  Statement query(db_.get(), "SELECT 1 FROM block WHERE miner = ? AND epoch = ?");
  query.bind(1, static_cast<std::int64_t>(miner)).bind(2, epoch);
  return query.step();
}

}  // namespace sealyard::winning
