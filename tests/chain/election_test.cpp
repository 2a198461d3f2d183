// Elections and headers against lotus: the golden files of its tests, and a block that it made.
#include "chain/election/election.h"

#include <fstream>
#include <map>

#include "chain/election/header.h"
#include "chain/wallet/key.h"
#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/chain/recorded.h"

using namespace sealyard;
using election::Header;
using types::BigInt;
using types::JsonView;

namespace {

std::vector<std::string> golden(const std::string& name) {
  std::ifstream file(std::filesystem::path(SEALYARD_VECTORS) / "election" / (name + ".golden"));
  REQUIRE(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The block of epoch 22, whose WinningPoSt is a real one.
nlohmann::json recorded_block() {
  return recorded::read("ChainGetBlock-real-winning-post").at("response").at("result");
}

nlohmann::json base_info() {
  return recorded::read("MinerGetBaseInfo-low-height").at("response").at("result");
}

types::Address worker() { return JsonView(base_info(), "").at("WorkerKey").address(); }

bool is_signature(const types::Bytes& proof, const Node& of) {
  return wallet::verify({types::SignatureType::bls, proof}, worker(), of.bytes);
}

}  // namespace

TEST_CASE("election: e^-x is lotus' in every bit", "[election][bit-exact]") {
  const auto lines = golden("exp");
  REQUIRE(lines.size() == 257);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto comma = lines[i].find(',');
    CAPTURE(i);
    REQUIRE(types::to_text(election::exp_neg(BigInt(lines[i].substr(0, comma)))) ==
            lines[i].substr(comma + 1));
  }
}

TEST_CASE("election: lambda and tails of the Poisson distribution are lotus'",
          "[election][bit-exact]") {
  for (const auto& [power, total] :
       {std::pair("10", "100"), {"1024", "2048"}, {"2000000000000000", "100000000000000000"}})
    CHECK(types::to_text(election::lambda(BigInt(power), BigInt(total))) ==
          golden(std::string("lambda-") + power + "-" + total).at(0));
  for (const auto& [base, shift] : {std::pair(10, 10),
                                    {209714, 20},
                                    {1036915, 20},
                                    {1706, 10},
                                    {2, 0},
                                    {5242879, 20},
                                    {5, 0}}) {
    const auto lines = golden("lam-" + std::to_string(base) + "-" + std::to_string(shift));
    REQUIRE(lines.size() == 17);
    election::Poisson poisson(BigInt(base) << (election::kFractionBits - shift));
    for (std::size_t k = 0; k < 16; ++k, poisson.next()) {
      CAPTURE(base, shift, k);
      REQUIRE(types::to_text(poisson.tail()) == lines[k + 1]);
    }
  }
}

TEST_CASE("election: a fifth of the power wins once an epoch on average", "[election]") {
  constexpr int kDraws = 20'000;
  std::int64_t wins = 0, most = 0;
  for (int i = 0; i < kDraws; ++i) {
    const types::Bytes proof{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)};
    const auto won = election::win_count(proof, 20, 100);
    wins += won;
    most = std::max(most, won);
  }
  CHECK(wins > kDraws * 97 / 100);
  CHECK(wins < kDraws * 103 / 100);
  CHECK(most < election::kMostWins);
  CHECK(election::win_count(types::Bytes{1}, 0, 100) == 0);
  REQUIRE_THROWS_AS(election::win_count(types::Bytes{1}, 0, 0), Error);
}

TEST_CASE("election: a recorded block's identifier, signature, election and wins are found again",
          "[election][header][bit-exact]") {
  const auto json = recorded_block();
  const auto h = Header::parse(JsonView(json, "block"));
  CHECK(h.json() == json);
  const auto request = recorded::read("ChainGetBlock-real-winning-post").at("request");
  CHECK(h.cid() == JsonView(request, "").at("params").items().at(0).cid());
  REQUIRE(h.signature);
  CHECK(wallet::verify(*h.signature, worker(), h.signed_bytes()));
  CHECK_FALSE(wallet::verify(*h.signature, worker(), h.cbor()));

  const auto draw = election::election_of(h.miner, h.height, h.beacons.back().data);
  CHECK(is_signature(h.election, draw.node()));
  auto other = draw;
  ++other.epoch;
  CHECK_FALSE(is_signature(h.election, other.node()));
  const auto power = JsonView(base_info(), "").at("MinerPower").big_int();
  CHECK(h.win_count == 12);
  CHECK(election::win_count(h.election, power, power) == h.win_count);
  CHECK(election::win_count(h.election, power, power * 2) < h.win_count);
}

TEST_CASE("election: tickets of recorded blocks follow from their parents' tickets",
          "[election][bit-exact]") {
  std::map<types::Cid, Header> blocks;
  for (const auto& name : recorded::names("", "Chain")) {
    const auto answer = recorded::read(name);
    if (!answer.contains("response") || !answer.at("response").contains("result")) continue;
    const auto keep = [&](const nlohmann::json& block) {
      if (block.value("Height", 0) == 0) return;  // has no signature
      const auto h = Header::parse(JsonView(block, name));
      blocks.emplace(h.cid(), h);
    };
    const auto& result = answer.at("response").at("result");
    if (result.is_object() && result.contains("Ticket")) keep(result);
    if (result.is_object() && result.contains("Blocks"))
      for (const auto& block : result.at("Blocks")) keep(block);
  }
  std::size_t checked = 0;
  for (const auto& [cid, h] : blocks) {
    REQUIRE(wallet::verify(h.signature.value(), worker(), h.signed_bytes()));
    const auto parent = blocks.find(h.parents.at(0));
    if (parent == blocks.end() || h.beacons.empty()) continue;
    const auto draw =
        election::ticket_of(h.miner, h.height, h.beacons.back().data, parent->second.ticket);
    CHECK(is_signature(h.ticket, draw.node()));
    ++checked;
  }
  CHECK(blocks.size() >= 3);
  UNSCOPED_INFO(checked << " of " << blocks.size());
  CHECK(checked >= 1);
}

TEST_CASE("election: a block that lotus made of a template is read and written alike",
          "[election][header]") {
  const auto json = recorded::read("MinerCreateBlock-bad").at("response").at("result");
  const auto block = election::Block::parse(JsonView(json, "block"));
  CHECK(block.json() == json);
  CHECK(wallet::verify(block.header.signature.value(), worker(), block.header.signed_bytes()));
  CHECK(election::newest({}, {7, {}}).round == 7);
  CHECK(election::newest(block.header.beacons, {7, {}}).round == 4999);
}

TEST_CASE("election: tickets are ordered by their hashes", "[election]") {
  const auto block = Header::parse(JsonView(recorded_block(), "block"));
  const auto q = election::quality(block.ticket);
  CHECK(q > 0);
  CHECK(q < 1);
  const bool first = election::smaller(block.ticket, block.election);
  CHECK(first == (q > election::quality(block.election)));
  auto draw = election::election_of(block.miner, 1, {});
  draw.tag = types::DrawTag::seal_ticket;
  REQUIRE_THROWS_AS(draw.node(), Error);
}
