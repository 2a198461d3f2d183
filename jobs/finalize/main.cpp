// seal-finalize: trims a sealed sector's cache and moves what is kept to the storing folder.
#include "jobs/finalize/parts.h"
#include "jobs/finalize/place.h"
#include "jobs/launch/launch.h"
#include "jobs/sector/folder.h"
#include "jobs/sector/lock.h"
#include "jobs/sector/manifest.h"
#include "jobs/sector/output.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::finalize {
namespace {

namespace fs = std::filesystem;

// The manifest goes last: where it is, the sector is.
sector::Manifest find_manifest(const sector::Folder& from, const sector::Folder& to) {
  if (!fs::exists(from.manifest()) && fs::exists(to.manifest())) return sector::read_manifest(to);
  return sector::read_manifest(from);
}

class Finalizer {
 public:
  Finalizer(launch::Job& job, const sector::Folder& from, const sector::Folder& to,
            const sector::Lock& lock)
      : job_(job),
        from_(from),
        to_(to),
        lock_(lock),
        same_(fs::equivalent(from.root(), to.root())) {}

  // Every step may be the last of an attempt; the next one starts from what it finds.
  void run() {
    auto manifest = find_manifest(from_, to_);
    if (!manifest.comm_r)
      throw Error(Fault::missing, "not sealed yet, no CommR on record; run seal-pc2 first");
    const Choice choice{.unsealed = job_.flag("--keep-unsealed"),
                        .synthetic = !job_.flag("--clear-synthetic")};
    const auto list = parts(from_, to_, manifest, choice);
    check(list);
    if (same_)
      clear_cache();
    else
      move(list);
    if (!choice.synthetic) remove_file(to_.synthetic().path);
    declare(manifest, list);
    job_.measure(from_.id());
    manifest.record(job_.result(from_.id()));
    sector::write_manifest(to_.manifest(), manifest, &lock_);
    remove_sources(choice);
    job_.finish(from_.id(), [&] { lock_.check(); });
  }

 private:
  static bool placed(const Part& part) { return fs::exists(part.to); }

  // Before anything is touched: every part is whole at one end, and there is room at the other.
  void check(const std::vector<Part>& list) {
    const bool proven = stage::read_result(from_.root(), from_.id(), stage::kFinalize).has_value();
    std::uint64_t copies = 0;
    for (const auto& part : list) {
      job_.throw_if_stopping();
      if (placed(part)) {
        // Read again only when no earlier attempt has said that all of it is right.
        require_placed(part, !proven);
        continue;
      }
      // What is going to be copied is read then.
      require(from_, part, &Kept::from, by_rename(to_, part));
      copies += bytes_to_copy(to_, part);
    }
    if (copies > 0) sector::require_space(to_.root(), copies);
    total_ = copies;
  }

  void require_placed(const Part& part, bool read) const {
    try {
      require(to_, part, &Kept::to, read);
    } catch (const Error& error) {
      if (same_ || !fs::exists(part.from)) throw;
      throw Error(Fault::corrupt, "{} is taken by other files ({}); move them away",
                  part.to.string(), error.what());
    }
  }

  void clear_cache() {
    lock_.check();
    for (const auto& file : cleared(from_)) remove_file(file.path);
  }

  void move(const std::vector<Part>& list) {
    std::uint64_t done = 0;
    for (const auto& part : list) {
      if (placed(part)) continue;
      job_.throw_if_stopping();
      if (part.folder && by_rename(to_, part)) clear_cache();
      place(to_, part, lock_, [&](std::uint64_t bytes) {
        job_.throw_if_stopping();
        job_.progress(done += bytes, total_, "bytes", part.to.filename().string());
      });
    }
  }

  void declare(const sector::Manifest& manifest, const std::vector<Part>& list) {
    auto& result = job_.result(from_.id());
    result.proof_type = manifest.porep.name();
    result.inputs = {{"to", to_.root().string()},
                     {"keep_unsealed", job_.flag("--keep-unsealed") ? "true" : "false"}};
    result.commitments = {{"comm_d", manifest.comm_d.value_or(Node{})},
                          {"comm_r", *manifest.comm_r}};
    for (const auto& part : list)
      for (const auto& kept : part.files)
        result.artefacts.push_back(
            sector::artefact(to_, kept.to.path,
                             {fs::file_size(kept.to.path),
                              kept.sha256 ? *kept.sha256 : sector::digest(kept.to.path).sha256}));
  }

  // All of it is in place and on record there.
  void remove_sources(Choice choice) {
    lock_.check();
    if (!choice.unsealed) remove_file(from_.unsealed().path);
    // Side records speak of files that are no longer here.
    for (const auto& entry : fs::directory_iterator(from_.work())) {
      const auto name = entry.path().filename().string();
      if (name.ends_with(".json") && !name.ends_with(".result.json") && name != "progress.json")
        remove_file(entry.path());
    }
    if (same_) return;
    clear_cache();
    for (const auto& part : parts(from_, to_, {}, {.unsealed = true}))
      for (const auto& kept : part.files) remove_file(kept.from.path);
    std::error_code error;
    fs::remove(from_.cache(), error);
    if (error) job_.warn(fmt::format("{} holds files of others and stays", from_.cache().string()));
    remove_file(from_.manifest());
    // Held the copies while they grew.
    fs::remove(to_.work(), error);
    fs::remove(to_.work().parent_path(), error);
  }

  launch::Job& job_;
  const sector::Folder &from_, &to_;
  const sector::Lock& lock_;
  bool same_;
  std::uint64_t total_ = 0;
};

void work(launch::Job& job) {
  const auto store = fs::absolute(job.text("--to")).lexically_normal();
  if (const auto done = stage::read_result(job.storage(), job.sector(), stage::kFinalize);
      done && done->inputs.at("to") != store)
    throw Error(Fault::usage, "already moved to {}; it cannot go to {} too", done->inputs.at("to"),
                store.string());
  const auto porep =
      find_manifest({job.storage(), job.sector(), {}}, {store, job.sector(), {}}).porep;
  const sector::Folder from(job.storage(), job.sector(), porep), to(store, job.sector(), porep);
  std::error_code error;
  for (const auto& folder : {from.work(), store, to.manifest().parent_path()}) {
    fs::create_directories(folder, error);
    if (error)
      throw Error(Fault::io, "cannot make folder {}: {}", folder.string(), error.message());
  }
  const sector::Lock lock(from, job.lock_text());
  from.clear_dead_attempts(lock);
  to.clear_dead_attempts(lock);
  Finalizer(job, from, to, lock).run();
}

}  // namespace
}  // namespace sealyard::finalize

int main(int argc, char** argv) {
  using namespace sealyard;
  const launch::Program program{
      .stage = stage::kFinalize,
      .summary = "Trims the cache of a sealed sector and moves it to the storing folder"};
  return launch::run(
      argc, argv, program,
      [](launch::Options& options) {
        options.text("--to", "Storing folder; the storage root itself: only trim",
                     launch::Options::Need::required);
        options.flag("--keep-unsealed", "Move the unsealed file too; else it is removed");
        options.flag("--clear-synthetic", "Remove the synthetic proof file: C1 is done");
      },
      finalize::work);
}
