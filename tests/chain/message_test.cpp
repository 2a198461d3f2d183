// Messages that a lotus miner sent, decoded and written again.
#include "chain/message/batch_return.h"
#include "chain/message/methods.h"
#include "chain/message/miner.h"
#include "chain/message/network.h"
#include "chain/message/power.h"
#include "chain/types/json.h"
#include "chain/wallet/key.h"
#include "kernels/base/error.h"
#include "kernels/base/hex.h"
#include "tests/catch.h"
#include "tests/chain/recorded.h"

using namespace sealyard;
using types::JsonView;

namespace {

template <typename Params>
types::Bytes again(const types::Bytes& bytes) {
  return Params::from_cbor(bytes).cbor();
}

/// Decodes and encodes by method number; nothing for a method that we do not send.
types::Bytes again(std::uint64_t method, const types::Bytes& params) {
  switch (static_cast<message::Miner>(method)) {
    case message::Miner::precommit_sector_batch2:
      return again<message::PreCommitSectorBatch2>(params);
    case message::Miner::prove_commit_sectors3:
      return again<message::ProveCommitSectors3>(params);
    case message::Miner::submit_windowed_post:
      return again<message::SubmitWindowedPost>(params);
    case message::Miner::declare_faults:
    case message::Miner::declare_faults_recovered:
    case message::Miner::terminate_sectors:
      return again<message::SectorDeclarations>(params);
    case message::Miner::extend_sector_expiration2:
      return again<message::ExtendSectorExpiration2>(params);
    case message::Miner::withdraw_balance:
      return again<message::WithdrawBalance>(params);
    case message::Miner::change_worker_address:
      return again<message::ChangeWorkerAddress>(params);
    case message::Miner::change_multiaddrs:
      return again<message::ChangeMultiaddrs>(params);
    default:
      return {};
  }
}

}  // namespace

TEST_CASE("message: every recorded message gives its bytes, identifiers and signature again",
          "[message]") {
  unsigned decoded = 0;
  for (const auto& name : recorded::names("messages")) {
    CAPTURE(name);
    const auto json = recorded::read(name);
    const auto sent = JsonView(json, name).at("signed_message").signed_message();
    CHECK(sent.message.cid().text() == json["unsigned_cid"].get<std::string>());
    CHECK(sent.cid().text() == json["cid"].get<std::string>());
    CHECK(types::SignedMessage::from_cbor(sent.cbor()) == sent);
    CHECK(wallet::verify(sent));
    auto forged = sent;
    forged.message.nonce += 1;
    CHECK_FALSE(wallet::verify(forged));
    const auto written = types::to_json(sent, types::Network::testnet);
    for (const auto& [field, value] : written["Message"].items())
      CHECK(value == json["signed_message"]["Message"][field]);
    CHECK(written["Signature"] == json["signed_message"]["Signature"]);
    if (const auto params = again(sent.message.method, sent.message.params); !params.empty()) {
      ++decoded;
      CHECK(to_hex(params) == to_hex(sent.message.params));
    }
  }
  CHECK(decoded >= 17);
}

