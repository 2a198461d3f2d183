#include "kernels/circuit/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "kernels/base/hex.h"

namespace sealyard::circuit {
namespace {

std::string short_hex(const Fr& coefficient) {
  Node node = field::to_node(coefficient);
  std::reverse(node.bytes.begin(), node.bytes.end());
  const std::string hex = to_hex(node);
  return hex.substr(std::min(hex.find_first_not_of('0'), hex.size() - 1));
}

}  // namespace

void Dump::enforce(const Lc& a, const Lc& b, const Lc& c) {
  std::string line = fmt::format("{}", counts().constraints);
  for (const auto* lc : {&a, &b, &c}) {
    char separator = '\t';
    for (const auto& term : normal(lc->terms, scratch_)) {
      fmt::format_to(std::back_inserter(line), "{}{}{}:{}", separator,
                     term.variable.is_input() ? 'I' : 'A', term.variable.index(),
                     short_hex(term.coefficient));
      separator = ',';
    }
    if (separator == '\t') line += '\t';
  }
  count_row();
  line_(line);
}

}  // namespace sealyard::circuit
