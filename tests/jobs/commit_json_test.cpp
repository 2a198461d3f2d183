// The C1 output as JSON: the reference's bytes, a tolerant reader, and no flaw goes unseen.
#include "jobs/sector/commit_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

std::string reference_json() {
  const auto bytes = vectors::bytes("seal/2k-cc-v1_1/c1.json");
  return {bytes.begin(), bytes.end()};
}

std::string written(const sector::C1Output& output) {
  std::string text;
  sector::write_c1_json(output, [&](std::string_view piece) { text += piece; });
  return text;
}

std::string refusal(const std::string& json) {
  try {
    sector::parse_c1_json(json, "c1.json");
  } catch (const Error& error) {
    REQUIRE(error.fault() == Fault::corrupt);
    return error.what();
  }
  return "";
}

// What is said against a C1 output, by the reader or by the proofs.
std::string said_against(const std::string& json) {
  try {
    return sector::flaw(sector::parse_c1_json(json, "c1.json")).value_or("");
  } catch (const Error& error) {
    return error.what();
  }
}

// Calls visit(path, value) with every number and every node (32 numbers) below a value.
template <typename Visit>
void walk(const std::string& path, nlohmann::json& value, const Visit& visit) {
  const bool node = value.is_array() && value.size() == 32 && value[0].is_number();
  if (node || value.is_number()) return visit(path, value);
  if (!value.is_structured()) return;
  for (auto& [key, inner] : value.items()) walk(path + "/" + key, inner, visit);
}

// Turns a bit of a number, or of one of the 32 of a node.
void turn_bit(nlohmann::json& value, std::size_t i) {
  auto& number = value.is_array() ? value[i * 7 % 32] : value;
  number = number.get<std::uint64_t>() ^ (1u << i % 8);
}

// How a flaw at that path may be called: the field; for what is hashed into labels these as well.
std::vector<std::string> names(const std::string& path) {
  for (const std::string field : {"comm_d_proofs", "comm_r_last_proof", "encoding_proof"})
    if (path.find(field) != std::string::npos) return {field};
  for (const std::string field : {"labeling_proofs", "drg_parents", "exp_parents"}) {
    const auto at = path.find(field + "/");
    if (at == std::string::npos) continue;
    const auto number = at + field.size() + 1;
    const auto name =
        fmt::format("{}[{}]", field, path.substr(number, path.find('/', number) - number));
    if (path.find("/rows/") != std::string::npos)
      return {name, "labeling_proofs[", "encoding_proof"};
    return {name};
  }
  if (const auto rows = path.find("/rows/"); rows != std::string::npos)
    return {"c_x: label of layer " + std::to_string(std::stoul(path.substr(rows + 6)) + 1)};
  return {"c_x"};
}

