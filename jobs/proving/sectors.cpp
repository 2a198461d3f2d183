#include "jobs/proving/sectors.h"

#include <algorithm>
#include <cstring>

#include "kernels/base/bytes.h"
#include "kernels/base/error.h"

namespace sealyard::proving {
namespace {

namespace fs = std::filesystem;

// What every rank knows of a sector.
enum class State : std::uint8_t { unread, good, missing, skipped };

struct Sector {
  State state = State::unread;
  std::uint64_t first = 0;  // position of the challenges it was read for
  Answer answer;            // on the first rank
};

fs::path absolute(const std::string& path, std::uint64_t number, std::string_view what) {
  if (path.empty())
    throw Error(Fault::usage, "sector {}: no path \"{}\" in the order", number, what);
  return fs::absolute(path).lexically_normal();
}

// How an answer travels to the first rank: reads, bytes, length of the reason, reason, proof.
std::string packed(const Answer& answer) {
  std::string bytes(24, '\0');
  auto* head = reinterpret_cast<std::uint8_t*>(bytes.data());
  store_le(head, answer.reads);
  store_le(head + 8, answer.read_bytes);
  store_le(head + 16, std::uint64_t{answer.reason.size()});
  bytes += answer.reason;
  if (!answer.good()) return bytes;
  const auto proof = post::encode(answer.proof);
  return bytes.append(proof.begin(), proof.end());
}

class Reader {
 public:
  Reader(launch::Job& job, const Reading& reading)
      : job_(job),
        reading_(reading),
        randomness_(challenges::post_randomness(reading.order.randomness)),
        tree_(raw_porep(reading.order.sector_bytes, Node{}, ApiVersion::v1_1_0).tree()),
        challenges_(challenges::post_positions(reading.kind, 0).count),
        proof_bytes_(post::encoded_bytes(tree_, challenges_)),
        sectors_(reading.order.sectors.size()) {}

  Readable run() {
    for (auto todo = unread(); !todo.empty(); todo = unread()) {
      round(todo, 0);
      // Where the files are not on this host they may be on another.
      for (unsigned more = 1; more < job_.ranks().size(); ++more) {
        std::erase_if(todo, [&](auto i) { return sectors_[i].state != State::missing; });
        if (todo.empty()) break;
        round(todo, more);
      }
      for (auto& sector : sectors_)
        if (sector.state == State::missing) sector.state = State::skipped;
    }
    return readable();
  }

 private:
  bool skipped(std::size_t i) const { return sectors_[i].state == State::skipped; }

  std::uint64_t first_challenge(std::size_t position) const {
    return challenges::post_positions(reading_.kind, position).first;
  }

  // Of the first sectors that may be proven, those that are not read or for another place.
  std::vector<std::size_t> unread() {
    std::vector<std::size_t> todo;
    std::size_t position = 0;
    for (std::size_t i = 0; i < sectors_.size() && position < reading_.enough; ++i) {
      if (skipped(i)) continue;
      const auto first = first_challenge(position++);
      if (sectors_[i].state == State::good && sectors_[i].first == first) continue;
      sectors_[i].first = first;
      todo.push_back(i);
    }
    return todo;
  }

  Question question(std::size_t i) const {
    const auto& sector = reading_.order.sectors[i];
    return {
        .number = sector.number,
        .sector_bytes = reading_.order.sector_bytes,
        .comm_r = sector.comm_r,
        .sealed = absolute(sector.sealed, sector.number, "sealed"),
        .cache = absolute(sector.cache, sector.number, "cache"),
        .leaves = challenges::post_leaves(randomness_, sector.number, sectors_[i].first,
                                          challenges_, reading_.order.sector_bytes / kNodeBytes),
        .gap_nodes = reading_.gap_nodes};
  }

  // What of `todo` a rank reads, when each has handed its part on `handed` times. Dealt one by one:
  // so the first sectors of an order are shared as well as all of them.
  std::vector<std::size_t> share(const std::vector<std::size_t>& todo, unsigned rank,
                                 unsigned handed) const {
    const auto size = job_.ranks().size();
    std::vector<std::size_t> mine;
    for (const auto i : todo)
      if ((i + handed) % size == rank) mine.push_back(i);
    return mine;
  }

  void round(const std::vector<std::size_t>& todo, unsigned handed) {
    auto& ranks = job_.ranks();
    std::vector<Question> questions;
    for (const auto i : share(todo, ranks.rank(), handed)) questions.push_back(question(i));
    const auto total = questions.size();
    const auto answers =
        read_all(std::move(questions), read_sector, reading_.limits, [&](std::size_t answered) {
          job_.throw_if_stopping();
          job_.progress(answered, total, "sectors", "reading");
        });
    exchange(todo, handed, answers);
  }

  // Every rank learns what became of each sector, the first one gets the answers.
  void exchange(const std::vector<std::size_t>& todo, unsigned handed,
                const std::vector<Answer>& answers) {
    auto& ranks = job_.ranks();
    std::vector<Node> states(answers.size());
    std::string mine;
    for (std::size_t k = 0; k < answers.size(); ++k) {
      const auto state = answers[k].good()      ? State::good
                         : answers[k].missing() ? State::missing
                                                : State::skipped;
      states[k].bytes[0] = static_cast<std::uint8_t>(state);
      mine += packed(answers[k]);
    }
    const auto all = ranks.gather_everywhere(states);
    const auto payloads = ranks.gather(mine);
    std::size_t next = 0;
    for (unsigned rank = 0; rank < ranks.size(); ++rank) {
      std::string_view rest;
      if (ranks.first()) rest = payloads[rank];
      for (const auto i : share(todo, rank, handed)) {
        sectors_[i].state = static_cast<State>(all.at(next++).bytes[0]);
        if (ranks.first()) unpack(rest, sectors_[i].answer);
      }
    }
  }

  void unpack(std::string_view& rest, Answer& answer) const {
    const auto* head = reinterpret_cast<const std::uint8_t*>(rest.data());
    answer.reads += load_le<std::uint64_t>(head);
    answer.read_bytes += load_le<std::uint64_t>(head + 8);
    answer.reason = rest.substr(24, load_le<std::uint64_t>(head + 16));
    rest.remove_prefix(24 + answer.reason.size());
    if (!answer.good()) return;
    answer.proof = post::decode({reinterpret_cast<const std::uint8_t*>(rest.data()), proof_bytes_},
                                tree_, challenges_);
    rest.remove_prefix(proof_bytes_);
  }

  Readable readable() {
    Readable out;
    if (!job_.ranks().first()) return out;
    for (std::size_t i = 0; i < sectors_.size(); ++i) {
      auto& [state, first, answer] = sectors_[i];
      out.reads += answer.reads;
      out.read_bytes += answer.read_bytes;
      if (state == State::skipped)
        out.skipped.push_back({reading_.order.sectors[i].number, std::move(answer.reason)});
      else if (state == State::good && out.proofs.size() < reading_.enough)
        out.proofs.push_back(std::move(answer.proof));
    }
    return out;
  }

  launch::Job& job_;
  const Reading& reading_;
  Node randomness_;
  TreeShape tree_;
  unsigned challenges_;
  std::size_t proof_bytes_;
  std::vector<Sector> sectors_;
};

}  // namespace

Readable read_sectors(launch::Job& job, const Reading& reading) {
  return Reader(job, reading).run();
}

}  // namespace sealyard::proving
