#include "jobs/ranks/ranks.h"

#include <mpi.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "kernels/base/error.h"

namespace sealyard::ranks {
namespace {

unsigned number(const char* variable) {
  const char* text = std::getenv(variable);
  unsigned value = 0;
  if (text) std::from_chars(text, text + std::strlen(text), value);
  return value;
}

// How many ranks were launched together with this one, by the word of who launched them. mpiexec
// speaks first: it may itself run inside a step of srun.
unsigned launched() {
  for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
    if (const unsigned size = number(variable)) return size;
  const unsigned tasks = number("SLURM_STEP_NUM_TASKS");
  if (tasks <= 1 || !std::getenv("SLURM_PROCID")) return 1;
  if (!std::getenv("PMIX_RANK"))
    throw Error(Fault::configuration,
                "{} tasks in one step but no PMIx, each would do the whole work; use srun "
                "--mpi=pmix, or one task",
                tasks);
  return tasks;
}

// Counts of MPI 3 are int: larger messages go in slices of this many bytes.
constexpr std::size_t kSliceBytes = std::size_t{1} << 30;

void send_bytes(const void* data, std::size_t bytes, unsigned to) {
  const auto* at = static_cast<const std::uint8_t*>(data);
  for (std::size_t done = 0; done < bytes; done += kSliceBytes)
    MPI_Send(at + done, static_cast<int>(std::min(kSliceBytes, bytes - done)), MPI_BYTE,
             static_cast<int>(to), 0, MPI_COMM_WORLD);
}

void receive_bytes(void* data, std::size_t bytes, unsigned from) {
  auto* at = static_cast<std::uint8_t*>(data);
  for (std::size_t done = 0; done < bytes; done += kSliceBytes)
    MPI_Recv(at + done, static_cast<int>(std::min(kSliceBytes, bytes - done)), MPI_BYTE,
             static_cast<int>(from), 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

}  // namespace

Range split(std::uint64_t n, unsigned parts, unsigned part, std::uint64_t grain) {
  const std::uint64_t grains = (n + grain - 1) / grain;
  const auto cut = [&](std::uint64_t p) {
    return std::min(n, (grains / parts * p + grains % parts * p / parts) * grain);
  };
  return {cut(part), cut(part + 1)};
}

Ranks::Ranks() {
  if (launched() == 1) return;
  // Ranks that wait give their core away: there may be more of them than cores.
  ::setenv("OMPI_MCA_mpi_yield_when_idle", "1", /*overwrite=*/0);
  int have = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &have);
  int rank = 0, size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  rank_ = static_cast<unsigned>(rank);
  size_ = static_cast<unsigned>(size);
  if (size_ == 1) {
    MPI_Finalize();
    throw Error(Fault::configuration,
                "{} ranks were launched but MPI sees one: this MPI and the launcher do not fit; "
                "use srun --mpi=pmix or the mpiexec of the MPI sealyard was built with",
                launched());
  }
}

Ranks::~Ranks() {
  if (!alone()) MPI_Finalize();
}

void Ranks::barrier() {
  if (!alone()) MPI_Barrier(MPI_COMM_WORLD);
}

void Ranks::broadcast(std::span<std::uint8_t> bytes, unsigned from) {
  if (alone()) return;
  for (std::size_t done = 0; done < bytes.size(); done += kSliceBytes)
    MPI_Bcast(bytes.data() + done, static_cast<int>(std::min(kSliceBytes, bytes.size() - done)),
              MPI_BYTE, static_cast<int>(from), MPI_COMM_WORLD);
}

void Ranks::broadcast(std::span<Node> nodes, unsigned from) {
  broadcast(std::span(reinterpret_cast<std::uint8_t*>(nodes.data()), nodes.size_bytes()), from);
}

std::vector<Node> Ranks::gather(std::span<const Node> mine, unsigned to) {
  if (alone()) return {mine.begin(), mine.end()};
  const auto lengths = gather_everywhere(mine.size());
  if (rank_ != to) {
    send_bytes(mine.data(), mine.size_bytes(), to);
    return {};
  }
  std::vector<Node> all(std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}));
  std::size_t at = 0;
  for (unsigned from = 0; from < size_; ++from) {
    if (from == to)
      std::copy(mine.begin(), mine.end(), all.begin() + static_cast<std::ptrdiff_t>(at));
    else
      receive_bytes(all.data() + at, lengths[from] * kNodeBytes, from);
    at += lengths[from];
  }
  return all;
}

std::vector<std::string> Ranks::gather(std::string_view mine, unsigned to) {
  if (alone()) return {std::string(mine)};
  const auto lengths = gather_everywhere(mine.size());
  if (rank_ != to) {
    send_bytes(mine.data(), mine.size(), to);
    return {};
  }
  std::vector<std::string> all(size_);
  for (unsigned from = 0; from < size_; ++from) {
    all[from].resize(lengths[from]);
    if (from == to)
      all[from] = mine;
    else
      receive_bytes(all[from].data(), lengths[from], from);
  }
  return all;
}

std::vector<Node> Ranks::gather_everywhere(std::span<const Node> mine) {
  if (alone()) return {mine.begin(), mine.end()};
  const auto lengths = gather_everywhere(mine.size());
  auto all = gather(mine, 0);
  all.resize(std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0}));
  broadcast(std::span(all), 0);
  return all;
}

std::vector<std::uint64_t> Ranks::gather_everywhere(std::uint64_t mine) {
  std::vector<std::uint64_t> all(size_, mine);
  if (!alone()) MPI_Allgather(&mine, 1, MPI_UINT64_T, all.data(), 1, MPI_UINT64_T, MPI_COMM_WORLD);
  return all;
}

bool Ranks::any(bool mine) {
  const auto all = gather_everywhere(std::uint64_t{mine});
  return std::any_of(all.begin(), all.end(), [](auto one) { return one != 0; });
}

void Ranks::abort(int code) {
  if (!alone()) MPI_Abort(MPI_COMM_WORLD, code);
  std::_Exit(code);
}

}  // namespace sealyard::ranks
