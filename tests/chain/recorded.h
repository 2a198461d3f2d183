// Answers and messages recorded from lotus: tests/vectors/lotus-rpc.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace recorded {

inline std::filesystem::path folder() {
  return std::filesystem::path(SEALYARD_VECTORS) / "lotus-rpc";
}

/// "ChainHead", "messages/SubmitWindowedPoSt-1".
inline nlohmann::json read(const std::string& name) {
  std::ifstream file(folder() / (name + ".json"));
  if (!file) throw std::runtime_error("tests/vectors/lotus-rpc/" + name + ".json: not there");
  return nlohmann::json::parse(file);
}

/// Every file of a subfolder ("" or "messages") whose name begins so, in order.
inline std::vector<std::string> names(const std::string& subfolder, const std::string& begin = "") {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder() / subfolder)) {
    const auto name = entry.path().stem().string();
    if (entry.path().extension() == ".json" && name.starts_with(begin))
      names.push_back(subfolder.empty() ? name : subfolder + "/" + name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace recorded
