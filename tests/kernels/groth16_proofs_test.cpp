// Whole circuits: parameters made from the named numbers are the reference's files, proofs with the
// named blinding are the reference's proofs, byte for byte.
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

#include "kernels/challenges/challenges.h"
#include "kernels/circuit/porep.h"
#include "kernels/circuit/post.h"
#include "kernels/circuit/update.h"
#include "kernels/groth16/generate.h"
#include "kernels/groth16/identity.h"
#include "kernels/groth16/prove.h"
#include "kernels/vanilla/synthetic.h"
#include "tests/catch.h"
#include "tests/gpu.h"
#include "tests/kernels/sealed_sector.h"
#include "tests/kernels/vanilla_bytes.h"
#include "tests/vectors.h"

using namespace sealyard;
using namespace sealyard::groth16;
using circuit::Sink;
using circuit::Synthesis;
using tests::VanillaBytes;

namespace {

constexpr unsigned kThreads = 2;

nlohmann::json json_of(const std::string& path) {
  return nlohmann::json::parse(vectors::bytes(path + "/case.json"));
}

// Parameters of a circuit, made and compared with what the reference made.
struct NamedParams {
  circuit::Density density;
  std::vector<std::uint8_t> file;

  NamedParams(const std::string& id, const Synthesis& blank) {
    blank(density);
    const auto sizes = query_sizes(density);
    const auto want = reference(id);
    REQUIRE(sizes == QuerySizes{want.at("ic"), want.at("h"), want.at("l"), want.at("a"),
                                want.at("b_g1"), want.at("b_g2")});
    ToxicWaste waste;
    waste.name(id);
    file.resize(params_bytes(sizes));
    REQUIRE(file.size() == want.at("params_bytes"));
    generate(blank, sizes, waste, file, kThreads);
    REQUIRE(vectors::sha256(std::span(file).first(verifying_key_bytes(sizes.ic))) ==
            want.at("vk_sha256"));
    REQUIRE(vectors::sha256(file) == want.at("params_sha256"));
  }

  static nlohmann::json reference(const std::string& id) {
    std::ifstream lines(SEALYARD_VECTORS "/params/params.jsonl");
    for (std::string line; std::getline(lines, line);)
      if (auto json = nlohmann::json::parse(line); json.at("id") == id) return json;
    throw std::runtime_error("params.jsonl has no " + id);
  }

