// The batch script and the small languages of Slurm: no Slurm needed.
#include <cstdio>
#include <fstream>

#include "kernels/base/error.h"
#include "slurm/job.h"
#include "slurm/request.h"
#include "tests/catch.h"
#include "tests/slurm/private_slurm.h"

using namespace sealyard;

namespace {

// What the shell makes of a script: each argument followed by a NUL byte.
std::string run_script(const std::string& script) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("sealyard-script-" + std::to_string(getpid()) + ".sh");
  std::ofstream(path) << script;
  const std::string out = path.string() + ".out";
  const int status = tests::shell("/bin/sh " + path.string() + " >" + out);
  const std::string text = tests::read_file(out);
  std::filesystem::remove(path);
  std::filesystem::remove(out);
  REQUIRE(status == 0);
  return text;
}

}  // namespace

TEST_CASE("slurm: hostile arguments reach the program unchanged", "[slurm]") {
  const std::vector<std::string> hostile{
      "",     " ",        "a b",       "it's",  "''", "\"",  "$HOME",     "`id`",        "$(id)",
      "\\",   "a\\n",     "new\nline", "tab\t", "*",  "?",   "~",         "#x",          ";",
      "&",    "|",        "<",         ">",     "!",  "-n",  "--",        "{a,b}",       "[a-z]",
      "\x01", "\xff\xfe", "ü",         "%j",    "%",  "a=b", "'$(id)'\"", "'; exit 1; '"};
  slurm::Request request;
  request.name = "hostile";
  request.as_step = false;
  request.argv = {"/usr/bin/printf", "%s\\0"};
  request.argv.insert(request.argv.end(), hostile.begin(), hostile.end());
  std::string wanted;
  for (const auto& word : hostile) wanted += word + '\0';
  REQUIRE(run_script(slurm::batch_script(request)) == wanted);
}

TEST_CASE("slurm: a stage runs as a step, ranks through PMIx", "[slurm]") {
  slurm::Request request;
  request.name = "step";
  request.argv = {"seal-pc1", "--sector", "s-t01000-7"};
  request.cores = 3;
  REQUIRE(slurm::batch_script(request) ==
          "#!/bin/sh\nexec srun --nodes=1 --ntasks=1 --cpus-per-task=3 --mpi=none -- seal-pc1 "
          "--sector s-t01000-7\n");
  request.tasks = 4;
  request.nodes = 2;
  REQUIRE(slurm::batch_script(request) ==
          "#!/bin/sh\nexec srun --nodes=2 --ntasks=4 --cpus-per-task=3 --mpi=pmix "
          "--kill-on-bad-exit=1 -- seal-pc1 --sector s-t01000-7\n");
}

TEST_CASE("slurm: impossible requests are usage errors", "[slurm]") {
  slurm::Request request;
  request.name = "bad";
  REQUIRE_THROWS_AS(slurm::batch_script(request), Error);
  request.argv = {"true", std::string("a\0b", 3)};
  REQUIRE_THROWS_AS(slurm::batch_script(request), Error);
  request.argv = {"true"};
  request.cores = 0;
  REQUIRE_THROWS_AS(slurm::batch_script(request), Error);
  request.cores = 1;
  request.as_step = false;
  request.tasks = 2;
  REQUIRE_THROWS_AS(slurm::batch_script(request), Error);
}

TEST_CASE("slurm: array indices", "[slurm]") {
  using Indices = std::vector<std::uint32_t>;
  REQUIRE(slurm::array_indices("0-3%2") == Indices{0, 1, 2, 3});
  REQUIRE(slurm::array_indices("1,3,8-20:4") == Indices{1, 3, 8, 12, 16, 20});
  REQUIRE(slurm::array_indices("7") == Indices{7});
  for (const char* bad : {"", "a", "3-1", "1-2:0", "1,", "-1", "1-", "99999999999"}) {
    CAPTURE(bad);
    REQUIRE_THROWS_AS(slurm::array_indices(bad), Error);
  }
}

TEST_CASE("slurm: job ids", "[slurm]") {
  REQUIRE(slurm::JobId::parse("12").text() == "12");
  REQUIRE(slurm::JobId::parse("12_4").text() == "12_4");
  REQUIRE(slurm::JobId::parse("12_4") == slurm::JobId{12, 4});
  for (const char* bad : {"", "0", "x", "12_", "12_x", "12 ", "_4", "12_4_5", "-3"}) {
    CAPTURE(bad);
    REQUIRE_THROWS_AS(slurm::JobId::parse(bad), Error);
  }
}
