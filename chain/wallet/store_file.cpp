// The bytes of the store: read whole, checked whole, written whole.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "chain/ledger/files.h"
#include "chain/types/cbor.h"
#include "chain/wallet/store_content.h"
#include "kernels/base/error.h"

namespace sealyard::wallet {
namespace {

constexpr std::string_view kMagic = "sealyard wallet\n";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint64_t kMostPasses = 1000, kMostMemory = std::uint64_t{16} << 30;

types::Bytes file_head() {
  types::Bytes out(kMagic.begin(), kMagic.end());
  out.push_back(kVersion);
  return out;
}

/// Nothing where the file is not there.
std::optional<types::Bytes> read_private(const std::filesystem::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw Error(Fault::io, "{}: {}", file.string(), std::strerror(errno));
  }
  if ((found.st_mode & 077) != 0)
    throw Error(Fault::configuration, "{}: mode {:o}, others may read it; want 600: chmod 600 it",
                file.string(), found.st_mode & 07777);
  std::ifstream in(file, std::ios::binary);
  types::Bytes bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw Error(Fault::io, "{}: cannot be read", file.string());
  return bytes;
}

PasswordCheck read_check(types::CborReader& reader) {
  PasswordCheck check;
  reader.array_of(4);
  check.salt = reader.bytes();
  check.cost = {reader.u64(), reader.u64()};
  check.box = reader.bytes();
  if (check.cost.passes > kMostPasses || check.cost.memory_bytes > kMostMemory)
    throw Error(Fault::corrupt, "wallet: a password of {} passes over {} bytes", check.cost.passes,
                check.cost.memory_bytes);
  return check;
}

Listed read_listed(types::CborReader& reader) {
  Listed listed;
  listed.address = reader.address();
  const auto type = reader.u64(), protection = reader.u64();
  if (type > 1 || protection > 2)
    throw Error(Fault::corrupt, "wallet: key of type {}, protection {}", type, protection);
  listed.type = static_cast<KeyType>(type);
  listed.protection = static_cast<Protection>(protection);
  listed.mark = reader.text();
  return listed;
}

}  // namespace

Store::Held& Store::Content::at(const types::Address& address) {
  for (auto& held : keys)
    if (held.listed.address == address) return held;
  throw Error(Fault::usage, "{}: not in this wallet",
              address.defined() ? address.text(types::Network::mainnet) : "no address");
}

types::Bytes Store::Content::cbor() const {
  types::CborWriter writer;
  writer.array(5).bytes(default_address.bytes());
  if (password)
    writer.array(4)
        .bytes(password->salt)
        .number(password->cost.passes)
        .number(password->cost.memory_bytes)
        .bytes(password->box);
  else
    writer.null();
  writer.number(failures).number(failed_at_s).array(keys.size());
  for (const auto& [listed, box] : keys)
    writer.array(5)
        .address(listed.address)
        .number(static_cast<std::uint64_t>(listed.type))
        .number(static_cast<std::uint64_t>(listed.protection))
        .text(listed.mark)
        .bytes(box);
  return writer.take();
}

Store::Content Store::Content::from_cbor(types::ByteView bytes) {
  types::CborReader reader(bytes, "wallet");
  Content content;
  reader.array_of(5);
  if (const auto address = reader.bytes(); !address.empty())
    content.default_address = types::Address::from_bytes(address);
  if (!reader.take_null()) content.password = read_check(reader);
  content.failures = reader.u64();
  content.failed_at_s = reader.i64();
  for (auto left = reader.array(); left > 0; --left) {
    reader.array_of(5);
    auto listed = read_listed(reader);
    content.keys.push_back({std::move(listed), reader.bytes()});
  }
  reader.finish();
  return content;
}

Secret Store::machine_key() const {
  const auto file = folder_ / "machine.key";
  const auto bytes = read_private(file);
  if (!bytes)
    throw Error(Fault::configuration, "{}: not there, and no key opens without it: restore it",
                file.string());
  if (bytes->size() != Secret::kBytes)
    throw Error(Fault::corrupt, "{}: {} bytes, want {}: restore it", file.string(), bytes->size(),
                Secret::kBytes);
  return Secret(*bytes);
}

Store::Content Store::read() const {
  const auto file = folder_ / "store";
  const auto bytes = read_private(file);
  if (!bytes) return {};
  const auto first = file_head();
  if (bytes->size() < first.size() || !std::equal(first.begin(), first.end(), bytes->begin()))
    throw Error(Fault::corrupt, "{}: no wallet of version {}", file.string(), kVersion);
  const auto body = open(derive(machine_key(), static_cast<std::uint64_t>(Use::file)),
                         types::ByteView(*bytes).subspan(first.size()), first);
  if (!body)
    throw Error(Fault::corrupt,
                "{}: altered, or of another machine.key: restore a backup of both files",
                file.string());
  return Content::from_cbor(*body);
}

void Store::write(const Content& content) const {
  auto bytes = file_head();
  const auto box =
      seal(derive(machine_key(), static_cast<std::uint64_t>(Use::file)), content.cbor(), bytes);
  bytes.insert(bytes.end(), box.begin(), box.end());
  ledger::write_whole(folder_ / "store", bytes, 0600);
}

void Store::change(const std::function<void(Content&)>& action) const {
  std::filesystem::create_directories(folder_.parent_path());
  if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST)
    throw Error(Fault::io, "{}: {}", folder_.string(), std::strerror(errno));
  const ledger::FileLock lock(folder_ / "lock");
  if (!std::filesystem::exists(folder_ / "store") &&
      !std::filesystem::exists(folder_ / "machine.key"))
    ledger::write_whole(folder_ / "machine.key", Secret::random().bytes(), 0600);
  auto content = read();
  action(content);
  std::sort(content.keys.begin(), content.keys.end(),
            [](const Held& a, const Held& b) { return a.listed.address < b.listed.address; });
  write(content);
}

}  // namespace sealyard::wallet
