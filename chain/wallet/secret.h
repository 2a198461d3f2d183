// 32 bytes that must not be seen: locked, kept out of core dumps, overwritten when freed.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace sealyard::wallet {

/// Memory of libsodium's guarded allocator: no swap where the host allows locking, no core dump,
/// guard pages around, zeroed on free. Moves, never copies.
class Secret {
 public:
  static constexpr std::size_t kBytes = 32;

  /// Copies; the caller overwrites its own copy.
  /// @throws Error{usage} another length than 32.  @throws Error{io} no memory.
  explicit Secret(std::span<const std::uint8_t> bytes);
  /// 32 bytes from the system's generator.
  static Secret random();

  std::span<const std::uint8_t, kBytes> bytes() const {
    return std::span<const std::uint8_t, kBytes>(memory_.get(), kBytes);
  }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const;
  };
  std::unique_ptr<std::uint8_t, Free> memory_;
};

/// Overwrites what is there, also where the compiler sees no later use.
void wipe(std::span<std::uint8_t> bytes);
void wipe(std::string& text);

/// Overwrites a text when it goes.
struct Wiped {
  std::string text;
  ~Wiped() { wipe(text); }
};

}  // namespace sealyard::wallet
