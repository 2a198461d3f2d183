// Asking for passwords and keys: on the terminal without echo, or from a file.
#pragma once
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "chain/wallet/password.h"

namespace sealyard::cli {

/// `--password-file FILE`, for scripts: its first line, of a file that only its owner reads.
struct PasswordWords {
  std::string file;
  void declare(CLI::App& app, const std::string& name = "--password-file");
};

/// The password, from the file if one was named, else typed at the terminal behind `prompt`.
/// @throws Refusal neither a file nor a terminal.
wallet::Password ask_password(const PasswordWords& words, const std::string& prompt);
/// Typed twice the same, or from the file.
wallet::Password ask_new_password(const PasswordWords& words);

/// One line from the terminal without echo; the whole of stdin where it is none. The caller wipes.
std::string read_secret_input(const std::string& prompt);

}  // namespace sealyard::cli
