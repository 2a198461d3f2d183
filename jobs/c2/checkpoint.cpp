#include "jobs/c2/checkpoint.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "jobs/sector/output.h"
#include "kernels/base/error.h"
#include "kernels/sha256/sha256.h"

namespace sealyard::c2 {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "partition-";

}  // namespace

Checkpoints::Checkpoints(fs::path stem, const Origin& origin) : stem_(std::move(stem)) {
  sha256::Hasher hasher;
  hasher.update("sealyard.c2.partition.1");
  hasher.update(origin.c1);
  hasher.update(origin.key);
  hasher.update(origin.randomness);
  origin_ = hasher.finish();
}

fs::path Checkpoints::file(unsigned partition) const {
  return fs::path(stem_) += fmt::format("{}{}", kName, partition);
}

Node Checkpoints::key_of(unsigned partition) const {
  sha256::Hasher hasher;
  hasher.update(origin_);
  hasher.update(std::to_string(partition));
  return hasher.finish();
}

std::optional<groth16::ProofBytes> Checkpoints::find(unsigned partition) const {
  const auto path = file(partition);
  if (!fs::exists(path)) return std::nullopt;
  const auto text = sector::read_file(path, 1 << 16);
  const auto key = key_of(partition);
  if (text.size() != kNodeBytes + groth16::kProofBytes ||
      !std::equal(key.bytes.begin(), key.bytes.end(),
                  reinterpret_cast<const std::uint8_t*>(text.data())))
    return std::nullopt;
  groth16::ProofBytes proof;
  std::copy(text.begin() + kNodeBytes, text.end(), proof.begin());
  return proof;
}

void Checkpoints::keep(unsigned partition, const groth16::ProofBytes& proof,
                       const sector::Lock* lock) const {
  const auto key = key_of(partition);
  std::string text(key.bytes.begin(), key.bytes.end());
  text.append(proof.begin(), proof.end());
  sector::write_file(file(partition), text, lock);
}

void Checkpoints::remove() const {
  const auto prefix = stem_.filename().string() + std::string(kName);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(stem_.parent_path(), error))
    if (entry.path().filename().string().starts_with(prefix)) fs::remove(entry.path(), error);
  if (error)
    throw Error(Fault::io, "cannot remove {}...: {}", (stem_.parent_path() / prefix).string(),
                error.message());
}

}  // namespace sealyard::c2
