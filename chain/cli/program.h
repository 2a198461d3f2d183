// Programs that a command runs for what needs kernels.
#pragma once
#include <string>
#include <vector>

namespace sealyard::cli {

struct Ended {
  int code = 0;
  std::string out;  ///< what it said on stdout; its stderr is ours
};

/// Runs a program to its end.  @param words  its path first.
/// @throws Error{configuration} it cannot be run; Error{io}
Ended run_program(std::vector<std::string> words);

}  // namespace sealyard::cli
