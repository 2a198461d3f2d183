#include "jobs/pc2/synthetic.h"

#include <algorithm>
#include <vector>

#include "jobs/ranks/ranks.h"
#include "jobs/sector/digest_record.h"
#include "jobs/sector/mapping.h"
#include "jobs/sector/vanilla_sector.h"
#include "kernels/base/error.h"
#include "kernels/challenges/challenges.h"
#include "kernels/vanilla/synthetic.h"

namespace sealyard::pc2 {
namespace {

constexpr std::uint64_t kBlockRecords = 1024;
// Upper rows of each tree kept in memory while proofs are made: 128 MiB a tree at most.
constexpr std::uint64_t kHeldNodes = std::uint64_t{1} << 22;

void write_records(const Work& work, const Node& comm_r, std::span<std::uint8_t> out) {
  const auto& porep = work.folder.porep();
  const auto share = work.job.share();
  const sector::VanillaSector source(work.folder, work.replica_id, kHeldNodes, share);
  const auto challenges =
      challenges::synthetic(work.replica_id, comm_r, porep.nodes(), porep.synthetic_challenges());
  const auto record = vanilla::synthetic_record_bytes(porep);
  for (std::uint64_t at = 0; at < challenges.size(); at += kBlockRecords) {
    const auto count = std::min<std::uint64_t>(kBlockRecords, challenges.size() - at);
    vanilla::write_synthetic_records(source.sector(), std::span(challenges).subspan(at, count),
                                     out.subspan(at * record, count * record), share.threads);
    work.job.progress(at + count, challenges.size(), "proofs", "synthetic proofs");
    work.job.throw_if_stopping();
  }
}

}  // namespace

sector::Written make_synthetic_proofs(const Work& work, const vanilla::Commitments& roots,
                                      const Node& comm_r) {
  sector::Written written;
  const auto file = work.folder.synthetic();
  if (work.job.ranks().first()) {
    if (const auto kept = sector::find_trusted(work.folder, file, "synthetic", work.replica_id)) {
      written = kept->written;
    } else {
      sector::require_space(work.folder.cache(), file.bytes.value());
      sector::MappedOutput output(work.folder, file);
      const auto head = vanilla::encode_synthetic_head(roots);
      std::copy(head.begin(), head.end(), output.bytes().begin());
      write_records(work, comm_r, output.bytes().subspan(head.size()));
      written = output.commit(work.lock);
      sector::write_digest_record(work.folder, "synthetic", {work.replica_id, comm_r, written},
                                  work.lock);
    }
  }
  work.job.ranks().barrier();
  return written;
}

}  // namespace sealyard::pc2
