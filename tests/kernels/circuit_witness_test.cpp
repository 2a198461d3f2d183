// Real proofs through the circuits: every row must hold, and the inputs must be the reference's.
#include <string>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/challenges/challenges.h"
#include "kernels/circuit/check.h"
#include "kernels/circuit/porep.h"
#include "tests/catch.h"
#include "tests/kernels/sealed_sector.h"
#include "tests/kernels/vanilla_bytes.h"
#include "tests/vectors.h"

using namespace sealyard;
using namespace sealyard::circuit;
using tests::ProofSources;
using tests::SealedSector;
using tests::VanillaBytes;

namespace {

std::vector<std::string> hex(std::span<const Fr> elements) {
  std::vector<std::string> out;
  for (const auto& element : elements) out.push_back(to_hex(field::to_node(element)));
  return out;
}

std::vector<std::string> public_inputs(const nlohmann::json& json, std::size_t partition) {
  return json.at("proof").at("public_inputs_le_hex").at(partition).get<std::vector<std::string>>();
}

// The inputs of a circuit whose rows all hold.
std::vector<std::string> inputs_of(const Synthesis& circuit) {
  Check check;
  circuit(check);
  INFO(check.failure().value_or(""));
  REQUIRE(!check.failure());
  return hex(check.inputs().subspan(1));
}

bool holds(const Synthesis& circuit) {
  Check check;
  circuit(check);
  return !check.failure();
}

struct ProvenSector {
  PorepStatement statement;
  std::vector<std::uint64_t> challenges;
  std::vector<vanilla::Proof> proofs;
  std::vector<Fr> inputs;  // as the verifier makes them
};

ProvenSector prove(const vectors::Case& from, unsigned partition) {
  SealedSector sealed;
  sealed.config = from.config;
  sealed.replica_id = from.replica_id;
  for (unsigned layer = 1; layer <= from.config.layers(); ++layer)
    sealed.layers.push_back(
        vectors::nodes(from.path("cache/sc-02-data-layer-" + std::to_string(layer) + ".dat")));
  sealed.data = vectors::nodes(from.path("unsealed"));
  sealed.sealed = vectors::nodes(from.path("sealed"));
  sealed.build_trees();
  const ProofSources sources(sealed);
  ProvenSector out;
  out.statement = {from.replica_id, from.comm_d, from.comm_r};
  out.challenges = challenges::derive(from.config, from.replica_id, from.comm_r, from.seed,
                                      challenges::partition(from.config, partition));
  for (const auto challenge : out.challenges)
    out.proofs.push_back(vanilla::prove(sources.sector(), challenge));
  out.inputs = porep_inputs(out.statement, out.challenges,
                            [&](std::uint64_t node) { return sources.parents(node); });
  return out;
}

nlohmann::json json_of(const std::string& path) {
  return nlohmann::json::parse(vectors::bytes(path + "/case.json"));
}

struct PostCase {
  nlohmann::json json;
  PostShape shape;
  std::vector<PostSector> sectors;
  std::vector<PostStatement> statements;
};

PostCase post_case(const std::string& name) {
  PostCase out;
  out.json = json_of("post/" + name);
  const bool winning = out.json.at("kind") == "winning";
  const auto bytes = out.json.at("sector_size").get<std::uint64_t>();
  out.shape = winning ? winning_post_shape(bytes) : window_post_shape(bytes);
  for (const auto& sector : out.json.at("sectors")) {
    const auto number = std::to_string(sector.at("number").get<std::uint64_t>());
    const auto read = VanillaBytes("post/" + name + "/vanilla-" + number + ".bin").post_sector();
    const auto leaves = sector.at("challenges").get<std::vector<std::uint64_t>>();
    if (!winning) {
      out.sectors.push_back(read);
      out.statements.push_back({read.comm_r, leaves});
      continue;
    }
    out.sectors = one_challenge_each(read);
    for (const auto leaf : leaves) out.statements.push_back({read.comm_r, {leaf}});
  }
  return out;
}

template <typename T>
std::span<const T> part(const std::vector<T>& all, std::size_t index, std::size_t size) {
  return std::span(all).subspan(index * size, std::min(size, all.size() - index * size));
}

void flip(Node& node) { node.bytes[7] ^= 0x10; }

void require_update(const std::string& name, unsigned number) {
  const auto json = json_of("update/" + name);
  const auto value = [&](const char* key) {
    return vectors::node(json.at(key).get<std::string>());
  };
  const auto shape = update_shape(json.at("sector_size").get<std::uint64_t>());
  const UpdateStatement statement{value("comm_r_old"), value("comm_d_new"), value("comm_r_new")};
  auto partition = VanillaBytes("update/" + name + "/vanilla-" + std::to_string(number) + ".bin")
                       .update_partition(number);
  const auto circuit = [&](Sink& sink) { update(sink, shape, statement, partition); };
  const auto inputs = inputs_of(circuit);
  REQUIRE(inputs == hex(update_inputs(shape, statement, number)));
  if (json.contains("proof")) REQUIRE(inputs == public_inputs(json, number));
  flip(partition.challenges[9].d_new.leaf);
  REQUIRE(!holds(circuit));
}

}  // namespace

