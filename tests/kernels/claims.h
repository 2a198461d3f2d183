// What the proofs of tests/vectors are proofs of: their case.json as the verifier takes it.
#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "kernels/groth16/identity.h"
#include "kernels/verify/post.h"
#include "kernels/verify/seal.h"
#include "kernels/verify/update.h"
#include "tests/vectors.h"

namespace sealyard::tests {

inline nlohmann::json case_json(const std::string& path) {
  return nlohmann::json::parse(vectors::bytes(path + "/case.json"));
}

inline Node node_at(const nlohmann::json& json, const char* key) {
  return vectors::node(json.at(key).get<std::string>());
}

inline verify::Seal seal_claim(const std::string& name) {
  const auto from = vectors::seal_case(name);
  return {from.config, {from.miner, from.sector}, from.comm_d, from.comm_r, from.ticket, from.seed};
}

/// CommR stands in the vanilla proof of the sector, behind its number.
inline Node proven_comm_r(const std::string& path, std::uint64_t number) {
  const auto bytes = vectors::bytes(fmt::format("{}/vanilla-{}.bin", path, number));
  Node comm_r;
  std::copy_n(bytes.begin() + 8, kNodeBytes, comm_r.bytes.begin());
  return comm_r;
}

inline verify::Post post_claim(const std::string& path) {
  const auto json = case_json(path);
  verify::Post post{.kind = challenges::parse_post(json.at("kind").get<std::string>()),
                    .sector_bytes = json.at("sector_size"),
                    .miner = json.at("miner"),
                    .randomness = node_at(json, "randomness"),
                    .sectors = {}};
  for (const auto& sector : json.at("sectors"))
    post.sectors[sector.at("number")] = proven_comm_r(path, sector.at("number"));
  return post;
}

inline verify::Update update_claim(const std::string& path) {
  const auto json = case_json(path);
  return {.sector_bytes = json.at("sector_size"),
          .comm_r_old = node_at(json, "comm_r_old"),
          .comm_r_new = node_at(json, "comm_r_new"),
          .comm_d_new = node_at(json, "comm_d_new")};
}

inline groth16::VerifyingKey key_of(const std::string& params_id) {
  const auto name = groth16::verifying_key_file(params_id);
  return groth16::read_verifying_key(vectors::bytes("params/" + name), name);
}

/// Calls visit(claim) with the claim of "seal/2k-cc-v1_1", "post/winning-2k" and so on.
template <typename Visit>
auto with_claim(const std::string& path, Visit&& visit) {
  if (path.starts_with("seal/")) return visit(seal_claim(path.substr(5)));
  if (path.starts_with("post/")) return visit(post_claim(path));
  return visit(update_claim(path));
}

/// Every case that has a proof and a key.
inline const std::vector<std::string> kProvenCases{
    "seal/2k-cc-v1_1",  "seal/2k-data-synth",  "seal/2k-data-v1_1", "post/window-2k-1",
    "post/window-2k-3", "post/window-v1-2k-2", "post/winning-2k",   "update/update-2k"};

/// The proof with drawn blinding, where there is one, and that with the named blinding.
inline std::vector<std::vector<std::uint8_t>> proofs_of(const std::string& path) {
  std::vector<std::vector<std::uint8_t>> proofs;
  for (const auto* name : {"/proof.bin", "/proof-fixed-rs.bin"})
    if (vectors::exists(path + name)) proofs.push_back(vectors::bytes(path + name));
  return proofs;
}

}  // namespace sealyard::tests
