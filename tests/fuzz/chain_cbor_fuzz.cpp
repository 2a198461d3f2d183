// Any bytes as each thing that the chain's nodes and actors exchange: refused, or the only encoding
// of what was read.
#include <algorithm>

#include "chain/message/batch_return.h"
#include "chain/message/miner.h"
#include "chain/message/power.h"
#include "chain/types/cbor.h"
#include "chain/types/message.h"
#include "tests/fuzz/target.h"

using namespace sealyard;
using types::Bytes;
using types::ByteView;

namespace {

using Again = Bytes (*)(ByteView);

template <typename T>
Bytes again(ByteView bytes) {
  return T::from_cbor(bytes).cbor();
}

constexpr Again kDecoders[] = {
    again<types::Message>,
    again<types::SignedMessage>,
    again<message::PreCommitSectorBatch2>,
    again<message::ProveCommitSectors3>,
    again<message::SubmitWindowedPost>,
    again<message::SectorDeclarations>,
    again<message::ExtendSectorExpiration2>,
    again<message::WithdrawBalance>,
    again<message::ChangeWorkerAddress>,
    again<message::ChangeMultiaddrs>,
    again<message::CreateMiner>,
    again<message::CreatedMiner>,
    again<message::BatchReturn>,
    [](ByteView b) { return types::Address::from_bytes(b).bytes(); },
    [](ByteView b) { return types::Cid::from_bytes(b).bytes(); },
    [](ByteView b) { return types::Bitfield::from_rle_plus(b).rle_plus(); },
    [](ByteView b) { return types::to_bytes(types::big_int_from_bytes(b)); },
    [](ByteView b) { return types::Signature::from_bytes(b).bytes(); },
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
  const ByteView input(data, bytes);
  for (const auto decode : kDecoders) {
    Bytes out;
    if (fuzz::accepts([&] { out = decode(input); }))
      fuzz::require(std::equal(out.begin(), out.end(), input.begin(), input.end()),
                    "a second encoding of one value");
  }
  // Texts are refused as requests, so the fault is another one.
  try {
    const auto text = fuzz::as_text(input);
    const auto address = types::Address::parse(text);
    fuzz::require(types::Address::from_bytes(address.bytes()) == address, "address changed");
  } catch (const Error&) {
  }
  return 0;
}
