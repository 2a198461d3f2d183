// The command line as it was declared and given. Private to this folder.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "jobs/launch/launch.h"

namespace CLI {
class App;
}

namespace sealyard::launch {

struct Options::Declared {
  Declared(const Program& program, std::string version);
  ~Declared();

  /// @returns false when --help or --version was asked for: `answer` is to be printed, exit 0.
  /// @throws Error{usage} one line.
  bool parse(int argc, char** argv);

  std::unique_ptr<CLI::App> app;
  std::string version, answer;
  /// Words given to each option, by its name; flags have none.
  std::map<std::string, std::vector<std::string>, std::less<>> words;
  std::vector<std::string> numbers;
  std::vector<std::vector<std::string>> exclusive;
  std::vector<std::string> verbs;  ///< what VERB may be; empty: there is none
  std::map<std::string, std::vector<std::string>, std::less<>> only_with;  ///< verb: its options

  bool given(std::string_view name) const;
  /// @throws Error{internal} the program never declared it.
  const std::vector<std::string>& at(std::string_view name) const;

 private:
  void check_verb() const;
  void check_exclusive() const;
};

/// @throws Error{usage} "--offset: \"x\", want a whole number"
std::uint64_t parse_number(std::string_view name, std::string_view text);

}  // namespace sealyard::launch
