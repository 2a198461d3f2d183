#include "kernels/groth16/query_sum.h"

#include <algorithm>

#include "kernels/base/error.h"
#include "kernels/circuit/sink.h"
#include "kernels/curve/msm.h"
#include "kernels/device/share.h"
#include "kernels/groth16/params.h"

namespace sealyard::groth16 {
namespace {

using circuit::kOne;
using curve::Affine;
using curve::EncodedPoints;
using curve::Point;
using field::Fr;

// Collects points to be added, of one kind.
template <typename Group>
class Part {
 public:
  Part(const EncodedPoints<Group>& points, std::size_t first, ListName name, unsigned threads,
       const Pace& pace, curve::EncodedSums<Group>* gpu)
      : points_(points), name_(name), threads_(threads), pace_(pace), told_(first), gpu_(gpu) {}

  void one(std::size_t at) {
    ones_.push_back(static_cast<std::uint32_t>(at));
    if (ones_.size() == pace_.part) {
      flush_ones();
      tell(at + 1);
    }
  }
  void other(std::size_t at, const Fr& value) {
    others_.push_back(static_cast<std::uint32_t>(at));
    values_.push_back(value);
    if (others_.size() == pace_.part) {
      flush_others();
      tell(at + 1);
    }
  }
  Point<Group> total(std::size_t end) {
    flush_ones();
    flush_others();
    tell(end);
    return total_;
  }

 private:
  void tell(std::size_t at) {
    if (pace_.done) pace_.done(at - told_);
    told_ = at;
  }
  void flush_ones() {
    if (gpu_) {
      total_ += sum_on_gpu(ones_, nullptr);
    } else {
      decode(ones_);
      total_ += curve::sum<Group>(std::span(decoded_).first(ones_.size()), threads_);
    }
    ones_.clear();
  }
  void flush_others() {
    if (gpu_) {
      total_ += sum_on_gpu(others_, values_.data());
    } else {
      decode(others_);
      total_ +=
          curve::multiply<Group>(std::span(decoded_).first(others_.size()), values_, threads_);
    }
    others_.clear();
    values_.clear();
  }
  Point<Group> sum_on_gpu(std::span<const std::uint32_t> places, const Fr* values) {
    if (places.empty()) return {};
    auto* const room = gpu_->room(places.size());
    each(places, [&](std::size_t i) {
      std::ranges::copy(points_.bytes(places[i]), room + i * Group::kBytes);
    });
    std::size_t bad = 0;
    const auto sum = gpu_->sum(places.size(), values, bad);
    if (bad == places.size()) return sum;
    const auto flaw = points_.at(places[bad], curve::Inspection::on_curve).flaw;
    if (flaw == curve::Flaw::none)
      throw Error(Fault::internal, "{}: list {}, point {}: none for the GPU, but it is one",
                  name_.file, name_.list, places[bad]);
    throw bad_point(name_.file, name_.list, places[bad], flaw);
  }
  void decode(std::span<const std::uint32_t> places) {
    decoded_.resize(std::max(decoded_.size(), places.size()));
    each(places, [&](std::size_t i) {
      const auto out = points_.at(places[i], curve::Inspection::on_curve);
      if (out.flaw != curve::Flaw::none)
        throw bad_point(name_.file, name_.list, places[i], out.flaw);
      decoded_[i] = out.point;
    });
  }
  template <typename Work>
  void each(std::span<const std::uint32_t> places, Work&& work) {
    device::for_ranges(threads_, places.size(), 256, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) work(i);
    });
  }

  const EncodedPoints<Group>& points_;
  ListName name_;
  unsigned threads_;
  const Pace& pace_;
  std::size_t told_;
  curve::EncodedSums<Group>* gpu_;  // null: on the host
  Point<Group> total_;
  std::vector<std::uint32_t> ones_, others_;
  std::vector<Fr> values_;
  std::vector<Affine<Group>> decoded_;
};

}  // namespace

template <typename Group>
Point<Group> query_sum(const EncodedPoints<Group>& points, std::size_t first,
                       std::span<const Fr> values, const circuit::IndexSet* chosen, ListName name,
                       unsigned threads, const Pace& pace, curve::EncodedSums<Group>* gpu) {
  const std::size_t wanted = first + (chosen ? chosen->size() : values.size());
  if (points.size() < wanted)
    throw Error(Fault::usage, "{}: {} points in list {}, the circuit wants {}", name.file,
                points.size(), name.list, wanted);
  Part<Group> part(points, first, name, threads, pace, gpu);
  std::size_t at = first;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (chosen && !chosen->contains(i)) continue;
    if (values[i] == kOne)
      part.one(at);
    else if (!(values[i] == Fr{}))
      part.other(at, values[i]);
    ++at;
  }
  return part.total(at);
}

template Point<curve::G1> query_sum<curve::G1>(const EncodedPoints<curve::G1>&, std::size_t,
                                               std::span<const Fr>, const circuit::IndexSet*,
                                               ListName, unsigned, const Pace&,
                                               curve::EncodedSums<curve::G1>*);
template Point<curve::G2> query_sum<curve::G2>(const EncodedPoints<curve::G2>&, std::size_t,
                                               std::span<const Fr>, const circuit::IndexSet*,
                                               ListName, unsigned, const Pace&,
                                               curve::EncodedSums<curve::G2>*);

}  // namespace sealyard::groth16
