#include "jobs/params/generate.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "jobs/params/folder.h"
#include "jobs/sector/maker_lock.h"
#include "jobs/sector/mapping.h"
#include "kernels/base/error.h"
#include "kernels/circuit/density.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/params.h"

namespace sealyard::params {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kTableBytes = 150'000'000;

// Of groth16::generate() and of the file it writes, which is mapped.
std::uint64_t memory_bytes(const circuit::Counts& counts, const groth16::QuerySizes& sizes) {
  const auto rows = std::bit_ceil(counts.constraints + counts.inputs);
  return 96 * (counts.inputs + counts.aux) + 32 * rows + kTableBytes + groth16::params_bytes(sizes);
}

// The set that lies there is one of this circuit and, if named, of these numbers.
void require_same(const groth16::Params& there, const groth16::QuerySizes& sizes, Waste waste,
                  const std::string& id) {
  there.require(sizes);
  if (waste == Waste::drawn) return;
  groth16::ToxicWaste named;
  named.name(id);
  if (there.key().alpha_g1 != (named.alpha * curve::G1Affine::generator()).affine())
    throw Error(
        Fault::configuration,
        "{} is there and not made from the named numbers; remove it or choose another folder",
        there.name());
}

sector::Written write_key(std::span<const std::uint8_t> params, std::uint64_t ic,
                          const fs::path& target) {
  sector::Output key(target);
  key.write(params.first(groth16::verifying_key_bytes(ic)));
  return key.commit();
}

}  // namespace

Files generate(const Set& set, const fs::path& folder, Waste waste, unsigned threads,
               const std::function<void(std::uint64_t bytes)>& need,
               const groth16::Progress& progress) {
  Files files{folder / groth16::params_file(set.id),
              folder / groth16::verifying_key_file(set.id),
              false,
              {},
              {}};
  circuit::Density density;
  set.circuit(density);
  const auto sizes = groth16::query_sizes(density);
  make_folder(folder);
  // Temporary files are of the one who holds this lock, or of one who died: then they are begun
  // again. A folder that has both files may be read-only.
  std::optional<sector::MakerLock> lock;
  if (!fs::exists(files.params) || !fs::exists(files.key))
    lock.emplace(files.params, [&] {
      if (progress) progress(0, sizes.h);
    });
  if (!fs::exists(files.params)) {
    need(memory_bytes(density.counts(), sizes));
    groth16::ToxicWaste numbers;
    waste == Waste::named ? numbers.name(set.id) : numbers.draw();
    sector::MappedOutput output(files.params, sector::Output::beside(files.params),
                                groth16::params_bytes(sizes));
    groth16::generate(set.circuit, sizes, numbers, output.bytes(), threads, progress);
    // A key of an earlier set is none of this one.
    std::error_code error;
    fs::remove(files.key, error);
    if (error) throw Error(Fault::io, "cannot remove {}: {}", files.key.string(), error.message());
    files.params_written = output.commit();
  } else {
    files.found = true;
  }
  const auto mapping = sector::Mapping::read(files.params);
  if (files.found) {
    require_same(groth16::Params(mapping.bytes(), files.params.filename().string(), threads), sizes,
                 waste, set.id);
    files.params_written = sector::digest(files.params);
  }
  if (!files.found || !fs::exists(files.key)) {
    files.found = false;
    files.key_written = write_key(mapping.bytes(), sizes.ic, files.key);
    return files;
  }
  const auto key = sector::Mapping::read(files.key);
  const auto want = mapping.bytes().first(groth16::verifying_key_bytes(sizes.ic));
  if (!std::equal(key.bytes().begin(), key.bytes().end(), want.begin(), want.end()))
    throw Error(Fault::corrupt, "{} is not how {} begins; remove both and run again",
                files.key.filename().string(), files.params.filename().string());
  files.key_written = sector::digest(files.key);
  return files;
}

}  // namespace sealyard::params