TEST_CASE("circuit: PoRep of the reference's sector holds", "[circuit][bit-exact]") {
  const auto from = vectors::seal_case("2k-data-v1_1");
  auto proven = prove(from, 0);
  const auto circuit = [&](Sink& sink) {
    porep(sink, from.config, proven.statement, proven.proofs);
  };
  const auto inputs = inputs_of(circuit);
  REQUIRE(inputs == public_inputs(from.json, 0));
  REQUIRE(inputs == hex(proven.inputs));

  flip(proven.proofs[1].parents[13].rows[0]);
  REQUIRE(!holds(circuit));
}

TEST_CASE("circuit: PoRep holds in every shape and for every partition", "[.][circuit][shapes]") {
  for (const auto* name : {"4k-raw", "16k-raw", "32k-raw", "2k-data-ni"}) {
    CAPTURE(name);
    const auto from = vectors::seal_case(name);
    const unsigned partition = from.config.partitions() - 1;
    const auto proven = prove(from, partition);
    const auto inputs =
        inputs_of([&](Sink& sink) { porep(sink, from.config, proven.statement, proven.proofs); });
    REQUIRE(inputs == hex(proven.inputs));
    if (from.json.contains("proof")) REQUIRE(inputs == public_inputs(from.json, partition));
  }
}

TEST_CASE("circuit: all challenges of PoRep and all sectors of PoSt are equally large",
          "[circuit]") {
  const auto from = vectors::seal_case("2k-data-v1_1");
  const auto proven = prove(from, 0);
  const auto& first = proven.proofs.front();
  PorepHead head;
  const Counts before = count([&](Sink& sink) {
    head = porep_head(sink, from.config, proven.statement,
                      {first.comm_d.root, first.column.inclusion.root, first.comm_r_last.root});
  });
  for (const auto& proof : proven.proofs) {
    const Counts one = count([&](Sink& sink) { porep_challenge(sink, from.config, head, proof); });
    REQUIRE(one.inputs - 1 == 18);
    REQUIRE(before.aux + 2 * one.aux == 2685673);
    REQUIRE(before.constraints + 2 * one.constraints == 2687921);
  }
  const auto sectors = post_case("window-2k-3");
  for (const auto& sector : sectors.sectors) {
    const Counts one = count([&](Sink& sink) { post_sector(sink, sectors.shape, sector); });
    REQUIRE(one == Counts{12, 22128 / 2, 21866 / 2});
  }
}

