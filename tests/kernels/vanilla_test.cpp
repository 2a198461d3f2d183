#include <set>
#include <vector>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "kernels/vanilla/proof.h"
#include "kernels/vanilla/synthetic.h"
#include "tests/catch.h"
#include "tests/kernels/sealed_sector.h"
#include "tests/vectors.h"

using namespace sealyard;
using tests::ProofSources;
using tests::SealedSector;

namespace {

SealedSector sealed_sector(const vectors::Case& from) {
  SealedSector out;
  out.config = from.config;
  out.replica_id = from.replica_id;
  for (unsigned layer = 1; layer <= from.config.layers(); ++layer)
    out.layers.push_back(
        vectors::nodes(from.path("cache/sc-02-data-layer-" + std::to_string(layer) + ".dat")));
  out.data = vectors::nodes(from.path("unsealed"));
  out.sealed = vectors::nodes(from.path("sealed"));
  out.build_trees();
  return out;
}

bool has_layers(const vectors::Case& from) {
  return vectors::exists(from.path("cache/sc-02-data-layer-1.dat"));
}

// A part of a proof, and how a flaw of it is called.
struct Field {
  std::string name;
  std::span<std::uint8_t> bytes;
};

template <typename T>
std::span<std::uint8_t> bytes_of(T& value) {
  return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

void add_fields(std::vector<Field>& fields, const std::string& name, tree::InclusionProof& proof) {
  fields.push_back({name, proof.root.bytes});
  fields.push_back({name, proof.leaf.bytes});
  for (auto* path : {&proof.base, &proof.sub, &proof.top}) {
    for (auto& sibling : path->siblings) fields.push_back({name, sibling.bytes});
    if (!path->empty()) fields.push_back({name, path->positions});
  }
}

std::vector<Field> fields_of(vanilla::Proof& proof) {
  std::vector<Field> fields{{"", bytes_of(proof.challenge)}};
  add_fields(fields, "comm_d_proofs", proof.comm_d);
  add_fields(fields, "comm_r_last_proof", proof.comm_r_last);
  const auto add_column = [&](const std::string& name, vanilla::ColumnProof& column,
                              const std::string& row) {
    fields.push_back({name, bytes_of(column.index)});
    for (std::size_t layer = 1; layer <= column.rows.size(); ++layer)
      fields.push_back(
          {name + (row.empty() ? row : row + std::to_string(layer)), column.rows[layer - 1].bytes});
    add_fields(fields, name, column.inclusion);
  };
  add_column("c_x", proof.column, ": label of layer ");
  for (unsigned i = 0; i < vanilla::kParents; ++i)
    add_column(i < 6 ? fmt::format("drg_parents[{}]", i) : fmt::format("exp_parents[{}]", i - 6),
               proof.parents[i], "");
  return fields;
}

// Turns a bit of every step-th byte of each field, of bytes that move from field to field; the flaw
// must be called by the challenge and the field.
void turn_bytes(const std::string& name, std::uint64_t node, std::size_t step) {
  const auto sealed = sealed_sector(vectors::seal_case(name));
  const ProofSources sources(sealed);
  const auto parents = sources.parents(node);
  const auto flaw = [&](const vanilla::Proof& proof) {
    return vanilla::check(proof, sealed.config, sealed.replica_id, parents, sealed.roots);
  };
  auto proof = vanilla::prove(sources.sector(), node);
  REQUIRE(flaw(proof) == std::nullopt);
  std::size_t tried = 0;
  for (const auto& field : fields_of(proof)) {
    for (std::size_t at = tried % step % field.bytes.size(); at < field.bytes.size(); at += step) {
      const auto bit = static_cast<std::uint8_t>(1u << ++tried % 8);
      field.bytes[at] ^= bit;
      const auto found = flaw(proof).value_or("no flaw");
      field.bytes[at] ^= bit;
      CAPTURE(name, field.name, at, found);
      REQUIRE(found.starts_with("challenge "));
      REQUIRE(found.find(": " + field.name) != std::string::npos);
    }
  }
  REQUIRE(tried > (step == 1 ? 8000u : 300u));
  REQUIRE(flaw(proof) == std::nullopt);
}

}  // namespace

TEST_CASE("vanilla: proofs of the reference's sectors hold", "[vanilla]") {
  for (const auto& from : vectors::seal_cases(32 * 1024)) {
    if (!has_layers(from)) continue;
    CAPTURE(from.name);
    const auto sealed = sealed_sector(from);
    const ProofSources sources(sealed);
    const auto nodes = sealed.config.nodes();
    for (std::uint64_t node = 1; node < nodes; node += 1 + nodes / 3) {
      const auto proof = vanilla::prove(sources.sector(), node);
      const auto flaw = vanilla::check(proof, sealed.config, sealed.replica_id,
                                       sources.parents(node), sealed.roots);
      REQUIRE(flaw == std::nullopt);
      REQUIRE(proof.comm_d.base.levels() == static_cast<std::size_t>(std::countr_zero(nodes)));
    }
    REQUIRE_THROWS_AS(vanilla::prove(sources.sector(), 0), Error);
    REQUIRE_THROWS_AS(vanilla::prove(sources.sector(), nodes), Error);
  }
}

TEST_CASE("vanilla: labeling repeats the parents' labels up to 37", "[vanilla]") {
  const auto sealed = sealed_sector(vectors::seal_case("2k-data-v1_1"));
  const ProofSources sources(sealed);
  const auto proof = vanilla::prove(sources.sector(), 33);
  const auto parents = sources.parents(33);
  const auto first = vanilla::labeling(proof, 1), second = vanilla::labeling(proof, 2);
  REQUIRE(first.node == 33);
  REQUIRE(second.layer_index == 2);
  for (unsigned i = 0; i < 37; ++i) {
    REQUIRE(first.parents[i] == sealed.layers[0][parents[i % 6]]);
    REQUIRE(second.parents[i] == sealed.layers[i % 14 < 6 ? 1 : 0][parents[i % 14]]);
  }
  REQUIRE(vanilla::label(sealed.replica_id, first) == sealed.layers[0][33]);
  REQUIRE(vanilla::label(sealed.replica_id, second) == sealed.layers[1][33]);
  REQUIRE_THROWS_AS(vanilla::labeling(proof, 0), Error);
  REQUIRE_THROWS_AS(vanilla::labeling(proof, 3), Error);
}

TEST_CASE("vanilla: each wrong field is found and named", "[vanilla]") {
  const auto sealed = sealed_sector(vectors::seal_case("32k-raw"));
  const ProofSources sources(sealed);
  const auto good = vanilla::prove(sources.sector(), 700);
  auto parents = sources.parents(700);
  auto roots = sealed.roots;
  auto replica_id = sealed.replica_id;
  auto bad = good;
  const auto finds = [&](std::string_view part) {
    const auto flaw = vanilla::check(bad, sealed.config, replica_id, parents, roots);
    const auto text = flaw ? *flaw : "no flaw";
    CAPTURE(text, part);
    REQUIRE(text.find(part) != std::string::npos);
  };
  finds("no flaw");
  const Node modulus =
      node_from_hex("01000000fffffffffe5bfeff02a4bd5305d8a10908d83933487d9d2953a7ed73", "r");

  SECTION("roots") {
    roots.comm_d.bytes[0] ^= 1;
    finds("challenge 700: comm_d_proofs: root is ");
    roots = sealed.roots;
    roots.comm_c.bytes[0] ^= 1;
    finds("challenge 700: drg_parents[0]: root is ");
    roots = sealed.roots;
    bad.column.inclusion.root.bytes[0] ^= 1;
    finds("challenge 700: c_x: root is ");
    bad = good;
    roots = sealed.roots;
    roots.comm_r_last.bytes[0] ^= 1;
    finds("challenge 700: comm_r_last_proof: root is ");
  }
  SECTION("siblings of every level of every tree") {
    for (const auto path :
         {&tree::InclusionProof::base, &tree::InclusionProof::sub, &tree::InclusionProof::top}) {
      bad.comm_r_last = good.comm_r_last;
      (bad.comm_r_last.*path).siblings[0].bytes[0] ^= 1;
      finds("comm_r_last_proof: root hashed from leaf and siblings");
      bad = good;
      (bad.parents[13].inclusion.*path).siblings.back().bytes[0] ^= 1;
      finds("exp_parents[7]: root hashed");
      bad = good;
    }
    bad.comm_d.base.siblings[9].bytes[0] ^= 1;
    finds("comm_d_proofs: root hashed");
  }
  SECTION("positions and sizes") {
    bad.comm_d.base.positions[0] ^= 1;
    finds("comm_d_proofs: the path is not that of node 700");
    bad = good;
    bad.column.inclusion.base.siblings.pop_back();
    finds("c_x: the path is not");
    bad = good;
    bad.column.rows.pop_back();
    finds("c_x: 1 labels, want 2");
    bad = good;
    bad.challenge = 701;
    finds("challenge 701: comm_d_proofs: the path");
    bad.challenge = 0;
    finds("want 1 to 1023");
    bad.challenge = 1024;
    finds("want 1 to 1023");
  }
  SECTION("columns, labels and parents") {
    bad.parents[0].rows[1].bytes[3] ^= 1;
    finds("drg_parents[0]: leaf of tree-c");
    bad = good;
    bad.parents[6].rows[0] = modulus;
    finds("exp_parents[0]: a label is no field element");
    bad = good;
    parents[7] ^= 1;
    finds("exp_parents[1]: column");
    parents = sources.parents(700);
    replica_id.bytes[0] ^= 1;
    finds("c_x: label of layer 1");
    replica_id = sealed.replica_id;
    bad.column.rows[1].bytes[31] ^= 1;
    finds("challenge 700: c_x: label of layer 2 is ");
  }
  SECTION("encoding and leaves") {
    bad.comm_d.leaf.bytes[0] ^= 1;
    finds("comm_d_proofs: root hashed");
    const auto quick = vanilla::check_hashes(bad, sealed.config, replica_id, parents, roots);
    REQUIRE(quick.has_value());
    REQUIRE(quick->starts_with("challenge 700: comm_r_last_proof: leaf is "));
    bad.comm_d.leaf = modulus;
    finds("is no field element");
  }
}

TEST_CASE("vanilla: every field of a proof counts", "[vanilla][property]") {
  for (const auto& [name, node] : {std::pair{"2k-data-v1_1", 33u},
                                   {"2k-data-v1", 63u},
                                   {"2k-data-ni", 5u},
                                   {"4k-raw", 100u},
                                   {"16k-v1_0-raw", 511u},
                                   {"32k-raw", 700u}})
    turn_bytes(name, node, 31);
}

TEST_CASE("vanilla: every byte of a proof counts", "[.][every-byte]") {
  turn_bytes("2k-data-v1_1", 33, 1);
  turn_bytes("32k-raw", 700, 1);
}

TEST_CASE("vanilla: synthetic records and files have the reference's sizes", "[vanilla]") {
  struct Row {
    unsigned proof;
    std::uint64_t record, file;
  };
  for (const auto& row :
       {Row{10, 8984, 575072}, Row{11, 23704, 6213861472}, Row{12, 31064, 8143241312},
        Row{13, 42744, 11205083232}, Row{14, 43288, 11347689568}}) {
    REQUIRE(vanilla::synthetic_record_bytes(registered_porep(row.proof)) == row.record);
    REQUIRE(vanilla::synthetic_file_bytes(registered_porep(row.proof)) == row.file);
  }
}

TEST_CASE("vanilla: the reference's synthetic file reads, holds and writes back",
          "[vanilla][bit-exact]") {
  const auto from = vectors::seal_case("2k-data-synth");
  const auto file = vectors::bytes(from.path("cache/syn-porep-vanilla-proofs.dat"));
  REQUIRE(file.size() == vanilla::synthetic_file_bytes(from.config));
  const auto p_aux = vectors::nodes(from.path("cache/p_aux"));
  const auto roots = vanilla::decode_synthetic_head(file);
  REQUIRE(roots == vanilla::Commitments{from.comm_d, p_aux[0], p_aux[1]});
  std::vector<std::uint8_t> written;
  const auto head = vanilla::encode_synthetic_head(roots);
  written.insert(written.end(), head.begin(), head.end());

  const graph::Graph graph(from.config);
  const auto bytes = vanilla::synthetic_record_bytes(from.config);
  std::vector<std::uint8_t> record(bytes);
  for (std::uint64_t s = 0; s < from.config.synthetic_challenges(); ++s) {
    const auto proof = vanilla::decode_synthetic_record(
        std::span(file).subspan(head.size() + s * bytes, bytes), from.config, roots);
    vanilla::Parents parents{};
    graph.parents(proof.challenge, parents);
    REQUIRE(vanilla::check(proof, from.config, from.replica_id, parents, roots) == std::nullopt);
    vanilla::encode_synthetic_record(proof, from.config, record);
    written.insert(written.end(), record.begin(), record.end());
  }
  REQUIRE(vectors::sha256(written) == from.cache_sha256("syn-porep-vanilla-proofs.dat"));
}

TEST_CASE("vanilla: records are the same for every split, thread count and held rows",
          "[vanilla]") {
  const auto sealed = sealed_sector(vectors::seal_case("16k-raw"));
  const ProofSources sources(sealed), held(sealed, 100000);
  const std::vector<std::uint64_t> challenges{1, 63, 64, 511, 300, 300};
  const auto bytes = vanilla::synthetic_record_bytes(sealed.config);
  std::vector<std::uint8_t> want(challenges.size() * bytes), found(want.size());
  vanilla::write_synthetic_records(sources.sector(), challenges, want);
  vanilla::write_synthetic_records(held.sector(), challenges, found, 4);
  REQUIRE(found == want);
  const auto record = vanilla::decode_synthetic_record(std::span(want).subspan(bytes, bytes),
                                                       sealed.config, sealed.roots);
  REQUIRE(record == vanilla::prove(sources.sector(), 63));
  REQUIRE_THROWS_AS(
      vanilla::write_synthetic_records(sources.sector(), challenges, std::span(found).subspan(1)),
      Error);
}

TEST_CASE("vanilla: a wrong layer, replica or record is corrupt", "[vanilla]") {
  auto sealed = sealed_sector(vectors::seal_case("2k-data-v1_1"));
  const std::vector<std::uint64_t> challenges{20};
  std::vector<std::uint8_t> out(vanilla::synthetic_record_bytes(sealed.config));
  const auto fault = [&] {
    try {
      const ProofSources sources(sealed);
      vanilla::write_synthetic_records(sources.sector(), challenges, out);
    } catch (const Error& error) {
      return error.fault();
    }
    return Fault::internal;
  };
  SECTION("layer") { sealed.layers[0][20].bytes[0] ^= 1; }
  SECTION("replica") { sealed.sealed[20].bytes[0] ^= 1; }
  SECTION("data") { sealed.tree_d[20].bytes[0] ^= 1; }
  SECTION("replica id") { sealed.replica_id.bytes[0] ^= 1; }
  REQUIRE(fault() == Fault::corrupt);
  REQUIRE(out == std::vector<std::uint8_t>(out.size()));
  REQUIRE_THROWS_AS(vanilla::decode_synthetic_record(std::span(out).subspan(1), sealed.config, {}),
                    Error);
  out[7] = 1;  // challenge 2^56
  REQUIRE_THROWS_AS(vanilla::decode_synthetic_record(out, sealed.config, {}), Error);
  REQUIRE_THROWS_AS(vanilla::decode_synthetic_head(std::span(out).first(95)), Error);
}