std::string with(std::string json, const std::string& from, const std::string& to) {
  const auto at = json.find(from);
  REQUIRE(at != std::string::npos);
  return json.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("commit json: the reference's bytes are read and written back", "[json][bit-exact]") {
  const auto json = reference_json();
  const auto output = sector::parse_c1_json(json, "c1.json");
  const auto reference = vectors::seal_case("2k-cc-v1_1");
  CHECK(output.porep == reference.config);
  CHECK(output.comm_r == reference.comm_r);
  CHECK(output.comm_d == reference.comm_d);
  CHECK(output.replica_id == reference.replica_id);
  CHECK(output.seed == reference.seed);
  CHECK(output.ticket == reference.ticket);
  CHECK_FALSE(sector::flaw(output, 2));
  const auto again = written(output);
  const auto differs = std::mismatch(again.begin(), again.end(), json.begin(), json.end());
  CAPTURE(differs.first - again.begin());
  CHECK(again == json);
}

TEST_CASE("commit json: another order, spaces and more keys are the same", "[json]") {
  const auto json = reference_json();
  auto document = nlohmann::json::parse(json);  // sorts keys, as Go does
  document["_lotus_SealRandomness"] = "AAAA\\\"\u00e9 \t";
  document["more"] = {{"deep", {1.5e-3, -2, true, false, nullptr, "\u00fc"}}};
  auto& proof = document["vanilla_proofs"]["StackedDrg2KiBV1"][0][0];
  proof["comm_d_proofs"]["data"]["Single"]["more"] = {1, 2, 3};
  const auto want = sector::parse_c1_json(json, "c1.json");
  CHECK(sector::parse_c1_json(document.dump(), "c1.json") == want);
  CHECK(sector::parse_c1_json(document.dump(1) + "\n", "c1.json") == want);
  // The proofs come before the proof type.
  nlohmann::ordered_json turned;
  for (const auto* key :
       {"vanilla_proofs", "ticket", "seed", "replica_id", "comm_d", "comm_r", "registered_proof"})
    turned[key] = document[key];
  CHECK(sector::parse_c1_json(turned.dump(), "c1.json") == want);
}

TEST_CASE("commit json: a size without a registered proof", "[json]") {
  auto output = sector::parse_c1_json(reference_json(), "c1.json");
  output.porep = raw_porep(output.porep.sector_bytes, output.porep.porep_id, output.porep.api);
  const auto json = written(output);
  CHECK(json.starts_with(R"({"registered_proof":null,"porep_id":[)"));
  CHECK(sector::parse_c1_json(json, "c1.json") == output);
  CHECK(refusal(with(json, R"("api_version":"1.1.0")", R"("api_version":"9.1.0")")).find("9.1.0") !=
        std::string::npos);
}

TEST_CASE("commit json: what is not its form is refused", "[json]") {
  const auto json = reference_json();
  const auto refused = [&](const std::string& from, const std::string& to, const char* words) {
    const auto text = refusal(with(json, from, to));
    CAPTURE(from, to, text);
    CHECK(text.find(words) != std::string::npos);
  };
  refused("\"seed\":", "\"sead\":", "field seed is missing");
  refused("\"seed\":", "\"ticket\":", "field ticket comes twice");
  refused("StackedDrg2KiBV1_1", "StackedDrg3KiBV1_1", "StackedDrg3KiBV1_1, no seal proof");
  refused("StackedDrg2KiBV1_1", "StackedDrg8MiBV1_1", "StackedDrg8MiBV1 is missing");
  refused("\"Single\"", "\"Sub\"", "field Single is missing");
  refused(",\"_h\":null", "", "field _h is missing");
  refused("\"_h\":null", "\"_h\":0", "want null");
  refused("\"leaf\":[", "\"leaf\":[0,", "more than 32 bytes");
  refused("\"root\":[252", "\"root\":[256", "256, want 0 to 255");
  refused("\"root\":[252", "\"root\":[-1", "want a whole number");
  refused("\"root\":[252", "\"root\":[1.0", "want a whole number");
  refused("\"root\":[252", "\"root\":[007", "want a whole number");
  refused("\"root\":[252", "\"root\":[99999999999999999999", "want a whole number");
  refused("\"labeling_proofs\":[{", "\"labeling_proofs\":[{},{", "field parents is missing");
  refused("\"layer_index\":2", "\"layer_index\":1", "labeling_proofs[1]");
  CHECK(refusal("").find("want an object") != std::string::npos);
  CHECK(refusal(json + "x").find("want the end") != std::string::npos);
  CHECK(refusal("{\"more\":" + std::string(100000, '[')).find("nested deeper") !=
        std::string::npos);
  for (std::size_t cut = 0; cut < json.size(); cut += 397) {
    CAPTURE(cut);
    REQUIRE(refusal(json.substr(0, cut)) != "");
  }
}

TEST_CASE("commit json: a change of any field is seen and named", "[json][property]") {
  // Interactive, synthetic and non-interactive; of the longer ones some.
  for (const auto& one : {std::pair{"2k-cc-v1_1", 1u},
                          {"2k-data-synth", 7u},
                          {"2k-data-ni", 397u},
                          {"8m-data-v1_1", 61u}}) {
    const auto name = one.first;  // a lambda of C++20 cannot keep parts of a pair
    const auto step = one.second;
    const auto text = vectors::bytes(std::string("seal/") + name + "/c1.json");
    auto json = nlohmann::json::parse(text);
    const auto config = vectors::seal_case(name).config;
    REQUIRE(said_against(json.dump()) == "");
    REQUIRE(vectors::sha256(text) == vectors::seal_case(name).json.at("c1_json_sha256"));
    std::size_t seen = 0, tried = 0;
    walk("", json, [&](const std::string& path, nlohmann::json& value) {
      // The ticket is bound to the replica id by the miner only, a seed may be without meaning.
      if (path == "/ticket") return;
      if (path == "/seed" && config.feature == PorepFeature::non_interactive) return;
      if (++seen % step != 0) return;
      ++tried;
      const auto right = value;
      turn_bit(value, seen);
      const auto said = said_against(json.dump());
      value = right;
      CAPTURE(name, path, said);
      REQUIRE(said != "");
      if (!right.is_array() || !path.starts_with("/vanilla_proofs/")) return;
      REQUIRE(said.find("challenge ") != std::string::npos);
      bool named = false;
      for (const auto& word : names(path)) named |= said.find(word) != std::string::npos;
      REQUIRE(named);
    });
    CHECK(tried * step + step > seen);
    CHECK(seen > 900);
    REQUIRE(said_against(json.dump()) == "");
  }
}

TEST_CASE("commit json: flaws name partition, challenge, layer and field", "[json]") {
  const auto good = sector::parse_c1_json(reference_json(), "c1.json");
  const auto flaw = [&](const std::function<void(sector::C1Output&)>& change) {
    auto output = good;
    change(output);
    return sector::flaw(output).value_or("");
  };
  const auto challenge = "challenge " + std::to_string(good.partitions[0][1].challenge);
  CHECK(flaw([](auto& o) { o.partitions[0].pop_back(); }) == "partition 0: 1 proofs, want 2");
  CHECK(flaw([](auto& o) { o.seed = Node{}; }) == "the seed is all zero");
  CHECK(flaw([](auto& o) { o.comm_r.bytes[3] ^= 1; }).starts_with("CommR of the roots"));
  CHECK(flaw([](auto& o) { o.seed.bytes[3] ^= 1; }).starts_with("partition 0: challenge "));
  CHECK(flaw([](auto& o) { o.partitions[0][1].challenge = 18; }) ==
        "partition 0: challenge 18, want 17");
  const auto text = flaw([](auto& o) { o.replica_id.bytes[0] ^= 1; });
  CHECK(text.starts_with("partition 0: challenge "));
  const auto path = flaw([](auto& o) { o.partitions[0][1].comm_d.base.siblings[5].bytes[0] ^= 1; });
  CHECK(path.starts_with("partition 0: " + challenge + ": comm_d_proofs: root hashed"));
}
