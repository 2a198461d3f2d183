// The C1 output in HDF5: nothing is lost, nothing damaged is taken.
#include "jobs/sector/commit_hdf5.h"

#include "kernels/base/error.h"
#include "tests/catch.h"
#include "tests/vectors.h"

using namespace sealyard;

namespace {

sector::C1Output reference() {
  const auto bytes = vectors::bytes("seal/2k-cc-v1_1/c1.json");
  return sector::parse_c1_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "c1");
}

// Empty: taken, and the same.
std::string refusal(std::string_view image, const sector::C1Output& want) {
  try {
    const auto found = sector::from_c1_hdf5(image, "c1.h5");
    if (found == want) return "";
    return sector::flaw(found).value_or("taken for another C1 that holds");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::corrupt);
    CHECK(std::string(error.what()).starts_with("c1.h5 is no C1 output: "));
    return error.what();
  }
}

}  // namespace

TEST_CASE("commit hdf5: gives back what it was given", "[commit]") {
  const auto output = reference();
  const auto image = sector::to_c1_hdf5(output);
  CHECK(sector::from_c1_hdf5(image, "c1") == output);
  CHECK(image == sector::to_c1_hdf5(output));
  auto raw = output;
  raw.porep = raw_porep(2048, raw.porep.porep_id, raw.porep.api);
  CHECK(sector::from_c1_hdf5(sector::to_c1_hdf5(raw), "raw") == raw);
}

TEST_CASE("commit hdf5: other files and cut ones are refused", "[commit]") {
  const auto output = reference();
  const auto image = sector::to_c1_hdf5(output);
  CHECK(refusal(image, output).empty());
  CHECK_FALSE(refusal("", output).empty());
  CHECK_FALSE(refusal("{}", output).empty());
  for (const std::size_t bytes : {8u, 100u, 2000u, 5000u})
    CHECK_FALSE(refusal(image.substr(0, bytes), output).empty());
  CHECK_FALSE(refusal(image.substr(0, image.size() - 4096), output).empty());
  auto other = output;
  other.porep = registered_porep(6);
  CHECK_THROWS_AS(sector::to_c1_hdf5(other), Error);
}

TEST_CASE("commit hdf5: a byte of the proofs changed is a flaw", "[commit]") {
  const auto output = reference();
  const auto image = sector::to_c1_hdf5(output);
  const auto& leaf = output.partitions[0][0].comm_r_last.leaf.bytes;  // of CommD all are zero
  const auto at = image.find(std::string(leaf.begin(), leaf.end()));
  REQUIRE(at != std::string::npos);
  for (const std::size_t offset : {0u, 40u, 500u, 5000u, 8000u}) {
    auto damaged = image;
    damaged.at(at + offset) = static_cast<char>(damaged[at + offset] ^ 1);
    CAPTURE(offset);
    CHECK_FALSE(refusal(damaged, output).empty());
  }
}
