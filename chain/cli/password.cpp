#include "chain/cli/password.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "chain/cli/command.h"
#include "chain/wallet/secret.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

/// A text that grows beyond its room leaves copies behind: nothing longer is read.
constexpr std::size_t kMostInput = 64 << 10;

struct OpenFile {
  int fd;
  ~OpenFile() {
    if (fd >= 0) close(fd);
  }
};

/// Echo is off while it lives.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    on_ = tcgetattr(terminal_, &before_) == 0;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (on_) tcsetattr(terminal_, TCSAFLUSH, &silent);
  }
  ~Silence() {
    if (on_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }

 private:
  int terminal_;
  bool on_;
  termios before_{};
};

/// Until the line ends, or all of it.
void read_into(std::string& text, int fd, bool line, const std::string& what) {
  for (char c = 0;;) {
    const auto count = read(fd, &c, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(Fault::io, "{}: {}", what, std::strerror(errno));
    if (count == 0 || (line && c == '\n')) return;
    if (text.size() == text.capacity()) throw Error(Fault::usage, "{}: too long", what);
    text += c;
  }
}

wallet::Password password_of(const std::string& name) {
  const OpenFile file{open(name.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat found {};
  if (file.fd < 0 || fstat(file.fd, &found) != 0)
    throw Error(Fault::usage, "{}: {}", name, std::strerror(errno));
  if (S_ISREG(found.st_mode) && (found.st_mode & 077) != 0)
    throw Error(Fault::usage, "{}: others may read it; chmod 600 it", name);
  wallet::Wiped typed;
  typed.text.reserve(kMostInput);
  read_into(typed.text, file.fd, true, name);
  return wallet::Password(typed.text);
}

wallet::Password typed_at_terminal(const std::string& prompt) {
  const OpenFile terminal{open("/dev/tty", O_RDWR | O_CLOEXEC)};
  if (terminal.fd < 0)
    throw Refusal("wants the wallet's password: run it on a terminal, or give --password-file FILE",
                  exit_code(Fault::usage));
  const auto show = [&](const std::string& text) {
    if (write(terminal.fd, text.data(), text.size()) < 0) return;  // reading fails then, too
  };
  show(prompt + ": ");
  wallet::Wiped text;
  text.text.reserve(kMostInput);
  {
    const Silence silence(terminal.fd);
    read_into(text.text, terminal.fd, true, "terminal");
  }
  show("\n");
  return wallet::Password(text.text);
}

}  // namespace

void PasswordWords::declare(CLI::App& app, const std::string& name) {
  app.add_option(name, file, "first line of this file instead of a question at the terminal");
}

wallet::Password ask_password(const PasswordWords& words, const std::string& prompt) {
  return words.file.empty() ? typed_at_terminal(prompt) : password_of(words.file);
}

wallet::Password ask_new_password(const PasswordWords& words) {
  if (!words.file.empty()) return password_of(words.file);
  auto once = typed_at_terminal("New password");
  if (once.view() != typed_at_terminal("Again").view())
    throw Refusal("the two passwords differ", exit_code(Fault::usage));
  return once;
}

std::string read_secret_input(const std::string& prompt) {
  std::string text;
  text.reserve(kMostInput);
  if (isatty(STDIN_FILENO) != 1) {
    read_into(text, STDIN_FILENO, false, "stdin");
    return text;
  }
  const Silence silence(STDIN_FILENO);
  fmt::print(stderr, "{}: ", prompt);
  read_into(text, STDIN_FILENO, true, "terminal");
  fmt::print(stderr, "\n");
  return text;
}

}  // namespace sealyard::cli
