// A Request as libslurm's job description. Included by slurm/*.cpp only.
#pragma once
#include <deque>
#include <string>
#include <vector>

#include "slurm/request.h"
#include "slurm/version.h"

namespace sealyard::slurm {

/// Owns every string the description points to; libslurm must not free it. Neither copied nor
/// moved: the description holds addresses of members.
class Description {
 public:
  /// @throws Error{usage} the request cannot be expressed.
  explicit Description(const Request& request);
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;

  job_desc_msg_t* get() { return &message_; }
  char* keep(std::string text);  ///< the text for as long as the description lives

 private:
  void fill_resources(const Request& request);
  void fill_place(const Request& request);
  void fill_environment(const Request& request);

  job_desc_msg_t message_;
  std::deque<std::string> strings_;
  std::vector<char*> environment_;
};

std::uint32_t to_minutes(std::int64_t seconds);
std::uint64_t to_mib(std::uint64_t bytes);
std::string to_gres(const std::vector<Counted>& gres);
std::string to_licences(const std::vector<Counted>& licences);

}  // namespace sealyard::slurm
