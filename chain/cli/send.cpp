// sealyard send: FIL from a key of the wallet to any address.
#include <iostream>
#include <memory>

#include "chain/cli/chain.h"
#include "chain/message/methods.h"
#include "kernels/base/error.h"

namespace sealyard::cli {
namespace {

struct SendWords {
  std::string from, to, amount;
  bool wait = false;
  std::uint64_t confidence = 5;
  PasswordWords password;
};

int send(const Context& context, const SendWords& words) {
  Chain chain(context, words.password);
  outbox::Wish wish;
  wish.key = fresh_key("send");
  wish.to = types::Address::parse(words.to);
  wish.value = types::parse_fil(words.amount);
  if (wish.value < 0) throw Error(Fault::usage, "amount {}: want 0 or more", words.amount);
  if (!words.from.empty()) {
    wish.from = types::Address::parse(words.from);
  } else if (const auto chosen = chain.wallet().default_address()) {
    wish.from = *chosen;
  } else {
    throw Refusal("no default address; give --from");
  }
  wish.method = message::kSend;
  if (!context.json)
    std::cout << fmt::format("Sending message from: {}\nSending message to: {}\nUsing Method: {}\n",
                             chain.text(wish.from), chain.text(wish.to), wish.method);
  auto cid = chain.send(wish);
  Json out{{"Message", cid.text()}};
  if (!context.json) std::cout << cid.text() << std::endl;
  if (words.wait) {
    const auto entry = chain.wait(wish.key, words.confidence, "send");
    out["Message"] = entry.landed.text();
    out["Height"] = entry.height;
  }
  if (context.json) print(out);
  return 0;
}

}  // namespace

std::vector<Command> send_commands() {
  return {{{"send"}, "Send funds between accounts", "[targetAddress] [amount]", [](CLI::App& app) {
             auto words = std::make_shared<SendWords>();
             app.add_option("targetAddress", words->to, "")->required();
             app.add_option("amount", words->amount, "FIL, or with a unit: 5attofil")->required();
             app.add_option("--from", words->from, "the account to send funds from");
             app.add_flag("--wait", words->wait, "until it has landed");
             app.add_option("--confidence", words->confidence,
                            "number of block confirmations to wait for");
             words->password.declare(app);
             return [words](const Context& context) { return send(context, *words); };
           }}};
}

}  // namespace sealyard::cli
