// CommP and CommD: binary trees over padded nodes.
#include <algorithm>
#include <array>
#include <bit>

#include "kernels/base/error.h"
#include "kernels/fr32/fr32.h"
#include "kernels/piece/piece.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::piece {
namespace {

// High enough that the few pairs of the upper rows weigh little; 128 KiB stay in a core's cache.
constexpr unsigned kBatchHeight = 12;
constexpr std::size_t kBatchNodes = std::size_t{1} << kBatchHeight;
constexpr std::uint64_t kMinPaddedBytes = fr32::kPaddedBlockBytes;

// One pair: which backend is of no weight here.
Node join(const Node& left, const Node& right) {
  const std::array children{left, right};
  Node parent;
  sha256::hash_pairs(children, std::span(&parent, 1), Backend::portable);
  return parent;
}

// Z of every height that a 64-bit size has.
const std::array<Node, 60>& zeros() {
  static const auto table = [] {
    std::array<Node, 60> z{};
    for (std::size_t i = 1; i < z.size(); ++i) z[i] = join(z[i - 1], z[i - 1]);
    return z;
  }();
  return table;
}

struct Sized {
  Node comm;
  std::uint64_t bytes;
};

// Joins the two top entries while they are of one size; the earlier one goes left.
// Source: rust-fil-proofs, filecoin-proofs/src/pieces.rs, Stack::shift_reduce().
void shift_reduce(std::vector<Sized>& stack, Sized next) {
  stack.push_back(next);
  while (stack.size() >= 2 && stack[stack.size() - 2].bytes == stack.back().bytes) {
    const Sized right = stack.back();
    stack.pop_back();
    stack.back() = {join(stack.back().comm, right.comm), 2 * right.bytes};
  }
}

void check(std::uint64_t sector_bytes, std::span<const PieceInfo> pieces) {
  if (!std::has_single_bit(sector_bytes) || sector_bytes < kMinPaddedBytes)
    throw Error(Fault::usage, "CommD: sector of {} bytes, want a power of two of at least {}",
                sector_bytes, kMinPaddedBytes);
  const std::uint64_t most = sector_bytes / kMinPaddedBytes;
  if (pieces.size() > most)
    throw Error(Fault::usage, "CommD: {} pieces, a sector of {} bytes holds at most {}",
                pieces.size(), sector_bytes, most);
  std::uint64_t room = sector_bytes;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& [comm_p, bytes] = pieces[i];
    if (!std::has_single_bit(bytes) || bytes < kMinPaddedBytes)
      throw Error(Fault::usage,
                  "CommD: piece {} is {} padded bytes, want a power of two of at least {}", i,
                  bytes, kMinPaddedBytes);
    if (bytes > room)
      throw Error(Fault::usage, "CommD: pieces 0 to {} are more than the {} bytes of the sector", i,
                  sector_bytes);
    if (comm_p == Node{})
      throw Error(Fault::usage, "CommD: piece {}: Invalid all zero commitment", i);
    room -= bytes;
  }
}

}  // namespace

Node zero_commitment(std::uint64_t padded_bytes) {
  if (!std::has_single_bit(padded_bytes) || padded_bytes < kNodeBytes)
    throw Error(Fault::usage, "zero commitment: {} bytes, want a power of two of at least {}",
                padded_bytes, kNodeBytes);
  return zeros().at(static_cast<std::size_t>(std::countr_zero(padded_bytes / kNodeBytes)));
}

Node comm_d(std::uint64_t sector_bytes, std::span<const PieceInfo> pieces) {
  check(sector_bytes, pieces);
  if (pieces.empty()) return zero_commitment(sector_bytes);
  std::vector<Sized> stack;
  const auto add_zeros = [&stack] {
    const std::uint64_t bytes = stack.back().bytes;
    shift_reduce(stack, {zero_commitment(bytes), bytes});
  };
  for (const auto& [comm_p, bytes] : pieces) {
    while (!stack.empty() && stack.back().bytes < bytes) add_zeros();
    shift_reduce(stack, {comm_p, bytes});
  }
  while (stack.size() > 1) add_zeros();
  return stack.front().comm;
}

CommP::CommP(Backend backend) : backend_(backend) { batch_.reserve(kBatchNodes); }

void CommP::add(std::span<const Node> padded) {
  nodes_ += padded.size();
  while (!padded.empty()) {
    if (batch_.empty() && padded.size() >= kBatchNodes) {  // hashed where it lies
      fold(padded.first(kBatchNodes));
      padded = padded.subspan(kBatchNodes);
      continue;
    }
    const auto taken = std::min(padded.size(), kBatchNodes - batch_.size());
    batch_.insert(batch_.end(), padded.begin(),
                  padded.begin() + static_cast<std::ptrdiff_t>(taken));
    padded = padded.subspan(taken);
    if (batch_.size() < kBatchNodes) return;
    fold(batch_);
    batch_.clear();
  }
}

void CommP::add_zeros(std::uint64_t nodes) {
  const Node zero;
  while (nodes != 0) {
    if (!batch_.empty() || nodes < kBatchNodes) {
      add(std::span(&zero, 1));
      --nodes;
      continue;
    }
    // The largest subtree that begins here and fits.
    auto height = static_cast<unsigned>(std::bit_width(nodes)) - 1;
    if (nodes_ != 0) height = std::min(height, static_cast<unsigned>(std::countr_zero(nodes_)));
    push({zeros().at(height), height});
    nodes_ += std::uint64_t{1} << height;
    nodes -= std::uint64_t{1} << height;
  }
}

// A full batch becomes one subtree, row by row.
void CommP::fold(std::span<const Node> leaves) {
  rows_.resize(kBatchNodes / 2);
  sha256::hash_pairs(leaves, rows_, backend_);
  for (std::size_t n = kBatchNodes / 4; n != 0; n /= 2)
    sha256::hash_pairs(std::span(rows_).first(2 * n), std::span(rows_).first(n), backend_);
  push({rows_.front(), kBatchHeight});
}

void CommP::push(Subtree subtree) {
  while (!stack_.empty() && stack_.back().height == subtree.height) {
    subtree = {join(stack_.back().root, subtree.root), subtree.height + 1};
    stack_.pop_back();
  }
  stack_.push_back(subtree);
}

PieceInfo CommP::finish() {
  const std::uint64_t bytes = padded_bytes();
  if (!std::has_single_bit(bytes) || bytes < kMinPaddedBytes)
    throw Error(Fault::usage, "CommP: {} padded bytes, want a power of two of at least {}", bytes,
                kMinPaddedBytes);
  for (const auto& node : batch_) push({node, 0});
  const PieceInfo info{stack_.front().root, bytes};
  batch_.clear();
  stack_.clear();
  nodes_ = 0;
  return info;
}

}  // namespace sealyard::piece
