#include "jobs/launch/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "kernels/base/hex.h"

namespace sealyard::launch {
namespace {

void replace_newlines(std::string& text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (auto& c : text)
    if (c == '\n') c = ' ';
}

}  // namespace

Options::Declared::Declared(const Program& program, std::string version_text)
    : app(std::make_unique<CLI::App>(std::string(program.summary), stage::program(program.stage))),
      version(std::move(version_text)) {
  app->set_version_flag("--version", version, "Print the version");
  app->get_formatter()->column_width(34);
  Options options(*this);
  const auto need =
      program.sectors == Sectors::maybe ? Options::Need::optional : Options::Need::required;
  if (program.sectors != Sectors::none)
    options.text("--storage", "Storage root: the folder that holds sealed/, cache/ ...", need);
  if (program.sectors == Sectors::one || program.sectors == Sectors::maybe)
    options.text("--sector", "Sector, as s-t01000-7", need);
  if (program.sectors == Sectors::many)
    options.list("--sector", "Sectors, as s-t01000-7 s-t01000-8", Options::Need::required);
  options.text("--recorded-cache-path", "Path written into t_aux and JSON outputs (default: real)");
  options.flag("--json", "One JSON object on stdout");
  options.text("--backend", "auto, portable, sha-ni, avx512 or cuda (default: auto)");
  options.number("--threads", "Threads at most (default: the CPUs given to the job)");
}

Options::Declared::~Declared() = default;

bool Options::Declared::parse(int argc, char** argv) {
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    answer = app->help();
    return false;
  } catch (const CLI::CallForVersion&) {
    answer = version + "\n";
    return false;
  } catch (const CLI::ParseError& error) {
    std::string text = error.what();
    replace_newlines(text);
    throw Error(Fault::usage, "{}; see --help", text);
  }
  for (const auto& name : numbers)
    for (const auto& word : words.at(name)) parse_number(name, word);
  check_verb();
  check_exclusive();
  return true;
}

void Options::Declared::check_verb() const {
  if (verbs.empty()) return;
  const auto& verb = at("VERB").front();
  if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end())
    throw Error(Fault::usage, "\"{}\", want {}", verb, fmt::join(verbs, ", "));
  const auto owns = [&](const std::string& name) {
    const auto owned = only_with.find(verb);
    return owned != only_with.end() &&
           std::find(owned->second.begin(), owned->second.end(), name) != owned->second.end();
  };
  for (const auto& [owner, names] : only_with)
    for (const auto& name : names)
      if (given(name) && !owns(name))
        throw Error(Fault::usage, "{} goes with {}, not with {}", name, owner, verb);
}

void Options::Declared::check_exclusive() const {
  for (const auto& names : exclusive) {
    std::string first;
    for (const auto& name : names) {
      if (!given(name)) continue;
      if (!first.empty()) throw Error(Fault::usage, "{} and {} exclude each other", first, name);
      first = name;
    }
  }
}

bool Options::Declared::given(std::string_view name) const {
  at(name);
  return app->get_option(std::string(name))->count() > 0;
}

const std::vector<std::string>& Options::Declared::at(std::string_view name) const {
  const auto found = words.find(name);
  if (found == words.end()) throw Error(Fault::internal, "option {} was never declared", name);
  return found->second;
}

void Options::flag(std::string name, std::string help) {
  declared_.words[name];
  declared_.app->add_flag(name)->description(help)->multi_option_policy(
      CLI::MultiOptionPolicy::Throw);
}

void Options::text(std::string name, std::string help, Need need) {
  declared_.app->add_option(name, declared_.words[name], std::move(help))
      ->expected(1)
      ->type_name("TEXT")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw)
      ->required(need == Need::required);
}

void Options::list(std::string name, std::string help, Need need) {
  declared_.app->add_option(name, declared_.words[name], std::move(help))
      ->expected(1, -1)
      ->type_name("TEXT")
      ->required(need == Need::required);
}

void Options::number(std::string name, std::string help, Need need) {
  declared_.numbers.push_back(name);
  declared_.app->add_option(name, declared_.words[name], std::move(help))
      ->expected(1)
      ->type_name("N")
      ->multi_option_policy(CLI::MultiOptionPolicy::Throw)
      ->required(need == Need::required);
}

void Options::proof_type() {
  text("--proof-type", "Registered seal proof: 0 to 19 or its name, as StackedDrg32GiBV1_1");
  text("--porep-id", "64 hex digits, for a size without a registered proof");
  text("--sector-size", "As 4KiB or 4096, with --porep-id");
  text("--api-version", "1.0.0, 1.1.0 or 1.2.0, with --porep-id");
  exclusive({"--proof-type", "--porep-id"});
  exclusive({"--proof-type", "--sector-size"});
  exclusive({"--proof-type", "--api-version"});
}

void Options::verbs(std::vector<std::string> words, std::string help) {
  declared_.verbs = std::move(words);
  text("VERB", std::move(help), Need::required);
}

void Options::only_with(std::string verb, std::vector<std::string> names) {
  declared_.only_with[std::move(verb)] = std::move(names);
}

void Options::exclusive(std::vector<std::string> names) {
  declared_.exclusive.push_back(std::move(names));
}

std::uint64_t parse_number(std::string_view name, std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end)
    throw Error(Fault::usage, "{}: \"{}\", want a whole number", name, text);
  return value;
}

}  // namespace sealyard::launch