TEST_CASE("circuit: PoRep refuses what is no partition", "[circuit]") {
  const auto config = registered_porep(5);
  const auto proof = [&](const PorepConfig& shape) {
    std::vector<vanilla::Proof> proofs;
    const auto layout = tree::data_tree(shape.nodes());
    vanilla::Proof made;
    made.comm_d = tree::blank_proof(layout, tree::whole(layout), 1);
    made.comm_r_last = tree::blank_proof(tree::base_tree(shape.tree()), shape.tree(), 1);
    made.column.rows.resize(shape.layers());
    made.column.inclusion = made.comm_r_last;
    made.parents.fill(made.column);
    return made;
  };
  Counter sink;
  std::vector<vanilla::Proof> proofs{proof(config)};
  REQUIRE_THROWS_AS(porep(sink, config, {}, proofs), Error);  // one proof too few
  proofs.push_back(proof(registered_porep(6)));
  REQUIRE_THROWS_AS(porep(sink, config, {}, proofs), Error);  // a longer path
  proofs[1] = proof(config);
  proofs[1].comm_d.root.bytes[0] = 1;
  REQUIRE_THROWS_AS(porep(sink, config, {}, proofs), Error);  // another root
  proofs[1] = proof(config);
  proofs[1].parents[3].rows.pop_back();
  REQUIRE_THROWS_AS(porep(sink, config, {}, proofs), Error);  // a layer too few
}

TEST_CASE("circuit: PoSt of the reference's sectors holds", "[circuit][bit-exact]") {
  for (const auto* name : {"window-2k-1", "window-2k-3", "window-v1-2k-2", "window-8m-2",
                           "winning-2k", "winning-8m"}) {
    CAPTURE(name);
    const auto from = post_case(name);
    const std::size_t sectors = from.shape.sectors;
    for (std::size_t i = 0; i * sectors < from.sectors.size(); ++i) {
      const auto inputs =
          inputs_of([&](Sink& sink) { post(sink, from.shape, part(from.sectors, i, sectors)); });
      REQUIRE(inputs == hex(post_inputs(from.shape, part(from.statements, i, sectors))));
      // case.json of winning-2k has other inputs, for which its proof is not valid.
      if (from.json.contains("proof") && from.json.at("kind") != "winning")
        REQUIRE(inputs == public_inputs(from.json, i));
    }
  }
}

TEST_CASE("circuit: PoSt of altered sectors does not hold", "[circuit]") {
  const auto from = post_case("window-2k-1");
  const auto altered = [&](auto change) {
    auto sectors = from.sectors;
    change(sectors[0]);
    return holds([&](Sink& sink) { post(sink, from.shape, sectors); });
  };
  REQUIRE(altered([](PostSector&) {}));
  REQUIRE(!altered([](PostSector& s) { flip(s.comm_r); }));
  REQUIRE(!altered([](PostSector& s) { flip(s.comm_c); }));
  REQUIRE(!altered([](PostSector& s) { flip(s.comm_r_last); }));
  REQUIRE(!altered([](PostSector& s) { flip(s.proofs[9].leaf); }));
  REQUIRE(!altered([](PostSector& s) { flip(s.proofs[4].base.siblings[13]); }));
  REQUIRE(!altered([](PostSector& s) { s.proofs[0].base.positions[1] ^= 1; }));
  REQUIRE_THROWS_AS(altered([](PostSector& s) { s.proofs.pop_back(); }), Error);
  REQUIRE_THROWS_AS(altered([](PostSector& s) { s.proofs[2].base.positions.pop_back(); }), Error);
  Counter sink;
  REQUIRE_THROWS_AS(post(sink, from.shape, {}), Error);
  REQUIRE_THROWS_AS(post(sink, from.shape, std::vector(3, from.sectors[0])), Error);
}

TEST_CASE("circuit: updates of the reference's sectors hold", "[circuit][bit-exact]") {
  require_update("update-2k", 0);
}

TEST_CASE("circuit: the second of four partitions of an update holds",
          "[.][circuit][bit-exact][shapes]") {
  require_update("update-8m", 1);
}
