// Benches of whole stages: the programs beside the bench, and a folder for their files.
#pragma once
#include <filesystem>
#include <string>

#include "jobs/stage/result.h"
#include "jobs/stage/stage.h"
#include "kernels/base/sector_id.h"
#include "tests/bench/bench.h"

namespace sealyard::bench {

/// A folder of its own in TMPDIR, gone at the end; the programs are run with their files there.
class Stages {
 public:
  explicit Stages(std::string proof_type) : proof_type_(std::move(proof_type)) {
    auto name = (std::filesystem::temp_directory_path() / "sealyard-bench-XXXXXX").string();
    if (!mkdtemp(name.data())) throw Error(Fault::io, "{}: cannot be made", name);
    folder_ = name;
  }
  ~Stages() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Stages(const Stages&) = delete;

  std::filesystem::path root(const std::string& name) const { return folder_ / name; }
  static std::string sector(unsigned i) { return "s-t01000-" + std::to_string(i + 1); }

  /// Empty sectors 0 .. n-1.
  void add_pieces(const std::string& root_name, unsigned n) const {
    for (unsigned i = 0; i < n; ++i)
      run("add-piece", root_name, sector(i) + " --cc --proof-type " + proof_type_);
  }
  Spent pc1(const std::string& root_name, unsigned n, const std::string& more) const {
    std::string sectors;
    for (unsigned i = 0; i < n; ++i) sectors += sector(i) + " ";
    return run("pc1", root_name,
               sectors + " --ticket " + std::string(64, '5') + " --parents " +
                   root("parents").string() + " " + more);
  }
  Spent pc2(const std::string& root_name, const std::string& more) const {
    return run("pc2", root_name, sector(0) + " " + more);
  }
  Spent c1(const std::string& root_name, const std::string& more) const {
    return run("c1", root_name, sector(0) + " --seed " + std::string(64, '7') + " " + more);
  }
  /// PC2 of sector 0 is to be done anew.
  void forget_pc2(const std::string& root_name) const {
    stage::remove_result(root(root_name), SectorId{1000, 1}, stage::kPc2);
    const auto work = root(root_name) / "work" / sector(0);
    for (const auto& entry : std::filesystem::directory_iterator(work))
      if (const auto name = entry.path().filename().string();
          name.starts_with("tree-c") || name.starts_with("tree-r") || name.starts_with("sealed"))
        std::filesystem::remove(entry.path());
  }
  /// What a stage declared about sector 0.
  stage::Result result(const std::string& root_name, std::string_view stage) const {
    return stage::read_result(root(root_name), SectorId{1000, 1}, stage).value();
  }

 private:
  Spent run(const std::string& stage, const std::string& root_name, const std::string& rest) const {
    const auto bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    const auto log = root(root_name + ".log").string();
    return spent_by((bin / ("seal-" + stage)).string() + " --storage " + root(root_name).string() +
                    " --sector " + rest + " >> " + log + " 2>&1 || { cat " + log +
                    " >&2; false; }");
  }

  std::string proof_type_;
  std::filesystem::path folder_;
};

}  // namespace sealyard::bench
