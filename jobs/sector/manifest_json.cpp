#include "jobs/sector/manifest_json.h"

#include <nlohmann/json.hpp>

#include "kernels/base/hex.h"

namespace sealyard::sector {

std::string to_json(const Manifest& manifest) {
  using Json = nlohmann::ordered_json;
  const auto node = [](const std::optional<Node>& value) {
    return value ? Json(to_hex(*value)) : Json();
  };
  Json json{{"sector", manifest.id.text()},
            {"miner", manifest.id.miner},
            {"number", manifest.id.number},
            {"proof_type", manifest.porep.name()},
            {"sector_bytes", manifest.porep.sector_bytes},
            {"porep_id", to_hex(manifest.porep.porep_id)},
            {"api_version", text(manifest.porep.api)},
            {"ticket", node(manifest.ticket)},
            {"replica_id", node(manifest.replica_id)},
            {"comm_d", node(manifest.comm_d)},
            {"comm_c", node(manifest.comm_c)},
            {"comm_r_last", node(manifest.comm_r_last)},
            {"comm_r", node(manifest.comm_r)},
            {"pieces", Json::array()},
            {"stages", Json::array()}};
  for (const auto& piece : manifest.pieces)
    json["pieces"].push_back({{"unpadded_bytes", piece.unpadded_bytes},
                              {"data_bytes", piece.data_bytes},
                              {"comm_p", to_hex(piece.comm_p)},
                              {"file", piece.file}});
  for (const auto& stage : manifest.stages)
    json["stages"].push_back(Json::parse(stage::to_json(stage)));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sealyard::sector