  ProofBytes prove(const Synthesis& circuit, const Blinding& blinding,
                   Backend backend = Backend::portable) const {
    Assignment assignment(density.counts());
    circuit(assignment);
    assignment.finish();
    const Params params(file, "named.params", kThreads);
    return to_bytes(groth16::prove(params, density, assignment, blinding, {kThreads, backend}));
  }
};

// Proofs of the partitions of a case, with the named blinding.
void require_reference_proof(const NamedParams& params, const std::string& path,
                             const std::vector<Synthesis>& partitions) {
  CAPTURE(path);
  std::vector<std::uint8_t> proof;
  for (unsigned k = 0; k < partitions.size(); ++k) {
    const auto name = path.substr(path.find('/') + 1);
    const auto one = params.prove(partitions[k], Blinding::named(name, k));
    proof.insert(proof.end(), one.begin(), one.end());
  }
  REQUIRE(proof == vectors::bytes(path + "/proof-fixed-rs.bin"));
}

std::vector<Synthesis> post_partitions(const std::string& path, const circuit::PostShape& shape) {
  std::vector<circuit::PostSector> sectors;
  const auto json = json_of(path);
  for (const auto& sector : json.at("sectors")) {
    const auto number = sector.at("number").get<std::uint64_t>();
    const auto read = VanillaBytes(fmt::format("{}/vanilla-{}.bin", path, number)).post_sector();
    if (json.at("kind") == "winning")
      sectors = one_challenge_each(read);
    else
      sectors.push_back(read);
  }
  std::vector<Synthesis> partitions;
  for (std::size_t at = 0; at < sectors.size(); at += shape.sectors) {
    const std::vector mine(sectors.begin() + at,
                           sectors.begin() + std::min(sectors.size(), at + shape.sectors));
    partitions.push_back([shape, mine](Sink& sink) { post(sink, shape, mine); });
  }
  return partitions;
}

Synthesis update_partition(const std::string& path) {
  const auto json = json_of(path);
  const auto value = [&](const char* key) {
    return vectors::node(json.at(key).get<std::string>());
  };
  const auto shape = circuit::update_shape(json.at("sector_size").get<std::uint64_t>());
  const circuit::UpdateStatement statement{value("comm_r_old"), value("comm_d_new"),
                                           value("comm_r_new")};
  const auto partition = VanillaBytes(path + "/vanilla-0.bin").update_partition(0);
  return [=](Sink& sink) { update(sink, shape, statement, partition); };
}

// Vanilla proofs out of layers and trees.
std::vector<vanilla::Proof> prove_vanilla(const vectors::Case& from) {
  tests::SealedSector sealed;
  sealed.config = from.config;
  sealed.replica_id = from.replica_id;
  for (unsigned layer = 1; layer <= from.config.layers(); ++layer)
    sealed.layers.push_back(
        vectors::nodes(from.path("cache/sc-02-data-layer-" + std::to_string(layer) + ".dat")));
  sealed.data = vectors::nodes(from.path("unsealed"));
  sealed.sealed = vectors::nodes(from.path("sealed"));
  sealed.build_trees();
  const tests::ProofSources sources(sealed);
  std::vector<vanilla::Proof> proofs;
  for (const auto challenge : challenges::derive(from.config, from.replica_id, from.comm_r,
                                                 from.seed, challenges::partition(from.config, 0)))
    proofs.push_back(vanilla::prove(sources.sector(), challenge));
  return proofs;
}

// Those that the seed selects out of a synthetic proof file.
std::vector<vanilla::Proof> select_synthetic(const vectors::Case& from) {
  const auto file = vectors::bytes(from.path("cache/syn-porep-vanilla-proofs.dat"));
  const auto roots = vanilla::decode_synthetic_head(file);
  const auto record = vanilla::synthetic_record_bytes(from.config);
  std::vector<vanilla::Proof> proofs;
  for (const auto index :
       challenges::synthetic_indexes(from.replica_id, from.seed, from.config.synthetic_challenges(),
                                     challenges::partition(from.config, 0)))
    proofs.push_back(vanilla::decode_synthetic_record(
        std::span(file).subspan(vanilla::kSyntheticHeadBytes + index * record, record), from.config,
        roots));
  return proofs;
}

Synthesis porep_partition(const vectors::Case& from) {
  const bool synthetic = from.config.feature == PorepFeature::synthetic;
  const auto proofs = synthetic ? select_synthetic(from) : prove_vanilla(from);
  const circuit::PorepStatement statement{from.replica_id, from.comm_d, from.comm_r};
  return [config = from.config, statement, proofs](Sink& sink) {
    porep(sink, config, statement, proofs);
  };
}

}  // namespace

TEST_CASE("groth16: parameters and proofs of WindowPoSt", "[groth16][bit-exact]") {
  const auto shape = circuit::window_post_shape(2048);
  const NamedParams params(window_post_id(2048), blank_post(shape));
  for (const auto* path : {"post/window-2k-1", "post/window-2k-3", "post/window-v1-2k-2"})
    require_reference_proof(params, path, post_partitions(path, shape));
}

