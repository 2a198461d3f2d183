// The official parameter files: parameters.json of the reference.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sealyard::params {

class Manifest {
 public:
  /// @throws Error{missing}, Error{io}; Error{corrupt} it is not such a file.
  explicit Manifest(const std::filesystem::path& path);
  /// The text of such a file, called `name` in errors.  @throws Error{corrupt}
  static Manifest parse(std::string_view text, std::string_view name);

  /// Is that the digest of the official file of this name?
  bool is_official(std::string_view file_name, std::string_view digest) const;
  /// Of the official file of this name, if there is one.
  std::optional<std::string> digest(std::string_view file_name) const;
  std::size_t size() const { return digests_.size(); }

 private:
  Manifest() = default;
  std::map<std::string, std::string, std::less<>> digests_;
};

/// Where it is installed: ../share/sealyard/params/parameters.json, seen from this program.
std::filesystem::path installed_manifest();

}  // namespace sealyard::params
