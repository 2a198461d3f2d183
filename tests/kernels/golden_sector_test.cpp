// Whole sectors through all kernels: graph, labels, trees, encoding, commitments, proofs.
#include <vector>

#include "kernels/base/hex.h"
#include "kernels/challenges/challenges.h"
#include "kernels/label/label.h"
#include "kernels/replica/replica.h"
#include "kernels/vanilla/synthetic.h"
#include "tests/catch.h"
#include "tests/kernels/sealed_sector.h"
#include "tests/vectors.h"

using namespace sealyard;
using tests::ProofSources;
using tests::SealedSector;

namespace {

PorepConfig raw(std::uint64_t bytes, std::uint8_t id, ApiVersion api) {
  Node porep_id;
  porep_id.bytes.fill(id);
  return raw_porep(bytes, porep_id, api);
}

SealedSector seal(const PorepConfig& config, const Node& replica_id, std::vector<Node> data) {
  SealedSector out;
  out.config = config;
  out.replica_id = replica_id;
  out.data = std::move(data);
  const graph::Graph graph(config);
  std::vector<std::uint32_t> parents(config.nodes() * graph::kDegree);
  graph.generate(0, parents);
  for (unsigned layer = 1; layer <= config.layers(); ++layer) {
    std::vector<Node> labels(config.nodes());
    const std::span<const Node> previous =
        layer == 1 ? std::span<const Node>{} : std::span<const Node>(out.layers.back());
    label::fill({replica_id, layer, previous, labels}, 0, parents, device::best_cpu());
    out.layers.push_back(std::move(labels));
  }
  out.sealed.resize(config.nodes());
  replica::encode(out.data, out.layers.back(), out.sealed, Backend::portable);
  out.build_trees();
  return out;
}

Node comm_r(const SealedSector& sealed) {
  return tree::comm_r(sealed.roots.comm_c, sealed.roots.comm_r_last);
}

}  // namespace

