#include "jobs/proving/sector_files.h"

#include <fcntl.h>

#include <algorithm>
#include <numeric>

#include "jobs/sector/descriptor.h"
#include "jobs/sector/folder.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/tree/tree.h"
#include "kernels/vanilla/aux_files.h"

namespace sealyard::proving {
namespace {

namespace fs = std::filesystem;

// Why this sector cannot be proven. Never leaves read_sector().
struct Unprovable {
  std::string reason;
};

// Names and lengths as everywhere, in the folders of the order.
struct SectorFiles {
  sector::File p_aux;
  std::vector<sector::File> files;  // as post::Extent counts them

  explicit SectorFiles(const Question& question) {
    const sector::Folder names({}, {},
                               raw_porep(question.sector_bytes, Node{}, ApiVersion::v1_1_0));
    p_aux = in(question.cache, names.p_aux());
    files.push_back(names.sealed());
    files[0].path = question.sealed;
    for (const auto& file : names.tree_r_last()) files.push_back(in(question.cache, file));
  }

 private:
  static sector::File in(const fs::path& folder, sector::File file) {
    file.path = folder / file.path.filename();
    return file;
  }
};

class FileReading {
 public:
  FileReading(const Question& question, const Alive& alive, Answer& answer)
      : question_(question), alive_(alive), answer_(answer), files_(question) {}

  void run() {
    auto& proof = answer_.proof;
    proof.number = question_.number;
    proof.sector.comm_r = question_.comm_r;
    const auto aux = read_p_aux();
    proof.sector.comm_c = aux.comm_c;
    proof.sector.comm_r_last = aux.comm_r_last;
    const auto tree = raw_porep(question_.sector_bytes, Node{}, ApiVersion::v1_1_0).tree();
    const auto extents = post::extents(tree, question_.leaves, question_.gap_nodes);
    const auto nodes = read(extents);
    proof.sector.proofs = post::prove(tree, question_.leaves, extents, nodes);
    if (const auto& root = proof.sector.proofs.front().root; root != aux.comm_r_last)
      throw Unprovable{fmt::format("corrupt: tree_r_last has root {}, p_aux says {}", to_hex(root),
                                   to_hex(aux.comm_r_last))};
  }

 private:
  sector::Descriptor open(const sector::File& file) {
    alive_();
    auto opened = sector::Descriptor::open_existing(file.path, O_NONBLOCK);
    const auto found = opened.bytes(file.path);
    if (found < *file.bytes)
      throw Unprovable{fmt::format("short: {} is {} bytes, want {}: {}", file.what, found,
                                   *file.bytes, file.path.string())};
    if (found > *file.bytes)
      throw Unprovable{fmt::format("corrupt: {} is {} bytes, want {}: {}", file.what, found,
                                   *file.bytes, file.path.string())};
    return opened;
  }

  void read(const sector::Descriptor& from, const sector::File& file, std::uint64_t at,
            std::span<std::uint8_t> to) {
    for (std::size_t done = 0; done < to.size();) {
      alive_();
      const auto got = sector::read_at(from, file.path, at + done, to.subspan(done));
      if (got == 0)
        throw Unprovable{
            fmt::format("short: {} ends at byte {}: {}", file.what, at + done, file.path.string())};
      ++answer_.reads;
      answer_.read_bytes += got;
      done += got;
    }
  }

  vanilla::PAux read_p_aux() {
    const auto file = open(files_.p_aux);
    std::vector<std::uint8_t> bytes(*files_.p_aux.bytes);
    read(file, files_.p_aux, 0, bytes);
    const auto aux = vanilla::decode_p_aux(bytes);
    if (const auto found = tree::comm_r(aux.comm_c, aux.comm_r_last); found != question_.comm_r)
      throw Unprovable{fmt::format("commr-mismatch: p_aux gives CommR {}, want {}: {}",
                                   to_hex(found), to_hex(question_.comm_r),
                                   files_.p_aux.path.string())};
    return aux;
  }

  // One pass over each file, files by path.
  std::vector<std::vector<Node>> read(const std::vector<post::Extent>& extents) {
    std::vector<unsigned> order(files_.files.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](unsigned a, unsigned b) { return files_.files[a].path < files_.files[b].path; });
    std::vector<std::vector<Node>> nodes(extents.size());
    for (const auto number : order) {
      const auto& file = files_.files[number];
      const auto opened = open(file);
      ::posix_fadvise(opened.number(), 0, 0, POSIX_FADV_RANDOM);
      for (std::size_t i = 0; i < extents.size(); ++i) {
        if (extents[i].file != number) continue;
        nodes[i].resize(extents[i].nodes);
        read(opened, file, extents[i].first * kNodeBytes,
             {reinterpret_cast<std::uint8_t*>(nodes[i].data()), nodes[i].size() * kNodeBytes});
      }
    }
    return nodes;
  }

  const Question& question_;
  const Alive& alive_;
  Answer& answer_;
  SectorFiles files_;
};

std::string_view word(Fault fault) {
  if (fault == Fault::missing) return "missing";
  return fault == Fault::corrupt ? "corrupt" : "io";
}

}  // namespace

Answer read_sector(const Question& question, const Alive& alive) {
  Answer answer;
  try {
    FileReading(question, alive, answer).run();
  } catch (const Unprovable& why) {
    answer.reason = why.reason;
  } catch (const Error& error) {
    answer.reason = fmt::format("{}: {}", word(error.fault()), error.what());
  }
  return answer;
}

}  // namespace sealyard::proving
