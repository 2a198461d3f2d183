#include "kernels/circuit/counter.h"

namespace sealyard::circuit {

Counts count(const Synthesis& circuit) {
  Counter counter;
  circuit(counter);
  return counter.counts();
}

}  // namespace sealyard::circuit
