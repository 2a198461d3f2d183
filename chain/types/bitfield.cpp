#include "chain/types/bitfield.h"

#include <algorithm>

#include "kernels/base/error.h"

namespace sealyard::types {
namespace {

constexpr std::uint64_t kEnd = UINT64_MAX;  // the first number that no set holds

std::uint64_t end_of(const Bitfield::Run& run) { return run.first + run.count; }

}  // namespace

Bitfield::Bitfield(std::initializer_list<std::uint64_t> members) {
  for (const auto member : members) insert(member);
}

Bitfield Bitfield::of(const std::vector<std::uint64_t>& members) {
  Bitfield set;
  for (const auto member : members) set.insert(member);
  return set;
}

Bitfield Bitfield::range(std::uint64_t first, std::uint64_t count) {
  Bitfield set;
  set.insert(first, count);
  return set;
}

Bitfield Bitfield::from_run_lengths(const std::vector<std::uint64_t>& lengths) {
  Bitfield set;
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (lengths[i] == 0 && i > 0)
      throw Error(Fault::usage, "bitfield: run {} has length 0; only the first may", i);
    if (lengths[i] > kEnd - at) throw Error(Fault::usage, "bitfield: runs reach above 2^64");
    if (i % 2 == 1) set.runs_.push_back({at, lengths[i]});
    at += lengths[i];
  }
  return set;
}

std::vector<std::uint64_t> Bitfield::run_lengths() const {
  std::vector<std::uint64_t> lengths;
  std::uint64_t at = 0;
  for (const auto& run : runs_) {
    lengths.push_back(run.first - at);
    lengths.push_back(run.count);
    at = end_of(run);
  }
  if (lengths.empty()) lengths.push_back(0);
  return lengths;
}

void Bitfield::insert(std::uint64_t first, std::uint64_t count) {
  if (count == 0) return;
  if (count > kEnd - first) throw Error(Fault::usage, "bitfield: a run reaches above 2^64");
  std::uint64_t end = first + count;
  // Runs that overlap or touch the new one melt into it.
  const auto from = std::partition_point(runs_.begin(), runs_.end(),
                                         [&](const Run& run) { return end_of(run) < first; });
  auto to = from;
  for (; to != runs_.end() && to->first <= end; ++to) {
    first = std::min(first, to->first);
    end = std::max(end, end_of(*to));
  }
  const auto at = runs_.erase(from, to);
  runs_.insert(at, {first, end - first});
}

bool Bitfield::contains(std::uint64_t member) const {
  const auto run = std::partition_point(runs_.begin(), runs_.end(),
                                        [&](const Run& r) { return end_of(r) <= member; });
  return run != runs_.end() && run->first <= member;
}

std::uint64_t Bitfield::size() const {
  std::uint64_t size = 0;
  for (const auto& run : runs_) size += run.count;
  return size;
}

std::vector<std::uint64_t> Bitfield::members(std::uint64_t limit) const {
  if (size() > limit)
    throw Error(Fault::usage, "bitfield: {} members, want at most {}", size(), limit);
  std::vector<std::uint64_t> members;
  members.reserve(size());
  for (const auto& run : runs_)
    for (std::uint64_t i = 0; i < run.count; ++i) members.push_back(run.first + i);
  return members;
}

Bitfield Bitfield::operator|(const Bitfield& other) const {
  Bitfield both = *this;
  for (const auto& run : other.runs_) both.insert(run.first, run.count);
  return both;
}

Bitfield Bitfield::operator-(const Bitfield& other) const {
  Bitfield rest;
  auto cut = other.runs_.begin();
  for (const auto& run : runs_) {
    std::uint64_t at = run.first;
    while (cut != other.runs_.end() && end_of(*cut) <= at) ++cut;
    for (auto c = cut; c != other.runs_.end() && c->first < end_of(run); ++c) {
      if (c->first > at) rest.runs_.push_back({at, c->first - at});
      at = std::max(at, std::min(end_of(*c), end_of(run)));
    }
    if (at < end_of(run)) rest.runs_.push_back({at, end_of(run) - at});
  }
  return rest;
}

}  // namespace sealyard::types
