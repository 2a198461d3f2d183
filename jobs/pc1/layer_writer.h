// Writes a layer while it is computed, by a thread of its own, with checkpoints.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "jobs/sector/layer_record.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/output.h"

namespace sealyard::pc1 {

/// One sector's nodes among those of a batch: node i is data[i * stride].
struct Column {
  const Node* data;
  std::size_t stride;
  std::uint64_t nodes;
};

/// Follows the labelling thread: what it says is computed is hashed and written in order. A
/// checkpoint makes everything said so far durable and leaves a record, so that a later attempt
/// goes on there. Destroyed without finish(), what is written stays for that attempt.
class LayerWriter {
 public:
  /// @param record  layer, replica id and digest of the layer before; nodes and written: what a
  ///                checkpoint already holds (0 nodes: nothing).
  /// @throws Error{corrupt} the bytes of the checkpoint are not those on record.
  LayerWriter(const sector::Folder& folder, const sector::Lock& lock, sector::LayerRecord record,
              const Column& layer);
  ~LayerWriter();
  LayerWriter(const LayerWriter&) = delete;

  /// Nodes below `nodes` are computed; those of the checkpoint again: they are not written twice.
  /// @throws what went wrong in the thread.
  void computed(std::uint64_t nodes);
  /// Makes them durable before it returns.
  void checkpoint();
  /// All nodes are computed: the layer gets its name and its record.
  sector::LayerRecord finish();

 private:
  void run();
  std::uint64_t write(std::uint64_t first, std::uint64_t most);  // nodes written
  void drain();  // waits until everything computed is written
  void rethrow();

  const sector::Folder& folder_;
  const sector::Lock& lock_;
  sector::LayerRecord record_;
  Column layer_;
  sector::Output output_;
  std::vector<Node> gathered_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t computed_, written_;
  bool ending_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace sealyard::pc1
