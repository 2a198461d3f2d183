// Rows of the outbox. Private to this folder.
#pragma once
#include "chain/ledger/database.h"
#include "chain/outbox/outbox.h"

namespace sealyard::outbox {

ledger::Database open_store(const std::filesystem::path& file);

void insert(sqlite3* db, const Wish& wish);
/// False where it is not there or has a nonce.
bool remove_wish(sqlite3* db, const std::string& key);
/// Everything but the wish, the nonce and the attempts.
void update(sqlite3* db, const Entry& entry);
/// Gives the entry the next nonce of its sender, at least `from_node`.
void take_nonce(sqlite3* db, Entry& entry, std::uint64_t from_node);
/// Back to a wish without nonce; its attempts are forgotten.
void release(sqlite3* db, Entry& entry);
void add_attempt(sqlite3* db, Entry& entry, const types::SignedMessage& message);

/// Has the pool forgotten earlier messages of this sender, they are pushed again first.
void repush_before(sqlite3* db, const Entry& entry);

std::optional<Entry> find(sqlite3* db, const std::string& key);
std::vector<Entry> load(sqlite3* db, std::optional<State> state);
/// The nonce that the next message of this sender would get.
std::uint64_t stored_nonce(sqlite3* db, const types::Address& sender);

}  // namespace sealyard::outbox
