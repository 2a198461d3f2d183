// sealyard piece commp.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/cli/layout.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

/// What the program said on stdout; its stderr is ours.
/// @throws Refusal  it ended with another code than 0, which becomes ours.
std::string output_of(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(Fault::io, "pipe: {}", std::strerror(errno));
  const int pid = fork();
  if (pid < 0) throw Error(Fault::io, "fork: {}", std::strerror(errno));
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string out;
  std::array<char, 4096> buffer{};
  for (;;) {
    const auto got = read(ends[0], buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (code == 127)
    throw Error(Fault::configuration,
                "{} cannot be run; programs.path in config.toml names its folder", words[0]);
  if (code != 0) throw Refusal(fmt::format("{} ended with {}", words[0], code), code);
  return out;
}

// Source of the words: lotus, cli/client.go, clientCommPCmd: the size is the unpadded one.
int commp(const Context& context, const std::string& file) {
  const auto program = (context.settings().programs / stage::program(stage::kCommp)).string();
  const auto path = std::filesystem::absolute(file).lexically_normal().string();
  const auto made = Json::parse(output_of({program, path, "--json"}));
  const auto cid = made.at("cid").get<std::string>();
  const auto unpadded = made.at("unpadded_bytes").get<std::uint64_t>();
  if (context.json)
    print({{"CID", cid},
           {"PieceSize", made.at("padded_bytes")},
           {"UnpaddedPieceSize", unpadded},
           {"PayloadSize", made.at("payload_bytes")},
           {"CommP", made.at("comm_p")}});
  else
    std::cout << "CID:  " << cid << "\nPiece size:  " << size_text(unpadded) << std::endl;
  return 0;
}

}  // namespace

std::vector<Command> piece_commands() {
  return {{{"piece", "commp"},
           "Calculate the piece-cid (commP) of a file, filled with zeros to a whole piece",
           "[inputFile]",
           [](CLI::App& app) {
             auto file = std::make_shared<std::string>();
             app.add_option("inputFile", *file)->required();
             return [=](const Context& context) { return commp(context, *file); };
           }}};
}

}  // namespace sealyard::cli
