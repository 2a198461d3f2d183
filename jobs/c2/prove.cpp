#include "jobs/c2/prove.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "jobs/c2/input.h"
#include "jobs/ranks/ranks.h"
#include "kernels/base/error.h"
#include "kernels/device/share.h"
#include "kernels/groth16/gpu.h"
#include "kernels/groth16/prove.h"
#include "kernels/groth16/verify.h"

namespace sealyard::c2 {
namespace {

using groth16::ProofBytes;

class Prover {
 public:
  explicit Prover(const Work& work)
      : work_(work),
        share_(groth16::share_for(work.density, work.job.share())),
        inputs_(inputs(work.c1)),
        proofs_(inputs_.size()),
        there_(inputs_.size()) {
    if (share_.backend != work.job.backend())
      work.job.warn(fmt::format("the GPU has less than {} MiB free; proving on the CPU",
                                groth16::gpu_bytes(work.density) >> 20));
  }

  std::vector<std::uint8_t> all() {
    find_kept();
    std::vector<unsigned> todo;
    for (unsigned k = 0; k < proofs_.size(); ++k)
      if (!there_[k]) todo.push_back(k);
    if (todo.size() < proofs_.size())
      work_.job.log(fmt::format("{} of {} partitions were proven before",
                                proofs_.size() - todo.size(), proofs_.size()));
    const auto range = work_.job.ranks().mine(todo.size());
    const auto mine = std::span<const unsigned>(todo).subspan(range.begin, range.size());
    const auto how =
        plan(work_.job, work_.c1.porep, work_.memory, static_cast<unsigned>(mine.size()));
    if (!mine.empty()) work_.job.log(text(how));
    total_points_ = mine.size() * points_of_a_proof();
    // A damaged file is found now and not hours later. Not where memory is short: this reads all
    // of it, and each point is looked at again before it is used.
    if (!mine.empty() && !how.lean)
      work_.parameters.params().check_points(work_.job.threads(), curve::Inspection::on_curve);
    for (std::size_t at = 0; at < mine.size(); at += how.group) {
      const auto group = mine.subspan(at, std::min<std::size_t>(how.group, mine.size() - at));
      how.lean ? make_lean(group) : make(group);
    }
    return collect(mine);
  }

 private:
  std::optional<std::string> refusal(unsigned k, const ProofBytes& proof) const {
    return groth16::refusal(work_.parameters.key().key, std::span(inputs_).subspan(k, 1), proof);
  }

  // The first rank looks, all know: a rank that is already proving must change nobody's mind.
  void find_kept() {
    auto& ranks = work_.job.ranks();
    if (ranks.first())
      for (unsigned k = 0; k < proofs_.size(); ++k)
        if (const auto kept = work_.checkpoints.find(k); kept && !refusal(k, *kept)) {
          proofs_[k] = *kept;
          there_[k] = 1;
        }
    ranks.broadcast(there_);
  }

  void make(std::span<const unsigned> group) {
    tell(0, group);
    std::vector<groth16::Assignment> assignments;
    std::vector<groth16::Blinding> blindings;
    for (const auto k : group) {
      assignments.emplace_back(work_.density.counts());
      blindings.push_back(blinding(k));
    }
    device::for_ranges(work_.job.threads(), group.size(), 1, [&](auto begin, auto end) {
      for (auto i = begin; i < end; ++i) {
        circuit_of(work_.c1, group[i])(assignments[i]);
        assignments[i].finish();
      }
    });
    const auto proofs =
        groth16::prove(work_.parameters.params(), work_.density, assignments, blindings, share_,
                       [&](std::uint64_t points, std::uint64_t) { tell(points, group); });
    for (std::size_t i = 0; i < group.size(); ++i) finish(group[i], proofs[i]);
  }

  void make_lean(std::span<const unsigned> one) {
    tell(0, one);
    const auto progress = [&](std::uint64_t points, std::uint64_t) {
      work_.parameters.forget();
      tell(points, one);
    };
    const auto k = one.front();
    finish(k, groth16::prove_lean(work_.parameters.params(), work_.density, circuit_of(work_.c1, k),
                                  blinding(k), share_, progress));
  }

  groth16::Blinding blinding(unsigned k) const {
    const auto& name = work_.fixed_randomness;
    return name.empty() ? groth16::Blinding::random() : groth16::Blinding::named(name, k);
  }

  std::uint64_t points_of_a_proof() const {
    return groth16::points_of_a_proof(work_.parameters.params().sizes());
  }

  void tell(std::uint64_t points, std::span<const unsigned> group) {
    work_.job.throw_if_stopping();
    work_.job.progress(done_points_ + points, total_points_, "points",
                       group.size() == 1
                           ? fmt::format("partition {} of {}", group.front() + 1, proofs_.size())
                           : fmt::format("{} partitions from {} of {}", group.size(),
                                         group.front() + 1, proofs_.size()));
  }

  void finish(unsigned k, const groth16::Proof& proof) {
    proofs_[k] = groth16::to_bytes(proof);
    if (const auto why = refusal(k, proofs_[k]))
      throw Error(Fault::internal, "partition {}: a proof of ours does not hold: {}", k, *why);
    work_.checkpoints.keep(k, proofs_[k], work_.lock);
    work_.job.log(fmt::format("partition {} of {} is proven", k + 1, proofs_.size()));
    done_points_ += points_of_a_proof();
  }

  std::vector<std::uint8_t> collect(std::span<const unsigned> mine) {
    std::string bytes;
    for (const auto k : mine) {
      bytes.append(reinterpret_cast<const char*>(&k), sizeof k);
      bytes.append(proofs_[k].begin(), proofs_[k].end());
    }
    const auto all = work_.job.ranks().gather(bytes);
    std::vector<std::uint8_t> whole;
    if (!work_.job.ranks().first()) return whole;
    for (const auto& part : all)
      for (std::size_t at = 0; at < part.size(); at += sizeof(unsigned) + groth16::kProofBytes) {
        unsigned k = 0;
        std::memcpy(&k, part.data() + at, sizeof k);
        std::copy_n(part.data() + at + sizeof k, groth16::kProofBytes, proofs_.at(k).begin());
      }
    for (const auto& proof : proofs_) whole.insert(whole.end(), proof.begin(), proof.end());
    return whole;
  }

  const Work& work_;
  device::Share share_;
  std::vector<std::vector<circuit::Fr>> inputs_;
  std::vector<ProofBytes> proofs_;
  std::vector<std::uint8_t> there_;                   // 1: found at the start
  std::uint64_t done_points_ = 0, total_points_ = 0;  // of this rank
};

}  // namespace

std::vector<std::uint8_t> prove(const Work& work) { return Prover(work).all(); }

}  // namespace sealyard::c2
