// sealyard piece commp.
#include <filesystem>
#include <iostream>
#include <memory>

#include "chain/cli/command.h"
#include "chain/cli/layout.h"
#include "chain/cli/program.h"
#include "jobs/stage/stage.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

/// @throws Refusal  it ended with another code than 0, which becomes ours.
std::string output_of(const std::vector<std::string>& words) {
  auto ended = run_program(words);
  if (ended.code != 0)
    throw Refusal(fmt::format("{} ended with {}", words[0], ended.code), ended.code);
  return std::move(ended.out);
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
