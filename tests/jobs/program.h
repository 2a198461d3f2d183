// Runs the real stage programs and reads what they print.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace sealyard::test {

struct Run {
  int code;  ///< exit code, or 128 + signal
  std::string out, err;

  /// The --json object.  @throws when stdout is not one.
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// argv[0] without a folder is taken from the build's bin/. Extra words "NAME=value" go in front of
/// the environment. No shell in between.
Run run(const std::vector<std::string>& argv, const std::vector<std::string>& environment = {});

/// The same under mpiexec with so many ranks.
Run mpiexec(unsigned ranks, const std::vector<std::string>& argv);

/// Started, not waited for.
class Process {
 public:
  explicit Process(const std::vector<std::string>& argv);
  ~Process();  // killed when it still runs
  Process(const Process&) = delete;
  void signal(int number) const;
  int wait();  ///< exit code, or 128 + signal
 private:
  int pid_;
};

/// A folder of its own under the system's temporary folder, gone at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string read(const std::filesystem::path& file);
void write(const std::filesystem::path& file, const std::string& bytes);

}  // namespace sealyard::test
