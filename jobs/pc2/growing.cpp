#include "jobs/pc2/growing.h"

#include <algorithm>
#include <utility>

#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"

namespace sealyard::pc2 {
namespace {

constexpr auto kPeriod = std::chrono::minutes(5);

}  // namespace

Growing::Growing(const Work& work, const sector::File& file, std::string name)
    : work_(work), file_(file), name_(std::move(name)) {
  const auto& folder = work.folder;
  temporary_ = folder.temporary(file.path);
  kept_ = temporary_ != sector::Output::beside(file.path);  // elsewhere a strange name may not stay
  if (kept_) temporary_ = folder.in_progress(name_);
  const sector::Output::Options options{.expected_bytes = file.bytes.value(), .keep = kept_};
  const auto record = sector::read_digest_record(folder, part());
  if (kept_ && record && record->key == work.replica_id) try {
      output_.emplace(sector::Output::resume(file.path, temporary_, record->written, options));
      work.job.log(fmt::format("{}: goes on behind {} of {} bytes", name_, record->written.bytes,
                               file.bytes.value()));
      return;
    } catch (const Error& error) {
      work.job.log(fmt::format("{}: made anew: {}", name_, error.what()));
    }
  sector::require_space(file.path.parent_path(), file.bytes.value());
  output_.emplace(file.path, temporary_, options);
}

void Growing::see_kept(std::uint64_t block,
                       const std::function<void(std::span<const Node>)>& see) const {
  if (nodes() == 0) return;
  const auto file = sector::Mapping::read(temporary_);
  file.sequential();
  for (std::uint64_t at = 0; at < nodes(); at += block) {
    see(file.nodes().subspan(at, std::min(block, nodes() - at)));
    file.forget();
  }
}

void Growing::checkpoint() {
  if (!kept_) return;
  const auto written = output_->sync();
  sector::write_digest_record(work_.folder, part(), {work_.replica_id, Node{}, written},
                              work_.lock);
  last_ = std::chrono::steady_clock::now();
  work_.job.log(
      fmt::format("checkpoint: {}, {} of {} bytes", name_, written.bytes, file_.bytes.value()));
}

void Growing::checkpoint_if_due() {
  if (std::chrono::steady_clock::now() - last_ >= kPeriod) checkpoint();
}

sector::DigestRecord Growing::commit(const Node& root) {
  const sector::DigestRecord record{work_.replica_id, root, output_->commit(work_.lock)};
  sector::write_digest_record(work_.folder, name_, record, work_.lock);
  sector::remove_digest_record(work_.folder, part());
  return record;
}

}  // namespace sealyard::pc2
