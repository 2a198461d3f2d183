#include "kernels/base/error.h"

namespace sealyard {

std::string_view name(Fault fault) {
  switch (fault) {
    case Fault::usage:
      return "usage";
    case Fault::corrupt:
      return "corrupt";
    case Fault::missing:
      return "missing";
    case Fault::unsupported:
      return "unsupported";
    case Fault::internal:
      return "internal";
    case Fault::io:
      return "io";
    case Fault::busy:
      return "busy";
    case Fault::configuration:
      return "configuration";
  }
  return {};
}

}  // namespace sealyard