// Computed by an independent implementation that gives the reference's published values; the CommR
// of proof 5 is that of lotus, cmd/lotus-bench/simple.go.
TEST_CASE("sector: zero data of actor 1000, sector 1, ticket 0, in every shape",
          "[sector][bit-exact]") {
  struct Row {
    PorepConfig config;
    std::string replica_id, layer_1, layer_2, comm_c, comm_r_last, comm_r;
  };
  const std::vector<Row> rows{
      {registered_porep(0), "418839c40c9d4af59792ba767c8f79e4f769e79b588a02481041fb715000c500",
       "a2a2565b6641717dc89186781b1ebe4c68dda3e61ba29826f5c878c7c60169e3",
       "643b95baf6d7aaddd6157969b4c5a11a122c885a6caa04866705d9b9cc891088",
       "763351379c0563eaa6ffa19544b7dd14698e0a83f6b644114cdc16638ab0fe5d",
       "166d3bdd05c047b157beb8c3ce0c519fa99cf338a92a364f5ca337cad9d2a867",
       "9afc52812625c3a7b25ee1453373a31f6a52c8b12e06c3fedc226b2855c70827"},
      {registered_porep(5), "2940faa406e4c6cbad015e2b08e76fd9e3b0e5b852cea7f8174c02ba33039a01",
       "3fea9e96454770b2ba3bdf441d08ef9757293e5a07766723727ecfb109d64647",
       "a03d8ab5008d9659f6d45032fb1a6a1c49ad788af2465685b33081f05544de5d",
       "95dd0e3fd2b1226dfcff24b2c337b96a965aebea8fa2c3ed1a0470582191de0b",
       "d75cfa6d30ece5e2d0354a1f855d7fb128e42e84a16a133278fd9ea8b72a8f15",
       "c647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762"},
      {registered_porep(10), "d0fb4b531f277e8ffafbb8068b8d9e40cf94045d71d4a21ae6a49faddb5c813f",
       "de367f5209beda537acc96fee5aa6c77e674a1d8a07a467f71572bac17219bc1",
       "00a13375db6f721cef905c4aedf4ca0ca4f022b641dc68e5d195ea18f7e0b5e6",
       "43d27225107deaebdaa6ee82359244bfcdb6efb860c5351b99682ccb1fb71868",
       "5b9d7e73891c546e385a1722b0465c7acf6241676424d95bee39f900865e5d0e",
       "40e5dd08e5bd066e4d3c4a17bcef02b45b8a82488f986b64d19da77b1b92ca19"},
      {registered_porep(15), "50409bdea511158b7478089619871d13c6654a95290ccd8e6b4e83748c8d361e",
       "9c1e14279136409b1e8e21ff4e501f43b17ef53eaa3220e27c4c39053921fb72",
       "3eb49d72b40d3cd75f4ba4ff11ef54f9297fb8cce4b6175f3319030f8bacca09",
       "835549e6f5d936fbe7b7ec91fd3d35d9de7c20061ccc568ae22de6d7eef5a566",
       "e49d977458c8966941c34d6f18b19deda0725c5e7c1dd03e6fe974e421f3555e",
       "149d87cbce94af742a19b83e17950f95295fe80f6d70a412a4be6b82910ce020"},
      {raw(4096, 0x7f, ApiVersion::v1_0_0),
       "f3f686086e6fcbda913b418ef524b192d001b8b08b1e2f068c38cd964e27bf05",
       "5d36f87c6dcb14a65ac34a6c28ea925888e89daccd04b81f7e3e3c5ed7cb727f",
       "572a5f6e05ab8720bd3cd87f152a04741d5175ff2f2e4009d1a0635b659d7327",
       "72287cb870e30ba7cde03c0541e0f2598d0f0225e569cef8c39724771e66492a",
       "14ac240fe043d985765f896496bd3afefd1ffa092ded68e16c5f0686f7c4021f",
       "5951e1a1bff241089ae3ad2bba206dd8515eee34f62363ce3673f38639fd325e"},
      {raw(4096, 0x80, ApiVersion::v1_1_0),
       "7e88e3e946c5a3b2e05908101f4b4b8fa9c602436f31f47ed2221cc446b14339",
       "d309a246edfd8b9b60b7c6b60dc49047df92ef509d5e0c527b32a9b6d236dbf2",
       "dde8899e2b3b5dbf60653d05d16bf17f3985130e9d84d802856f75f79c267819",
       "810c109b997dbc12427ff10929b94ba2cc3b8c8d62ef116e30a311f6d0701a12",
       "e780664d1e23d71c23c4099963f06ddd5b218471d7e0394b48ce3fde0e62db02",
       "740b9f8a5ed4e114300a59e0e5d70595ea3d7a6c991e9a9f95cf538c10e0056c"},
      {raw(16384, 0x80, ApiVersion::v1_1_0),
       "58d99f33b012fe648f31d2d16962e1a029e52dc5467c63f73299590bf4490627",
       "2f8c596b0a34a510ca7ad98d55d9d318175b418987cef2356c1015d890e63e77",
       "f76801c1ef0bd8ef56e05c32fb775eadc6284077c7e9894387a9feac56f356e7",
       "da69d0871eb896c2e7de9e0b2685089b2e385e83f07207602bc516b3383f2534",
       "d824d343041676c7f7c68caaa8a8eedbe6cd501406fd3a512780232e030f7137",
       "4faffe27961c928ef775ae100e5892a2e5683f771bf253ff61f641cd2c685d1a"},
      {raw(32768, 0x7f, ApiVersion::v1_0_0),
       "dd85cdf9b5d038416b1265504199fed2753abd565af1ed1796e938c806c85a2b",
       "e815c2bbfe2adf64bf03eb92f846c9830843c78b8e1e38767791dc4fb952531e",
       "cdb9ef70832221fb01c6ef40424a16725fd7499a0b9b45c6f684eff214180c7d",
       "6210299c7abd36daee3106b4681f20843b2ee6eb390567da2913fe439975cd33",
       "57cdb7573108c69bc3357ce0f13fe593fe07f7f29f66997637e9a138e925336b",
       "8bab230134a1b40e218bc73c8f9e474b0c909a59b694f463f783fd0cfdf37e06"},
      {raw(32768, 0x80, ApiVersion::v1_1_0),
       "917b9e7c850856f1f972409dee293002200a1bad3ef795a18ea28d36df7f981b",
       "41e04e435b218731189f084bb6fb38dc4e6cae05fff78bc5d899e819878d1c89",
       "cf00153aee1d780c74808470c9e5d1b60062f5445020f21a3fb931fd996b789d",
       "27e883d682a0c87ac87fbe3d90ede5f81fa0f2b61d0711213208dcb4a8133a13",
       "24afa1f1eb887d0925a1663e7c086baaa59c14d1df8d7b38bcaaa436f2e38459",
       "5dc7a3982392e6951e1c01f5569eba9116c43bded8ea9722e4362b723cf41425"}};
  for (const auto& row : rows) {
    CAPTURE(row.config.name());
    const std::vector<Node> zeros(row.config.nodes());
    const auto comm_d = SealedSector::whole_tree(tree::data_tree(zeros.size()), zeros, {}).back();
    const auto replica_id =
        label::replica_id(label::prover_id(1000), 1, Node{}, comm_d, row.config.porep_id);
    REQUIRE(to_hex(replica_id) == row.replica_id);
    const auto sealed = seal(row.config, replica_id, zeros);
    REQUIRE(vectors::sha256(sealed.layers[0]) == row.layer_1);
    REQUIRE(vectors::sha256(sealed.layers[1]) == row.layer_2);
    REQUIRE(sealed.sealed == sealed.layers[1]);
    REQUIRE(to_hex(sealed.roots.comm_c) == row.comm_c);
    REQUIRE(to_hex(sealed.roots.comm_r_last) == row.comm_r_last);
    REQUIRE(to_hex(comm_r(sealed)) == row.comm_r);
  }
}

