#include "chain/dev/blocks.h"

#include "chain/types/cbor.h"
#include "kernels/base/bytes.h"

namespace sealyard::dev {

types::Json tipset_json(const Header& header, const Cid& cid) {
  return {{"Cids", types::to_json(std::vector{cid})},
          {"Blocks", types::Json::array({header.json()})},
          {"Height", header.height}};
}

Header header_of(const std::string& tipset_json) {
  const auto json = types::Json::parse(tipset_json);
  return Header::parse(types::JsonView(json, "tipset").at("Blocks").items().at(0));
}

types::Signature no_signatures() {
  Bytes bytes(96, 0);
  bytes[0] = 0xc0;
  return {types::SignatureType::bls, bytes};
}

Bytes beacon_entry(const wallet::Key& secret, std::uint64_t round) {
  Bytes text(8);
  store_be<std::uint64_t>(text.data(), round);
  const auto digest = types::blake2b_256(secret.sign(text).data);
  return {digest.begin(), digest.end()};
}

Cid root_of(const std::vector<Cid>& cids) {
  types::CborWriter w;
  w.array(cids.size());
  for (const auto& cid : cids) w.cid(cid);
  return Cid::of_cbor(w.take());
}

}  // namespace sealyard::dev
