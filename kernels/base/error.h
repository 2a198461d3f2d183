// The one error type: what ended the job, as an exit code Slurm acts on, and one line of text.
#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sealyard {

/// Why a job cannot go on. The value is the exit code (sysexits.h); share/slurm holds the matching
/// RequeueExit and RequeueExitHold lines.
enum class Fault : int {
  usage = 64,          ///< the request is wrong: held for an operator
  corrupt = 65,        ///< an input has the wrong bytes: the chain repairs it
  missing = 66,        ///< an input is not there: the chain reruns the stage before
  unsupported = 69,    ///< this host cannot do it: held
  internal = 70,       ///< our bug: held, send the log
  io = 74,             ///< reading or writing failed, no space: requeued
  busy = 75,           ///< interrupted or in use by another attempt: requeued, resumes
  configuration = 78,  ///< site or job settings: held
};

/// "corrupt"; empty where the number is no fault.
std::string_view name(Fault fault);

inline int exit_code(Fault fault) { return static_cast<int>(fault); }

/// Thrown when the job cannot go on; caught once, in launch::run (jobs) or per action (chain).
/// The text is one line: which object, found, wanted, what to do.
class Error : public std::runtime_error {
 public:
  template <typename... Args>
  explicit Error(Fault why, fmt::format_string<Args...> text, Args&&... args)
      : std::runtime_error(fmt::format(text, std::forward<Args>(args)...)), fault_(why) {}

  Fault fault() const noexcept { return fault_; }

 private:
  Fault fault_;
};

}  // namespace sealyard