TEST_CASE("groth16: in groups of any size and lean, the same proofs", "[groth16]") {
  const auto shape = circuit::window_post_shape(2048);
  const NamedParams named(window_post_id(2048), blank_post(shape));
  const Params params(named.file, "named.params", kThreads);
  std::vector<Synthesis> circuits;
  for (const auto* path : {"post/window-2k-1", "post/window-2k-3", "post/window-v1-2k-2"})
    for (auto& circuit : post_partitions(path, shape)) circuits.push_back(std::move(circuit));
  REQUIRE(circuits.size() >= 3);
  std::vector<Blinding> blindings;
  for (unsigned k = 0; k < circuits.size(); ++k) blindings.push_back(Blinding::named("group", k));
  const auto points = points_of_a_proof(params.sizes());

  std::vector<Proof> want;
  for (std::size_t k = 0; k < circuits.size(); ++k) {
    std::uint64_t told = 0, of = 0;
    want.push_back(prove_lean(params, named.density, circuits[k], blindings[k], {kThreads},
                              [&](auto done, auto total) {
                                CHECK(done >= told);
                                told = done;
                                of = total;
                              }));
    CHECK(told == points);
    CHECK(of == points);
    CHECK(to_bytes(want.back()) == named.prove(circuits[k], blindings[k]));
  }
  for (std::size_t group = 1; group <= circuits.size(); ++group) {
    std::vector<Proof> found;
    for (std::size_t at = 0; at < circuits.size(); at += group) {
      std::vector<Assignment> assignments;
      for (std::size_t i = at; i < std::min(at + group, circuits.size()); ++i) {
        assignments.emplace_back(named.density.counts());
        circuits[i](assignments.back());
        assignments.back().finish();
      }
      std::uint64_t told = 0;
      const auto proofs = prove(params, named.density, assignments,
                                std::span(blindings).subspan(at, assignments.size()), {kThreads},
                                [&](auto done, auto total) {
                                  CHECK(total == assignments.size() * points);
                                  told = done;
                                });
      CHECK(told == assignments.size() * points);
      found.insert(found.end(), proofs.begin(), proofs.end());
    }
    CAPTURE(group);
    CHECK(found == want);
  }
  std::vector<Assignment> none;
  CHECK_THROWS_AS(prove(params, named.density, none, blindings, {kThreads}), Error);
}

TEST_CASE("groth16 on a GPU: the bytes of the CPU's proofs", "[.][groth16][gpu][bit-exact]") {
  skip_without_gpu();
  const auto shape = circuit::window_post_shape(2048);
  const NamedParams named(window_post_id(2048), blank_post(shape));
  const Params params(named.file, "named.params", kThreads);
  for (const auto& circuit : post_partitions("post/window-2k-3", shape)) {
    const auto blinding = Blinding::named("gpu", 0);
    const auto want = named.prove(circuit, blinding);
    REQUIRE(named.prove(circuit, blinding, Backend::cuda) == want);
    REQUIRE(to_bytes(prove_lean(params, named.density, circuit, blinding,
                                {kThreads, Backend::cuda})) == want);
  }
}

TEST_CASE("groth16: parameters and proofs of WinningPoSt", "[groth16][bit-exact]") {
  const auto shape = circuit::winning_post_shape(2048);
  const NamedParams params(winning_post_id(2048), blank_post(shape));
  require_reference_proof(params, "post/winning-2k", post_partitions("post/winning-2k", shape));
}

TEST_CASE("groth16: parameters and proofs of sector updates", "[.][groth16][bit-exact][update]") {
  const NamedParams params(update_id(2048), blank_update(circuit::update_shape(2048)));
  require_reference_proof(params, "update/update-2k", {update_partition("update/update-2k")});
}

TEST_CASE("groth16: parameters and proofs of PoRep", "[.][groth16][bit-exact][porep]") {
  const auto config = registered_porep(5);
  const NamedParams params(porep_id(config), circuit::blank_porep(config));
  for (const auto* name : {"2k-data-v1_1", "2k-cc-v1_1", "2k-data-synth"})
    require_reference_proof(params, std::string("seal/") + name,
                            {porep_partition(vectors::seal_case(name))});
}
