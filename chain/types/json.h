// The types of the chain as lotus' JSON has them.
// Source: lotus, chain/types/*.go and go-state-types, their MarshalJSON(); go-bitfield, json.go.
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "chain/types/address.h"
#include "chain/types/bitfield.h"
#include "chain/types/cid.h"
#include "chain/types/message.h"

namespace sealyard::types {

using Json = nlohmann::json;

Json to_json(const Cid& cid);                ///< {"/": "bafy..."}, null where undefined
Json to_json(const std::vector<Cid>& cids);  ///< a tipset key
Json to_json(const Address& address, Network network);
Json to_json(const BigInt& value);  ///< decimal text
Json to_json(const Bitfield& set);  ///< run lengths, the first of zeros
Json bytes_json(ByteView bytes);    ///< base64; null where empty
Json to_json(const Signature& signature);
Json to_json(const Message& message, Network network);
Json to_json(const SignedMessage& message, Network network);

/// A value inside a JSON document that others wrote. Every getter throws Error{corrupt} with the
/// path of the value, what is there and what was wanted: "StateMinerInfo: .Owner: null, want ...".
/// Refers to the document, which must outlive it.
class JsonView {
 public:
  JsonView(const Json& value, std::string path) : value_(&value), path_(std::move(path)) {}

  JsonView at(const char* name) const;  ///< a field; must be there
  std::vector<JsonView> items() const;  ///< of an array; none for null
  bool has(const char* name) const;     ///< a field that is there and not null
  bool is_null() const { return value_->is_null(); }
  const Json& raw() const { return *value_; }

  std::int64_t i64() const;  ///< an integer; never read by way of a floating-point number
  std::uint64_t u64() const;
  double real() const;
  bool boolean() const;
  std::string text() const;
  BigInt big_int() const;
  Bytes bytes() const;      ///< base64; null is empty
  Address address() const;  ///< "<empty>" and null are undefined
  Cid cid() const;          ///< null is undefined
  Bitfield bitfield() const;
  Signature signature() const;
  Message message() const;
  SignedMessage signed_message() const;
  std::vector<Cid> cids() const;

 private:
  [[noreturn]] void refuse(std::string_view wanted) const;
  /// Runs a parser and puts the path before what it says.
  template <typename F>
  auto parsed(F&& parse) const -> decltype(parse());

  const Json* value_;
  std::string path_;
};

}  // namespace sealyard::types
