// Runs a fuzz target where there is no libFuzzer: over its corpus, then over mutations of it, the
// same ones every time.
//
// usage: fuzz-TARGET [--mutations N] [--only K] CORPUS...     a corpus is a file or a folder
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;
using Rng = std::mt19937_64;

char current[4096] = "nothing";  // what runs now, for the last words

void last_words(int) {
  for (const char* text : {"\nfuzz: that was ", static_cast<const char*>(current), "\n"})
    if (::write(2, text, std::strlen(text)) < 0) break;
  std::signal(SIGABRT, SIG_DFL);
}

void run(const Bytes& input, const std::string& name) {
  name.copy(current, sizeof current - 1);
  current[std::min(name.size(), sizeof current - 1)] = '\0';
  // A copy of the right size, so that one byte too many is seen.
  const Bytes exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::size_t below(Rng& rng, std::size_t end) {
  return end ? static_cast<std::size_t>(rng() % end) : 0;
}

void overwrite_number(Bytes& bytes, Rng& rng) {
  constexpr std::uint64_t kValues[] = {0,          1,          0x7f,       0x80,       0xff,
                                       0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x100,
                                       0x02aaaaab, 0x01555556, ~0ull >> 1, ~0ull};
  const std::size_t width = std::size_t{1} << below(rng, 4);
  if (bytes.size() < width) return;
  const auto value = kValues[below(rng, std::size(kValues))];
  const auto at = below(rng, bytes.size() - width + 1);
  const bool big_endian = rng() % 2;
  for (std::size_t i = 0; i < width; ++i)
    bytes[at + (big_endian ? width - 1 - i : i)] = static_cast<std::uint8_t>(value >> 8 * i);
}

// Text targets live by their punctuation.
void overwrite_sign(Bytes& bytes, Rng& rng) {
  constexpr char kSigns[] = "{}[]\",:0123456789-.eE\\ntfu\x01\xff";
  if (!bytes.empty())
    bytes[below(rng, bytes.size())] = static_cast<std::uint8_t>(kSigns[below(rng, sizeof kSigns)]);
}

void remove_range(Bytes& bytes, Rng& rng) {
  const auto at = below(rng, bytes.size());
  const auto count = std::min(1 + below(rng, rng() % 2 ? 4 : 256), bytes.size() - at);
  bytes.erase(bytes.begin() + static_cast<long>(at), bytes.begin() + static_cast<long>(at + count));
}

// Bytes of `from`, over or between what is there.
void take_range(Bytes& bytes, const Bytes& from, Rng& rng) {
  if (from.empty()) return;
  const auto source = below(rng, from.size());
  const auto count = std::min(1 + below(rng, rng() % 2 ? 16 : 512), from.size() - source);
  const auto* first = from.data() + source;
  const auto at = below(rng, bytes.size() + 1);
  if (rng() % 2)
    bytes.insert(bytes.begin() + static_cast<long>(at), first, first + count);
  else
    std::copy_n(first, std::min(count, bytes.size() - at), bytes.begin() + static_cast<long>(at));
}

Bytes mutation(const std::vector<Bytes>& corpus, std::uint64_t number) {
  Rng rng(number);
  auto bytes = corpus[below(rng, corpus.size())];
  for (auto times = 1 + below(rng, 4); times > 0; --times) {
    switch (below(rng, 7)) {
      case 0:
      case 1:
        if (!bytes.empty())
          bytes[below(rng, bytes.size())] ^= static_cast<std::uint8_t>(1u << below(rng, 8));
        break;
      case 2:
        overwrite_number(bytes, rng);
        break;
      case 3:
        overwrite_sign(bytes, rng);
        break;
      case 4:
        remove_range(bytes, rng);
        break;
      case 5:
        take_range(bytes, corpus[below(rng, corpus.size())], rng);
        break;
      default:
        if (rng() % 4 == 0) bytes.resize(below(rng, bytes.size() + 1));
    }
  }
  return bytes;
}

Bytes read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_of(const fs::path& corpus) {
  if (!fs::is_directory(corpus)) return {corpus};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(corpus)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t mutations = 1000, only = 0;
  std::vector<Bytes> corpus;
  std::signal(SIGABRT, last_words);
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if ((word == "--mutations" || word == "--only") && i + 1 < argc) {
      (word == "--only" ? only : mutations) = std::stoull(argv[++i]);
      continue;
    }
    for (const auto& file : files_of(word)) {
      corpus.push_back(read(file));
      if (!only) run(corpus.back(), file.string());
    }
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "fuzz: no corpus; usage: %s [--mutations N] [--only K] CORPUS...\n",
                 argv[0]);
    return 64;
  }
  if (!only) run({}, "nothing");
  const std::size_t first = only ? only : 1, last = only ? only : mutations;
  for (std::size_t number = first; number <= last; ++number)
    run(mutation(corpus, number), "--only " + std::to_string(number));
  std::printf("fuzz: %zu of the corpus, %zu mutations\n", corpus.size(), last - first + 1);
  return 0;
}
