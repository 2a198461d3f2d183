#!/bin/bash
# An installed tree works after it was moved: every program starts, nothing in it points back to the
# checkout or the build, and what a site needs beside the programs is there.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "install: $*"; exit 1; }

cmake --install "$SEALYARD_BIN/.." --prefix "$scratch/first" > "$scratch/log" || { cat "$scratch/log"; fail "cmake --install"; }
mv "$scratch/first" "$scratch/moved"
cd "$scratch/moved"

programs=0
for program in bin/*; do
  if readelf -d "$program" | grep -E 'R(UN)?PATH'; then fail "$program searches libraries in the build"; fi
  if env -u LD_LIBRARY_PATH ldd "$program" | grep 'not found'; then fail "$program lacks a library"; fi
  env -i HOME="$scratch" PATH=/usr/bin:/bin "$PWD/$program" --version > "$scratch/out" 2>&1 ||
    { cat "$scratch/out"; fail "$program --version"; }
  grep -qE '[0-9]+\.[0-9]+' "$scratch/out" || { cat "$scratch/out"; fail "$program prints no version"; }
  programs=$((programs + 1))
done
[ "$programs" -gt 0 ] || fail "no programs"

for file in share/sealyard/slurm/sealyard.conf share/sealyard/scripts/local-slurm \
  share/doc/sealyard/LICENSE-APACHE share/doc/sealyard/LICENSE-MIT; do
  [ -s "$file" ] || fail "$file is not there"
done
[ -x share/sealyard/scripts/local-slurm ] || fail "local-slurm may not be run"
if grep -rIlF -e "$SEALYARD_SOURCE" -e "$SEALYARD_BIN" share; then fail "paths of the checkout in the files above"; fi
echo "install: $programs programs"
