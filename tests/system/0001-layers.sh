#!/bin/bash
# check-layers finds each kind of wrong include, in a small tree made for it, and lets right ones pass.
set -euo pipefail
root=$(mktemp -d)
fail() { echo "layers: $*"; exit 1; }

# file PATH INCLUDE...
file() {
  mkdir -p "$root/$(dirname "$1")"
  printf '#include %s\n' "${@:2}" > "$root/$1"
}
forget() { rm -rf "${root:?}"/*; }

obeys() {
  "$SEALYARD_SOURCE/scripts/check-layers" "$root" > "$root.out" || { cat "$root.out"; fail "refused: $1"; }
}
refuses() {
  local code=0
  "$SEALYARD_SOURCE/scripts/check-layers" "$root" > "$root.out" || code=$?
  [ "$code" -eq 1 ] || { cat "$root.out"; fail "$1: exit code $code, want 1"; }
  [ "$(wc -l < "$root.out")" -eq 1 ] || { cat "$root.out"; fail "$1: want one line"; }
  grep -qF "$2" "$root.out" || { cat "$root.out"; fail "$1: the line lacks '$2'"; }
}
trap 'rm -rf "$root" "$root.out"' EXIT

house() {
  forget
  file kernels/base/node.h '<array>'
  file kernels/device/cpu.h '"kernels/base/node.h"'
  file kernels/device/stream_cuda.h '<cuda_runtime_api.h>'
  file kernels/field/fr.cpp '<blst.h>' '"kernels/base/node.h"'
  file kernels/label/label.h '"kernels/base/node.h"' '"kernels/device/cpu.h"'
  file jobs/stage/stage.h '"kernels/base/node.h"' '<nlohmann/json.hpp>'
  file jobs/launch/launch.h '"jobs/stage/stage.h"' '<CLI/CLI.hpp>'
  file jobs/ranks/ranks.cpp '<mpi.h>'
  file jobs/pc1/stage.h '"jobs/stage/stage.h"'
  file jobs/pc1/main.cpp '"jobs/launch/launch.h"' '"kernels/label/label.h"' '"jobs/pc1/stage.h"'
  file slurm/job.h '"kernels/base/node.h"' '<slurm/slurm.h>'
  file chain/ledger/ledger.h '<sqlite3.h>' '"kernels/base/node.h"' '"jobs/stage/stage.h"'
  file chain/cli/main.cpp '"chain/ledger/ledger.h"' '"jobs/pc1/stage.h"' '"slurm/job.h"' '<CLI/CLI.hpp>'
  file tests/kernels/label_test.cpp '"kernels/label/label.h"' '<catch2/catch.hpp>'
}

house
obeys "a tree without a wrong include"

# what is planted | file | its include | what the line must say
while IFS='|' read -r what path include says; do
  house
  file "$path" "$include"
  refuses "$what" "$says"
done <<'END'
a kernel above|kernels/label/x.cpp|"jobs/stage/stage.h"|kernels include only kernels
a kernel not below|kernels/device/x.cpp|"kernels/label/label.h"|kernels/device/x.cpp:1: includes kernels/label/label.h: kernels/label is not below kernels/device
a kernel folder nobody knows|kernels/util/x.cpp|"kernels/base/node.h"|kernels/util has no level
a kernel that opens files|kernels/label/x.cpp|<fstream>|includes fstream: only in
blst outside field|kernels/label/x.cpp|<blst.h>|only in kernels/field
CUDA in an ordinary file|kernels/label/x.cpp|<cuda_runtime.h>|only in kernels/device
MPI outside ranks|jobs/pc1/x.cpp|<mpi.h>|only in jobs/ranks
HDF5 in a stage|jobs/pc1/x.cpp|<hdf5.h>|only in jobs/stage
a stage that knows another|jobs/pc2/x.cpp|"jobs/pc1/main.cpp"|only the stage.h of another
a part that knows a stage|jobs/launch/x.cpp|"jobs/pc1/stage.h"|jobs/launch includes only
slurm that knows sectors|slurm/x.cpp|"jobs/stage/stage.h"|slurm includes only
libslurm outside slurm|chain/ledger/x.cpp|<slurm/slurm.h>|only in slurm
chain with a kernel|chain/ledger/x.cpp|"kernels/label/label.h"|chain includes only
chain with a stage's code|chain/ledger/x.cpp|"jobs/pc1/main.cpp"|chain includes only
a program included|chain/ledger/x.cpp|"chain/cli/main.cpp"|is a program
tests in the house|slurm/x.cpp|"tests/kernels/label_test.cpp"|included by tests only
a relative path|kernels/label/x.cpp|"label.h"|is no path from the root
ours in angle brackets|kernels/label/x.cpp|<kernels/base/node.h>|write it in quotes
a header that hides libslurm's|slurm/slurm.h|<array>|hides libslurm's own
a file outside the folders|kernels/x.cpp|<array>|belongs into a folder of its own
END

forget
code=0
"$SEALYARD_SOURCE/scripts/check-layers" "$root" > /dev/null || code=$?
[ "$code" -eq 66 ] || fail "a tree without sources: exit code $code, want 66"
echo "layers: every planted include was found"
