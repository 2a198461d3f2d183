// Runs seal-winning-post for one epoch.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace sealyard::winning {

/// One proof at a time.
class Prover {
 public:
  virtual ~Prover() = default;
  /// @param order, result  files, as seal-winning-post has them.
  /// @throws Error{io} it does not start.
  virtual void start(const std::filesystem::path& order, const std::filesystem::path& result) = 0;
  virtual bool runs() = 0;
  /// Ends it and everything that it started; nothing where none runs.
  virtual void stop() = 0;
};

/// As a process of this host, or as what a command makes of it: a step of a standing allocation,
/// which starts in 0.04 s where a job takes a second.
class ProcessProver : public Prover {
 public:
  /// @param program      seal-winning-post, with its folder.
  /// @param run          words before it, read by /bin/sh: "srun --overlap --jobid=77 -n1".
  /// @param environment  besides our own, which it gets without its secrets.
  ProcessProver(std::filesystem::path program, std::string run,
                std::map<std::string, std::string> environment);
  ~ProcessProver() override;

  /// Other words from the next start on.
  void run_as(std::string run) { run_ = std::move(run); }

  void start(const std::filesystem::path& order, const std::filesystem::path& result) override;
  bool runs() override;
  void stop() override;

 private:
  std::filesystem::path program_;
  std::string run_;
  std::map<std::string, std::string> environment_;
  pid_t pid_ = 0;
};

}  // namespace sealyard::winning