TEST_CASE("message: decoded fields are what lotus decodes", "[message]") {
  const auto params = [](const std::string& name) {
    return types::from_base64(
        recorded::read("messages/" + name)["params_base64"].get<std::string>(), name);
  };
  const auto precommit =
      message::PreCommitSectorBatch2::from_cbor(params("PreCommitSectorBatch2-4"));
  REQUIRE(precommit.sectors.size() == 1);
  const auto& sector = precommit.sectors[0];
  CHECK(sector.seal_proof == 5);
  CHECK(sector.number == 8);
  CHECK(sector.comm_r.text() ==
        "bagboea4b5abcbdkosb3y7oj4pjllacpttmeqvisi5x4qixj5ygkcar6wnhlcuwrv");
  CHECK(sector.seal_rand_epoch == 4057);
  CHECK(sector.deal_ids.empty());
  CHECK(sector.expiration == 1156957);
  CHECK(sector.comm_d.is_comm_d());
  CHECK(
      message::PreCommitSectorBatch2::from_cbor(params("PreCommitSectorBatch2-2")).sectors.size() ==
      4);

  const auto commit = message::ProveCommitSectors3::from_cbor(params("ProveCommitSectors3-4"));
  REQUIRE(commit.sectors.size() == 1);
  REQUIRE(commit.sectors[0].pieces.size() == 1);
  CHECK(commit.sectors[0].pieces[0].comm_p.is_comm_d());
  REQUIRE(commit.proofs.size() == 1);
  CHECK(commit.proofs[0].size() == 192);
  CHECK(commit.aggregate_proof.empty());
  CHECK_FALSE(commit.aggregate_type);
  const auto aggregate = message::ProveCommitSectors3::from_cbor(params("ProveCommitSectors3-2"));
  CHECK(aggregate.sectors.size() == 4);
  CHECK(aggregate.proofs.empty());
  CHECK(aggregate.aggregate_type == 1);

  const auto post = message::SubmitWindowedPost::from_cbor(params("SubmitWindowedPoSt-3"));
  CHECK(post.partitions == std::vector<message::PostPartition>{{0, {1}}});
  CHECK(post.proofs.at(0).type == 10);
  CHECK(post.chain_commit_epoch == 3518);
  CHECK(types::to_base64(post.chain_commit_rand) == "aK47+86VwnG8xhapysTU2X0emmpc8Q9R+ttVqn6Z0t0=");

  const auto extension =
      message::ExtendSectorExpiration2::from_cbor(params("ExtendSectorExpiration2-1"));
  CHECK(extension.extensions ==
        std::vector<message::ExpirationExtension>{{1, 0, {2}, {}, 1600000}});
  CHECK(message::WithdrawBalance::from_cbor(params("WithdrawBalance-1")).amount ==
        types::parse_fil("0.001"));
  CHECK(message::ChangeWorkerAddress::from_cbor(params("ChangeWorkerAddress-1")).worker ==
        types::Address::of_id(100));
  CHECK(to_hex(message::SectorDeclarations{{{3, 0, types::Bitfield::range(0, 2)}}}.cbor()).size() >
        8);
}

TEST_CASE("message: forms that no recording has", "[message]") {
  message::ProveCommitSectors3 commit;
  commit.sectors = {{7,
                     {{types::Cid::of_comm_d(Node{}),
                       2048,
                       message::AllocationKey{1001, 5},
                       {{types::Address::of_id(types::kMarketActor), {0x18, 0x2a}}}}}}};
  commit.aggregate_proof = {1, 2, 3};
  commit.aggregate_type = 1;
  const auto read = message::ProveCommitSectors3::from_cbor(commit.cbor());
  CHECK(read.sectors == commit.sectors);
  CHECK(read.aggregate_type == 1);
  CHECK((read.require_activation && !read.require_notification));

  message::ExtendSectorExpiration2 extend{{{2, 1, {}, {{9, {1, 2}, {3}}}, 99}}};
  CHECK(message::ExtendSectorExpiration2::from_cbor(extend.cbor()).extensions == extend.extensions);

  const message::CreateMiner create{
      types::Address::of_id(100), types::Address::of_id(101), 10, {}, {{4, 127}}};
  CHECK(to_hex(create.cbor()) ==
        "8542006442006"
        "50a408142047f");
  const message::CreatedMiner created{types::Address::of_id(1000), types::Address::of_actor({})};
  CHECK(message::CreatedMiner::from_cbor(created.cbor()).robust == created.robust);

  const message::BatchReturn result{3, {{1, 16}, {4, 19}}};
  const auto back = message::BatchReturn::from_cbor(result.cbor());
  CHECK((back.successes == 3 && back.failures == result.failures));
  CHECK((back.exit_code(0) == 0 && back.exit_code(4) == 19));
  CHECK(message::BatchReturn::from_cbor(from_hex("820480", "")).successes == 4);
}

TEST_CASE("message: unknown networks are refused", "[message]") {
  CHECK(message::actors_version(25) == 16);
  CHECK(message::actors_version(28) == 18);
  CHECK(message::actors_version(29) == 19);
  CHECK_NOTHROW(message::require_known_network(28, false));
  CHECK_NOTHROW(message::require_known_network(29, true));
  CHECK_THROWS_AS(message::require_known_network(29, false), Error);
  CHECK_THROWS_AS(message::require_known_network(24, true), Error);
}
