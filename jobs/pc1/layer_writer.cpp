#include "jobs/pc1/layer_writer.h"

#include <algorithm>
#include <utility>

namespace sealyard::pc1 {
namespace {

// Enough for the disk to stream, little enough for a checkpoint to wait for.
constexpr std::uint64_t kWriteNodes = std::uint64_t{1} << 18;
// Less where they are picked out of a batch first, since each of its sectors has such a buffer.
constexpr std::uint64_t kGatherNodes = std::uint64_t{1} << 14;

sector::Output open(const sector::Folder& folder, const sector::LayerRecord& record) {
  const auto target = folder.layer(record.layer);
  const auto temporary = folder.layer_in_progress(record.layer);
  const sector::Output::Options options{.expected_bytes = target.bytes.value(), .keep = true};
  if (record.nodes == 0) return sector::Output(target.path, temporary, options);
  return sector::Output::resume(target.path, temporary, record.written, options);
}

}  // namespace

LayerWriter::LayerWriter(const sector::Folder& folder, const sector::Lock& lock,
                         sector::LayerRecord record, const Column& layer)
    : folder_(folder),
      lock_(lock),
      record_(std::move(record)),
      layer_(layer),
      output_(open(folder, record_)),
      computed_(record_.nodes),
      written_(record_.nodes),
      thread_([this] { run(); }) {}

LayerWriter::~LayerWriter() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void LayerWriter::run() {
  std::unique_lock guard(mutex_);
  for (;;) {
    changed_.wait(guard, [this] { return ending_ || written_ < computed_; });
    if (ending_) return;
    const auto first = written_;
    auto count = computed_ - written_;
    guard.unlock();
    std::exception_ptr failure;
    try {
      count = write(first, count);
    } catch (...) {
      failure = std::current_exception();
    }
    guard.lock();
    if (failure) {
      failure_ = failure;
      changed_.notify_all();
      return;
    }
    written_ = first + count;
    changed_.notify_all();
  }
}

std::uint64_t LayerWriter::write(std::uint64_t first, std::uint64_t most) {
  if (layer_.stride == 1) {
    const auto count = std::min(most, kWriteNodes);
    output_.write(std::span(layer_.data + first, count));
    return count;
  }
  const auto count = std::min(most, kGatherNodes);
  gathered_.resize(count);
  for (std::uint64_t i = 0; i < count; ++i) gathered_[i] = layer_.data[(first + i) * layer_.stride];
  output_.write(gathered_);
  return count;
}

void LayerWriter::rethrow() {
  if (failure_) std::rethrow_exception(failure_);
}

void LayerWriter::computed(std::uint64_t nodes) {
  const std::lock_guard guard(mutex_);
  rethrow();
  computed_ = std::max(computed_, nodes);
  changed_.notify_all();
}

void LayerWriter::drain() {
  std::unique_lock guard(mutex_);
  changed_.wait(guard, [this] { return failure_ || written_ == computed_; });
  rethrow();
}

void LayerWriter::checkpoint() {
  drain();  // the thread now waits for computed(), so the output is ours
  record_.written = output_.sync();
  record_.nodes = written_;
  sector::write(folder_, record_, lock_);
}

sector::LayerRecord LayerWriter::finish() {
  drain();
  record_.written = output_.commit(&lock_);
  record_.nodes = layer_.nodes;
  sector::write(folder_, record_, lock_);
  return record_;
}

}  // namespace sealyard::pc1
