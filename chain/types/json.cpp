#include "chain/types/json.h"

#include "kernels/base/error.h"

namespace sealyard::types {

Json to_json(const Cid& cid) { return cid.defined() ? Json{{"/", cid.text()}} : Json(); }

Json to_json(const std::vector<Cid>& cids) {
  Json out = Json::array();
  for (const auto& cid : cids) out.push_back(to_json(cid));
  return out;
}

Json to_json(const Address& address, Network network) { return address.text(network); }
Json to_json(const BigInt& value) { return to_text(value); }
Json to_json(const Bitfield& set) { return set.run_lengths(); }
Json bytes_json(ByteView bytes) { return bytes.empty() ? Json() : Json(to_base64(bytes)); }

Json to_json(const Signature& signature) {
  return {{"Type", static_cast<int>(signature.type)}, {"Data", to_base64(signature.data)}};
}

Json to_json(const Message& m, Network network) {
  return {{"Version", 0},
          {"To", to_json(m.to, network)},
          {"From", to_json(m.from, network)},
          {"Nonce", m.nonce},
          {"Value", to_json(m.value)},
          {"GasLimit", m.gas_limit},
          {"GasFeeCap", to_json(m.gas_fee_cap)},
          {"GasPremium", to_json(m.gas_premium)},
          {"Method", m.method},
          {"Params", bytes_json(m.params)}};
}

Json to_json(const SignedMessage& m, Network network) {
  return {{"Message", to_json(m.message, network)}, {"Signature", to_json(m.signature)}};
}

void JsonView::refuse(std::string_view wanted) const {
  auto found = value_->dump(-1, ' ', true, Json::error_handler_t::replace);
  if (found.size() > 80) found = found.substr(0, 77) + "...";
  throw Error(Fault::corrupt, "{}: {}, want {}", path_, found, wanted);
}

template <typename F>
auto JsonView::parsed(F&& parse) const -> decltype(parse()) {
  try {
    return parse();
  } catch (const Error& error) {
    throw Error(Fault::corrupt, "{}: {}", path_, error.what());
  }
}

JsonView JsonView::at(const char* name) const {
  if (!value_->is_object()) refuse(fmt::format("an object with {}", name));
  const auto found = value_->find(name);
  if (found == value_->end()) refuse(fmt::format("a field {}", name));
  return {*found, path_ + "." + name};
}

std::vector<JsonView> JsonView::items() const {
  std::vector<JsonView> items;
  if (is_null()) return items;
  if (!value_->is_array()) refuse("an array");
  items.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i)
    items.emplace_back((*value_)[i], fmt::format("{}[{}]", path_, i));
  return items;
}

bool JsonView::has(const char* name) const {
  if (!value_->is_object()) return false;
  const auto found = value_->find(name);
  return found != value_->end() && !found->is_null();
}

std::int64_t JsonView::i64() const {
  if (!value_->is_number_integer() ||
      (value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX))
    refuse("an integer of 64 bits");
  return value_->get<std::int64_t>();
}

std::uint64_t JsonView::u64() const {
  if (!value_->is_number_unsigned()) refuse("an unsigned integer of 64 bits");
  return value_->get<std::uint64_t>();
}

double JsonView::real() const {
  if (!value_->is_number()) refuse("a number");
  return value_->get<double>();
}

bool JsonView::boolean() const {
  if (!value_->is_boolean()) refuse("true or false");
  return value_->get<bool>();
}

std::string JsonView::text() const {
  if (!value_->is_string()) refuse("a text");
  return value_->get<std::string>();
}

BigInt JsonView::big_int() const {
  const auto digits = text();
  return parsed([&] { return big_int_from_text(digits, "value"); });
}

Bytes JsonView::bytes() const {
  if (is_null()) return {};
  const auto coded = text();
  return parsed([&] { return from_base64(coded, "value"); });
}

Address JsonView::address() const {
  if (is_null()) return {};
  const auto written = text();
  if (written == "<empty>" || written.empty()) return {};
  return parsed([&] { return Address::parse(written); });
}

Cid JsonView::cid() const {
  if (is_null()) return {};
  const auto written = at("/").text();
  return parsed([&] { return Cid::parse(written); });
}

Bitfield JsonView::bitfield() const {
  std::vector<std::uint64_t> lengths;
  for (const auto& item : items()) lengths.push_back(item.u64());
  return parsed([&] { return Bitfield::from_run_lengths(lengths); });
}

Signature JsonView::signature() const {
  const auto type = at("Type").u64();
  if (type > UINT8_MAX) at("Type").refuse("1, 2 or 3");
  const auto bytes = with_head(static_cast<std::uint8_t>(type), at("Data").bytes());
  return parsed([&] { return Signature::from_bytes(bytes); });
}

Message JsonView::message() const {
  Message m;
  if (has("Version") && at("Version").u64() != 0) at("Version").refuse("0");
  m.to = at("To").address();
  m.from = at("From").address();
  m.nonce = at("Nonce").u64();
  m.value = at("Value").big_int();
  m.gas_limit = at("GasLimit").i64();
  m.gas_fee_cap = at("GasFeeCap").big_int();
  m.gas_premium = at("GasPremium").big_int();
  m.method = at("Method").u64();
  m.params = at("Params").bytes();
  return m;
}

SignedMessage JsonView::signed_message() const {
  return {at("Message").message(), at("Signature").signature()};
}

std::vector<Cid> JsonView::cids() const {
  std::vector<Cid> cids;
  for (const auto& item : items()) cids.push_back(item.cid());
  return cids;
}

}  // namespace sealyard::types
