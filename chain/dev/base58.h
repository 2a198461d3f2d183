// Base58 of Bitcoin: how peer ids are written.
#pragma once
#include <string>

#include "chain/types/bytes.h"

namespace sealyard::dev {

std::string to_base58(types::ByteView bytes);

}  // namespace sealyard::dev
