// The verifying key of a set: all that a verifier needs of its parameters.
#pragma once
#include <filesystem>
#include <string>

#include "jobs/params/check.h"
#include "kernels/base/error.h"
#include "kernels/groth16/verifying_key.h"

namespace sealyard::params {

struct Key {
  std::filesystem::path file;
  groth16::VerifyingKey key;
  Origin origin = Origin::development;
};

/// Reads the .vk file of a set, never its .params.
/// @param id        as groth16::porep_id() and its like make it.
/// @param manifest  the official digests; where there is no such file nothing is official.
/// @throws Error{configuration} as not_there(); Error{io}; Error{corrupt} it is no
/// key, or the manifest none.
Key read_key(const std::filesystem::path& folder, const std::string& id,
             const std::filesystem::path& manifest, unsigned threads);

/// The error of a file of a set that is not there: which, where, and how to get it. No stage makes
/// it, so running the one before again would be of no use: Error{configuration}.
Error not_there(const std::filesystem::path& folder, const std::string& name);

/// The line a program prints that goes on with parameters somebody made for himself.
std::string insecure_line(const Key& key);

}  // namespace sealyard::params
