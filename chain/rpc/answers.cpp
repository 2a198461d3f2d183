#include "chain/rpc/answers.h"

namespace sealyard::rpc {

types::Json to_json(const message::SectorPreCommit& s) {
  return {{"SealProof", s.seal_proof},
          {"SectorNumber", s.number},
          {"SealedCID", types::to_json(s.comm_r)},
          {"SealRandEpoch", s.seal_rand_epoch},
          {"DealIDs", s.deal_ids.empty() ? types::Json() : types::Json(s.deal_ids)},
          {"Expiration", s.expiration},
          {"UnsealedCid", types::to_json(s.comm_d)}};
}

}  // namespace sealyard::rpc
