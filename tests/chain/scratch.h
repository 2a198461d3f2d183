// A folder of its own for one test case, removed at its end.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

class Scratch {
 public:
  Scratch() : Scratch(std::filesystem::temp_directory_path()) {}
  /// In `parent` where it is there, else where temporary files go.
  explicit Scratch(const std::filesystem::path& parent) {
    const auto folder =
        std::filesystem::is_directory(parent) ? parent : std::filesystem::temp_directory_path();
    std::string name = (folder / "sealyard-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no scratch folder: " + name);
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};
