#include "jobs/c2/prove.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "jobs/c2/input.h"
#include "jobs/ranks/ranks.h"
#include "kernels/base/error.h"
#include "kernels/groth16/prove.h"
#include "kernels/groth16/verify.h"

namespace sealyard::c2 {
namespace {

using groth16::ProofBytes;

class Prover {
 public:
  explicit Prover(const Work& work)
      : work_(work), inputs_(inputs(work.c1)), proofs_(inputs_.size()), there_(inputs_.size()) {}

  std::vector<std::uint8_t> all() {
    find_kept();
    std::vector<unsigned> todo;
    for (unsigned k = 0; k < proofs_.size(); ++k)
      if (!there_[k]) todo.push_back(k);
    if (todo.size() < proofs_.size())
      work_.job.log(fmt::format("{} of {} partitions were proven before",
                                proofs_.size() - todo.size(), proofs_.size()));
    const auto mine = work_.job.ranks().mine(todo.size());
    for (auto i = mine.begin; i < mine.end; ++i) {
      work_.job.progress(i - mine.begin, mine.size(), "partitions", "proving");
      make(todo[i]);
    }
    return collect(std::span(todo).subspan(mine.begin, mine.size()));
  }

 private:
  std::optional<std::string> refusal(unsigned k, const ProofBytes& proof) const {
    return groth16::refusal(work_.key.params().key(), std::span(inputs_).subspan(k, 1), proof);
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

  void make(unsigned k) {
    work_.job.throw_if_stopping();
    groth16::Assignment assignment(work_.density.counts());
    circuit_of(work_.c1, k)(assignment);
    assignment.finish();
    const auto& name = work_.fixed_randomness;
    const auto blinding =
        name.empty() ? groth16::Blinding::random() : groth16::Blinding::named(name, k);
    proofs_[k] = groth16::to_bytes(groth16::prove(work_.key.params(), work_.density, assignment,
                                                  blinding, work_.job.threads()));
    if (const auto why = refusal(k, proofs_[k]))
      throw Error(Fault::internal, "partition {}: a proof of ours does not hold: {}", k, *why);
    work_.checkpoints.keep(k, proofs_[k], work_.lock);
    work_.job.log(fmt::format("partition {} of {} is proven", k, proofs_.size()));
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
  std::vector<std::vector<circuit::Fr>> inputs_;
  std::vector<ProofBytes> proofs_;
  std::vector<std::uint8_t> there_;  // 1: found at the start
};

}  // namespace

std::vector<std::uint8_t> prove(const Work& work) { return Prover(work).all(); }

}  // namespace sealyard::c2
