#include "jobs/stage/stage.h"

#include <algorithm>

#include "jobs/stage/attempt.h"
#include "kernels/base/error.h"

namespace sealyard::stage {

std::string program(std::string_view stage) {
  std::string name = "seal-" + std::string(stage);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::filesystem::path work_folder(const std::filesystem::path& root, SectorId sector) {
  return root / "work" / sector.text();
}

std::filesystem::path template_path(const std::filesystem::path& root, std::string_view file,
                                    std::uint64_t sector_bytes) {
  return root / "template" / fmt::format("{}_all_zero_{}", file, sector_bytes);
}

std::filesystem::path result_path(const std::filesystem::path& root, SectorId sector,
                                  std::string_view stage) {
  return work_folder(root, sector) / (std::string(stage) + ".result.json");
}

std::filesystem::path progress_path(const std::filesystem::path& root, SectorId sector) {
  return work_folder(root, sector) / "progress.json";
}

std::string Attempt::text() const {
  return fmt::format("job {} restart {} node {} pid {}", job_id, restart, node, pid);
}

}  // namespace sealyard::stage
