#include "chain/outbox/fees.h"

#include <algorithm>
#include <cmath>

namespace sealyard::outbox {

bool limit_fees(types::Message& m, const types::BigInt& max_fee) {
  const types::BigInt most = max_fee / std::max<std::int64_t>(m.gas_limit, 1);
  if (m.gas_fee_cap > most) m.gas_fee_cap = most;
  if (m.gas_premium > m.gas_fee_cap) m.gas_premium = m.gas_fee_cap;
  return m.gas_fee_cap > 0;
}

std::optional<types::Message> outbid(const types::Message& old, const types::Message& fresh,
                                     double ratio, const types::BigInt& asked,
                                     const types::BigInt& max_fee) {
  // In hundredths, as the node counts; a ratio below its hard floor of 110 % would be refused.
  const auto hundredths = std::max<long>(std::lround(ratio * 100), 110);
  const types::BigInt least =
      std::max<types::BigInt>(old.gas_premium * hundredths / 100 + 1, asked);
  types::Message m = old;
  m.gas_limit = fresh.gas_limit;
  m.gas_premium = std::max(least, fresh.gas_premium);
  m.gas_fee_cap = std::max({m.gas_premium, fresh.gas_fee_cap, old.gas_fee_cap});
  limit_fees(m, max_fee);
  if (m.gas_premium < least) return std::nullopt;
  return m;
}

types::BigInt cost(const types::Message& m, std::int64_t gas_used, const types::BigInt& base_fee) {
  const types::BigInt limit = m.gas_limit, used = gas_used;
  types::BigInt burnt = limit;  // of a message that used nothing, all
  if (gas_used > 0) {
    types::BigInt over = limit - 11 * used / 10;
    if (over < 0) over = 0;
    if (over > used) over = used;
    burnt = (limit - used) * over / used;
  }
  const types::BigInt paid = std::min(base_fee, m.gas_fee_cap);
  const types::BigInt room = m.gas_fee_cap - paid;
  return paid * (used + burnt) + std::min(m.gas_premium, room) * limit;
}

}  // namespace sealyard::outbox
