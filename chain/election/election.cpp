#include "chain/election/election.h"

#include <array>
#include <cmath>

#include "kernels/base/error.h"

namespace sealyard::election {
namespace {

/// Coefficients in 2^-128, of the highest power first.
template <std::size_t N>
std::array<BigInt, N> coefficients(const std::array<const char*, N>& digits) {
  std::array<BigInt, N> out;
  for (std::size_t i = 0; i < N; ++i) out[i] = BigInt(digits[i]) << (kFractionBits - 128);
  return out;
}

const auto& numerator() {
  static const auto kValues = coefficients<8>({
      "-648770010757830093818553637600",
      "67469480939593786226847644286976",
      "-3197587544499098424029388939001856",
      "89244641121992890118377641805348864",
      "-1579656163641440567800982336819953664",
      "17685496037279256458459817590917169152",
      "-115682590513835356866803355398940131328",
      "340282366920938463463374607431768211456",
  });
  return kValues;
}

const auto& denominator() {
  static const auto kValues = coefficients<14>({
      "1225524182432722209606361",
      "114095592300906098243859450",
      "5665570424063336070530214243",
      "194450132448609991765137938448",
      "5068267641632683791026134915072",
      "104716890604972796896895427629056",
      "1748338658439454459487681798864896",
      "23704654329841312470660182937960448",
      "259380097567996910282699886670381056",
      "2250336698853390384720606936038375424",
      "14978272436876548034486263159246028800",
      "72144088983913131323343765784380833792",
      "224599776407103106596571252037123047424",
      "340282366920938463463374607431768211456",
  });
  return kValues;
}

/// Rounds towards minus infinity.
BigInt times(const BigInt& a, const BigInt& b) { return BigInt(a * b) >> kFractionBits; }

template <std::size_t N>
BigInt polynomial(const std::array<BigInt, N>& coefficients, const BigInt& x) {
  BigInt value = coefficients[0];
  for (std::size_t i = 1; i < N; ++i) value = times(value, x) + coefficients[i];
  return value;
}

BigInt number(ByteView big_endian) {
  BigInt value;
  for (const auto byte : big_endian) value = (value << 8) + byte;
  return value;
}

}  // namespace

BigInt exp_neg(const BigInt& x) {
  return BigInt(polynomial(numerator(), x) << kFractionBits) / polynomial(denominator(), x);
}

BigInt lambda(const BigInt& power, const BigInt& total) {
  if (total <= 0) throw Error(Fault::usage, "election: a network without power");
  return BigInt(BigInt(power * kBlocksPerEpoch) << kFractionBits) / total;
}

Poisson::Poisson(BigInt lambda) : lambda_(std::move(lambda)), mass_(exp_neg(lambda_)) {
  tail_ = (BigInt(1) << kFractionBits) - mass_;
}

// mass(k) = mass(k - 1) * lambda / k, divided first.
void Poisson::next() {
  mass_ = times(mass_ / ++k_, lambda_);
  tail_ -= mass_;
}

std::int64_t win_count(ByteView election_proof, const BigInt& power, const BigInt& total) {
  const auto drawn = number(types::blake2b_256(election_proof));
  Poisson poisson(lambda(power, total));
  std::int64_t wins = 0;
  for (; drawn < poisson.tail() && wins < kMostWins; ++wins) poisson.next();
  return wins;
}

Node Draw::node() const {
  if (tag != types::DrawTag::election && tag != types::DrawTag::ticket_production)
    throw Error(Fault::usage, "election: draw {} is no election and no ticket",
                static_cast<std::int64_t>(tag));
  auto entropy = types::miner_entropy(miner);
  entropy.insert(entropy.end(), parent_ticket.begin(), parent_ticket.end());
  return types::draw(tag, types::randomness_digest(beacon), epoch, entropy);
}

Draw election_of(const Address& miner, Epoch epoch, Bytes beacon) {
  return {types::DrawTag::election, miner, epoch, std::move(beacon)};
}

Draw ticket_of(const Address& miner, Epoch epoch, Bytes beacon, Bytes parent_ticket) {
  constexpr Epoch kTicketLookback = 1;
  return {types::DrawTag::ticket_production, miner, epoch - kTicketLookback, std::move(beacon),
          std::move(parent_ticket)};
}

Node challenge(const Address& miner, Epoch epoch, ByteView beacon) {
  return types::draw(types::DrawTag::winning_post_sectors, types::randomness_digest(beacon), epoch,
                     types::miner_entropy(miner));
}

double quality(ByteView ticket) {
  return 1 - std::ldexp(static_cast<double>(number(types::blake2b_256(ticket))),
                        -static_cast<int>(kFractionBits));
}

bool smaller(ByteView a, ByteView b) { return types::blake2b_256(a) < types::blake2b_256(b); }

}  // namespace sealyard::election