TEST_CASE("sector: the small reference sectors from their pieces", "[sector][bit-exact]") {
  for (const auto& from : vectors::seal_cases(32 * 1024)) {
    CAPTURE(from.name);
    const auto sealed = seal(from.config, from.replica_id, from.unsealed());
    for (unsigned layer = 1; layer <= from.config.layers(); ++layer)
      REQUIRE(vectors::sha256(sealed.layers[layer - 1]) ==
              from.cache_sha256("sc-02-data-layer-" + std::to_string(layer) + ".dat"));
    REQUIRE(sealed.sealed == vectors::nodes(from.path("sealed")));
    REQUIRE(to_hex(sealed.roots.comm_d) == to_hex(from.comm_d));
    REQUIRE(to_hex(comm_r(sealed)) == to_hex(from.comm_r));
  }
}

TEST_CASE("sector: the synthetic proof file is the reference's", "[sector][bit-exact]") {
  const auto from = vectors::seal_case("2k-data-synth");
  const auto sealed = seal(from.config, from.replica_id, from.unsealed());
  const ProofSources sources(sealed, 1 << 20);
  const auto challenges = challenges::synthetic(from.replica_id, from.comm_r, from.config.nodes(),
                                                from.config.synthetic_challenges());
  const auto head = vanilla::encode_synthetic_head(sealed.roots);
  std::vector<std::uint8_t> file(vanilla::synthetic_file_bytes(from.config));
  std::copy(head.begin(), head.end(), file.begin());
  vanilla::write_synthetic_records(sources.sector(), challenges,
                                   std::span(file).subspan(head.size()), 2);
  REQUIRE(vectors::sha256(file) == from.cache_sha256("syn-porep-vanilla-proofs.dat"));
}

TEST_CASE("sector: 8 MiB of real data", "[.][8m]") {
  const auto from = vectors::seal_case("8m-data-v1_1");
  const auto sealed = seal(from.config, from.replica_id, from.unsealed());
  REQUIRE(vectors::sha256(sealed.layers[1]) == from.cache_sha256("sc-02-data-layer-2.dat"));
  REQUIRE(vectors::sha256(sealed.tree_d) == from.cache_sha256("sc-02-data-tree-d.dat"));
  REQUIRE(vectors::sha256(sealed.tree_c[0]) == from.cache_sha256("sc-02-data-tree-c.dat"));
  REQUIRE(vectors::sha256(sealed.tree_r_last[0]) ==
          from.cache_sha256("sc-02-data-tree-r-last.dat"));
  REQUIRE(to_hex(comm_r(sealed)) == to_hex(from.comm_r));

  // Some proofs of the production kind: two discarded rows, six levels.
  const ProofSources unheld(sealed);
  for (const std::uint64_t node : {1u, 4095u, 4096u, 200000u, (1u << 18) - 1}) {
    const auto proof = vanilla::prove(unheld.sector(), node);
    REQUIRE(vanilla::check(proof, sealed.config, sealed.replica_id, unheld.parents(node),
                           sealed.roots) == std::nullopt);
  }
}
