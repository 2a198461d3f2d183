// Actors as they lie in the database.
#include "chain/dev/state.h"
#include "kernels/base/hex.h"

namespace sealyard::dev {
namespace {

using types::Json;

std::string text(const BigInt& value) { return types::to_text(value); }
BigInt amount(const Json& json) {
  return types::big_int_from_text(json.get<std::string>(), "amount");
}
Cid cid(const Json& json) {
  const auto text = json.get<std::string>();
  return text.empty() ? Cid() : Cid::parse(text);
}

Json json_of(const Sector& s) {
  return {{"n", s.number},
          {"proof", s.seal_proof},
          {"comm_r", s.comm_r.text()},
          {"from", s.activation},
          {"to", s.expiration},
          {"base", s.power_base},
          {"deals", text(s.deal_weight)},
          {"pledge", text(s.pledge)},
          {"fee", text(s.daily_fee)},
          {"deadline", s.deadline},
          {"partition", s.partition},
          {"faulty", s.faulty_since}};
}

Sector sector_of(const Json& j) {
  Sector s;
  s.number = j.at("n");
  s.seal_proof = j.at("proof");
  s.comm_r = cid(j.at("comm_r"));
  s.activation = j.at("from");
  s.expiration = j.at("to");
  s.power_base = j.at("base");
  s.deal_weight = amount(j.at("deals"));
  s.pledge = amount(j.at("pledge"));
  s.daily_fee = amount(j.at("fee"));
  s.deadline = j.at("deadline");
  s.partition = j.at("partition");
  s.faulty_since = j.at("faulty");
  return s;
}

Json json_of(const PreCommit& p) {
  return {{"n", p.info.number},
          {"proof", p.info.seal_proof},
          {"comm_r", p.info.comm_r.text()},
          {"ticket", p.info.seal_rand_epoch},
          {"deals", p.info.deal_ids},
          {"to", p.info.expiration},
          {"comm_d", p.info.comm_d.text()},
          {"deposit", text(p.deposit)},
          {"epoch", p.epoch}};
}

PreCommit precommit_of(const Json& j) {
  PreCommit p;
  p.info.number = j.at("n");
  p.info.seal_proof = j.at("proof");
  p.info.comm_r = cid(j.at("comm_r"));
  p.info.seal_rand_epoch = j.at("ticket");
  p.info.deal_ids = j.at("deals").get<std::vector<std::uint64_t>>();
  p.info.expiration = j.at("to");
  p.info.comm_d = cid(j.at("comm_d"));
  p.deposit = amount(j.at("deposit"));
  p.epoch = j.at("epoch");
  return p;
}

Json json_of(const Deadline& d) {
  auto partitions = Json::array();
  for (const auto& p : d.partitions)
    partitions.push_back({p.all, p.live, p.faulty, p.recovering, p.unproven});
  return {{"p", partitions}, {"posted", d.posted}};
}

Deadline deadline_of(const Json& j) {
  Deadline d;
  for (const auto& p : j.at("p"))
    d.partitions.push_back({p.at(0), p.at(1), p.at(2), p.at(3), p.at(4)});
  d.posted = j.at("posted").get<Numbers>();
  return d;
}

Json json_of(const Miner& m) {
  Json j{{"owner", m.owner},
         {"worker", m.worker},
         {"new_worker", m.new_worker},
         {"pending_owner", m.pending_owner},
         {"change", m.worker_change_epoch},
         {"control", m.control},
         {"peer", to_hex(m.peer_id)},
         {"post", m.window_post_proof},
         {"sector_bytes", m.sector_bytes},
         {"partition_sectors", m.partition_sectors},
         {"offset", m.period_offset},
         {"created", m.created},
         {"allocated", m.allocated.run_lengths()},
         {"debt", text(m.fee_debt)}};
  for (const char* name : {"addresses", "precommits", "sectors", "deadlines", "vesting"})
    j[name] = Json::array();
  for (const auto& a : m.multiaddrs) j["addresses"].push_back(to_hex(a));
  for (const auto& [n, p] : m.precommits) j["precommits"].push_back(json_of(p));
  for (const auto& [n, s] : m.sectors) j["sectors"].push_back(json_of(s));
  for (const auto& d : m.deadlines) j["deadlines"].push_back(json_of(d));
  for (const auto& v : m.vesting) j["vesting"].push_back({v.epoch, text(v.amount)});
  return j;
}

Miner miner_of(const Json& j) {
  Miner m;
  m.owner = j.at("owner");
  m.worker = j.at("worker");
  m.new_worker = j.at("new_worker");
  m.pending_owner = j.at("pending_owner");
  m.worker_change_epoch = j.at("change");
  m.control = j.at("control").get<std::vector<ActorId>>();
  m.peer_id = from_hex(j.at("peer").get<std::string>(), "peer");
  m.window_post_proof = j.at("post");
  m.sector_bytes = j.at("sector_bytes");
  m.partition_sectors = j.at("partition_sectors");
  m.period_offset = j.at("offset");
  m.created = j.at("created");
  m.allocated =
      types::Bitfield::from_run_lengths(j.at("allocated").get<std::vector<std::uint64_t>>());
  m.fee_debt = amount(j.at("debt"));
  for (const auto& a : j.at("addresses"))
    m.multiaddrs.push_back(from_hex(a.get<std::string>(), "multiaddr"));
  for (const auto& p : j.at("precommits")) {
    auto precommit = precommit_of(p);
    m.precommits.emplace(precommit.info.number, std::move(precommit));
  }
  for (const auto& s : j.at("sectors")) {
    auto sector = sector_of(s);
    m.sectors.emplace(sector.number, std::move(sector));
  }
  for (const auto& d : j.at("deadlines")) m.deadlines.push_back(deadline_of(d));
  for (const auto& v : j.at("vesting"))
    m.vesting.push_back({v.at(0).get<Epoch>(), amount(v.at(1))});
  return m;
}

}  // namespace

Json to_json(const Actor& a) {
  Json j{{"id", a.id},
         {"kind", static_cast<int>(a.kind)},
         {"address", to_hex(a.address.bytes())},
         {"nonce", a.nonce},
         {"balance", text(a.balance)}};
  if (a.miner) j["miner"] = json_of(*a.miner);
  return j;
}

Actor parse_actor(const Json& j) {
  Actor a;
  a.id = j.at("id");
  a.kind = static_cast<Kind>(j.at("kind").get<int>());
  if (const auto bytes = from_hex(j.at("address").get<std::string>(), "address"); !bytes.empty())
    a.address = Address::from_bytes(bytes);
  a.nonce = j.at("nonce");
  a.balance = amount(j.at("balance"));
  if (j.contains("miner")) a.miner = miner_of(j.at("miner"));
  return a;
}

}  // namespace sealyard::dev
