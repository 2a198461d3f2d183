// The PoSt cases of tests/vectors as orders over copies of their sectors.
#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/jobs/program.h"
#include "tests/vectors.h"

namespace sealyard::test {

/// A case in a folder of its own: sealed/ and cache/ of its sectors, order.json, result.json.
struct PostCase {
  std::string name;
  std::filesystem::path folder;
  nlohmann::json json;  ///< case.json
  nlohmann::json order;

  PostCase(const std::string& case_name, const std::filesystem::path& root)
      : PostCase(of_sectors(case_name, root, {})) {
    for (const auto& sector : json.at("sectors")) add(sector.at("number"));
  }

  /// Over sectors that lie elsewhere: entries of an order, by number.
  static PostCase of_sectors(const std::string& case_name, const std::filesystem::path& root,
                             const std::map<std::uint64_t, nlohmann::json>& sectors) {
    PostCase made;
    made.name = case_name;
    made.folder = root / case_name;
    made.json = nlohmann::json::parse(vectors::bytes("post/" + case_name + "/case.json"));
    made.order = {{"kind", made.json.at("kind")},
                  {"sector_size", made.json.at("sector_size")},
                  {"miner", made.json.at("miner")},
                  {"randomness", made.json.at("randomness")},
                  {"sectors", nlohmann::json::array()}};
    std::filesystem::create_directories(made.folder);
    for (const auto& sector : made.json.at("sectors"))
      if (const auto found = sectors.find(sector.at("number")); found != sectors.end())
        made.order["sectors"].push_back(found->second);
    return made;
  }

  static std::string seal_case(std::uint64_t number) {
    return number == 1 ? "2k-cc-v1_1" : number == 2 ? "2k-data-v1_1" : "2k-big-number";
  }

  std::filesystem::path sealed(std::uint64_t number) const {
    return folder / "sealed" / std::to_string(number);
  }
  std::filesystem::path cache(std::uint64_t number) const {
    return folder / "cache" / std::to_string(number);
  }
  std::filesystem::path tree(std::uint64_t number) const {
    return cache(number) / "sc-02-data-tree-r-last.dat";
  }
  std::filesystem::path p_aux(std::uint64_t number) const { return cache(number) / "p_aux"; }
  std::filesystem::path vanilla(std::uint64_t number) const {
    return folder / "vanilla" / ("vanilla-" + std::to_string(number) + ".bin");
  }
  std::string wanted_vanilla(std::uint64_t number) const {
    return text("post/" + name + "/vanilla-" + std::to_string(number) + ".bin");
  }
  std::string wanted_proof() const { return text("post/" + name + "/proof-fixed-rs.bin"); }

  nlohmann::json& sector(std::uint64_t number) {
    for (auto& one : order.at("sectors"))
      if (one.at("number") == number) return one;
    throw std::runtime_error("no such sector");
  }

  /// Writes the order and gives it to the program, with the result and the vanilla proofs into the
  /// folder of the case.
  std::vector<std::string> argv(const std::string& program,
                                const std::vector<std::string>& more) const {
    write(folder / "order.json", order.dump());
    std::vector<std::string> words{program,
                                   "--order",
                                   (folder / "order.json").string(),
                                   "--out",
                                   (folder / "result.json").string(),
                                   "--vanilla-out",
                                   (folder / "vanilla").string()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  nlohmann::json result() const { return nlohmann::json::parse(read(folder / "result.json")); }

  static std::string text(const std::string& path) {
    const auto bytes = vectors::bytes(path);
    return {bytes.begin(), bytes.end()};
  }

 private:
  PostCase() = default;

  // Files of lotus' layout as the reference made them; the last sector stands first.
  void add(std::uint64_t number) {
    const auto from = vectors::seal_case(seal_case(number));
    std::filesystem::create_directories(folder / "sealed");
    std::filesystem::create_directories(cache(number));
    write(sealed(number), text(from.path("sealed")));
    for (const std::string file : {"p_aux", "sc-02-data-tree-r-last.dat"})
      write(cache(number) / file, text(from.path("cache/" + file)));
    const nlohmann::json sector{{"number", number},
                                {"comm_r", from.json.at("comm_r")},
                                {"sealed", sealed(number).string()},
                                {"cache", cache(number).string()}};
    order["sectors"].insert(order["sectors"].begin(), sector);
  }
};

}  // namespace sealyard::test
