// An output that a stopped attempt leaves to the next.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "jobs/pc2/trees.h"
#include "jobs/sector/digest_record.h"
#include "jobs/sector/output.h"

namespace sealyard::pc2 {

/// A file written from front to back, a function of the replica id alone. checkpoint() makes what
/// is written durable, with a record; an attempt that comes later goes on there (SEAL-08).
class Growing {
 public:
  /// @param name  of its records: "tree-c-3".
  /// @throws Error{io} no space.
  Growing(const Work& work, const sector::File& file, std::string name);

  std::uint64_t nodes() const { return output_->bytes() / kNodeBytes; }  ///< written
  /// Those that an earlier attempt wrote, proven by their digest, block by block.
  void see_kept(std::uint64_t block, const std::function<void(std::span<const Node>)>& see) const;

  void write(std::span<const Node> nodes) { output_->write(nodes); }
  void checkpoint();
  /// As checkpoint(), when the last one is long ago.
  void checkpoint_if_due();
  /// The file gets its name and its record, which it returns.
  sector::DigestRecord commit(const Node& root);

 private:
  std::string part() const { return name_ + "-part"; }

  const Work& work_;
  sector::File file_;
  std::string name_;
  std::filesystem::path temporary_;
  bool kept_;  // survives this process
  std::optional<sector::Output> output_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace sealyard::pc2
