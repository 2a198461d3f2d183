// Keys at rest: a folder that only its owner reads, with every key in a box of its own.
//
//   machine.key   32 random bytes in hex, mode 0600: opens the store without a prompt
//   store         "sealyard wallet\n" || version 1 || box of everything else (XChaCha20-Poly1305)
//   lock          taken while the store changes
//
// Whoever reads machine.key and store can sign with every key that is not `offline`: these two
// files are as precious as lotus' keystore folder. What the password adds is said at Protection.
// The format stands in share/doc/wallet.md.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chain/wallet/key.h"
#include "chain/wallet/password.h"

namespace sealyard::election {
struct Draw;
struct Header;
}  // namespace sealyard::election

namespace sealyard::wallet {

enum class Protection : std::uint8_t {
  ordinary = 0,   ///< signs whatever it is asked to
  encrypted = 1,  ///< sealing messages of the own miner; anything else, export, deletion: password
  offline = 2,    ///< nothing without the password, which is part of its box's key
};
std::string_view name(Protection protection);

/// What may be shown of a key.
struct Listed {
  types::Address address;
  KeyType type;
  Protection protection;
  std::string mark;  ///< a note of the operator
};

/// Whether a message only seals or proves sectors of `miner` (an f0 number), so that a worker's or
/// control key may sign it without a password: PreCommitSectorBatch2, ProveCommitSectors3,
/// SubmitWindowedPoSt, DeclareFaults, DeclareFaultsRecovered and ExtendSectorExpiration2. Never
/// TerminateSectors, which costs money, and nothing that moves money out or names addresses.
bool is_sealing(const types::Message& message, std::uint64_t miner);

struct StoreOptions {
  Cost cost;                              ///< of passwords set from now on
  std::function<std::int64_t()> now_s{};  ///< Unix time; the system's clock where left out
};

/// Several processes may have the same folder open: each call reads it, each change is one rename.
/// Belongs to one thread.
///
/// Where a password is wanted and none is given, or a wrong one: Error{usage}. After three wrong
/// ones in a row Error{busy} for 24 hours, whatever is given.
/// A store, box or machine.key that was altered is Error{corrupt}; one that others may read, or a
/// store without its machine.key, Error{configuration}. An address that is not here: Error{usage}.
class Store {
 public:
  /// Touches nothing: the first change makes the folder.
  explicit Store(std::filesystem::path folder, StoreOptions options = {});

  std::vector<Listed> list() const;  ///< ordered by address
  std::optional<Listed> find(const types::Address& address) const;
  std::optional<types::Address> default_address() const;
  bool has_password() const;

  /// Puts a key in; one that is here already keeps its protection and mark. A new one is encrypted
  /// where there is a password, else ordinary. The first one becomes the default.
  void add(const Key& key);
  void remove(const types::Address& address, const Password* password);
  /// The key itself, for export.
  Key take_out(const types::Address& address, const Password* password) const;
  void set_default(const types::Address& address);
  void mark(const types::Address& address, const std::string& text);  ///< empty: none

  /// @throws Error{usage} shorter than Password::kLeast, or there is one.
  void add_password(const Password& password);
  /// All at once: after a crash either the old one opens everything or the new one.
  void reset_password(const Password& old, const Password& fresh);
  /// Every key becomes ordinary.
  void clear_password(const Password& old);
  /// @throws Error{usage} no password is set and `protection` is not ordinary.
  void protect(const types::Address& address, Protection protection, const Password* password);

  /// Whether sign() would want the password. `miner`: the one whose sealing needs none.
  bool asks(const types::Message& message, std::uint64_t miner) const;
  types::SignedMessage sign(const types::Message& message, std::uint64_t miner,
                            const Password* password = nullptr) const;
  /// What making blocks takes: VRFs and headers of `miner`, never bytes whose meaning is unknown.
  /// Neither can be read as a message's identifier, so encrypted keys sign them without password.
  /// @throws Error{usage} of another miner, or an offline key.
  types::Signature sign(const types::Address& worker, const election::Draw& draw,
                        std::uint64_t miner) const;
  types::Signature sign(const types::Address& worker, const election::Header& header,
                        std::uint64_t miner) const;
  /// Any bytes, which may be those of a message.
  types::Signature sign(const types::Address& address, types::ByteView bytes,
                        const Password* password) const;

 private:
  struct Content;
  struct Held;
  Content read() const;
  void write(const Content& content) const;
  void change(const std::function<void(Content&)>& action) const;
  Secret machine_key() const;
  Secret opened(const Password* password, std::string_view what) const;
  Key unboxed(const Content& content, const Held& held, const Secret* from_password) const;
  Key key_for(const types::Address& address, bool ask, const Password* password,
              std::string_view what) const;
  Key key_of_blocks(const types::Address& worker, const types::Address& of,
                    std::uint64_t miner) const;

  std::filesystem::path folder_;
  StoreOptions options_;
};

/// No core file of this process, and no debugger of another one of the same user, from here on.
void forbid_dumps();

}  // namespace sealyard::wallet
