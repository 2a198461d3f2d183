#!/bin/bash
# setup: reports what is missing, does nothing when nothing is, never leaves half a folder, and asks
# for root only for apt. Fetches nothing; the package index is set to a port where nobody listens.
set -euo pipefail
setup=$SEALYARD_SOURCE/scripts/setup
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "setup test: $*"; cat "$scratch/out"; exit 1; }
export PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_RETRIES=0 PIP_TIMEOUT=1 PIP_NO_INDEX=1 PIP_FIND_LINKS=
export PIP_CONFIG_FILE=/dev/null
unset CMAKE_PREFIX_PATH SEALYARD_DEPS

# expect CODE WHAT COMMAND...
expect() {
  local code=0
  "${@:3}" > "$scratch/out" 2>&1 < /dev/null || code=$?
  [ "$code" -eq "$1" ] || fail "$2: exit code $code, want $1"
}
says() { grep -qF -- "$1" "$scratch/out" || fail "the output lacks: $1"; }

command -v dpkg-query > /dev/null || { echo "skipped: no Debian"; exit 77; }

expect 64 "an unknown option" "$setup" --frobnicate
says "usage: scripts/setup"
expect 0 "--help" "$setup" --help

# The build that runs this test has what it needs: setup does nothing, and quickly.
expect 0 "nothing to do" timeout 5 "$setup"
[ ! -s "$scratch/out" ] || fail "nothing to do, but it says something"
expect 0 "--check when nothing is missing" "$setup" --check
says "nothing is missing"

# An empty cache: --check reports and makes nothing; a failing index leaves nothing half-made.
has_installed_blst() { [ -f /usr/include/blst.h ] || [ -f /usr/local/include/blst.h ]; }
if ! has_installed_blst; then
  export SEALYARD_DEPS=$scratch/deps
  expect 1 "--check with an empty cache" "$setup" --check
  says "missing: blst"
  [ ! -e "$SEALYARD_DEPS" ] || fail "--check made $SEALYARD_DEPS"
  expect 74 "no package index" "$setup"
  says "pip did not fetch blst"
  [ "$(ls -A "$SEALYARD_DEPS")" = .lock ] || fail "left behind: $(ls -A "$SEALYARD_DEPS")"
  unset SEALYARD_DEPS
fi

# A missing package and no root: says which, and the command for root. The missing package is made by
# a dpkg-query that does not know it.
mkdir "$scratch/bin"
cat > "$scratch/bin/dpkg-query" <<END
#!/bin/sh
$(command -v dpkg-query) "\$@" | grep -v ' munge\$'
END
chmod 755 "$scratch" "$scratch/bin" "$scratch/bin/dpkg-query"
unprivileged=()
if [ "$(id -u)" -eq 0 ]; then
  unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${unprivileged[@]}" test -r "$setup" || { echo "skipped the rest: another user cannot read the checkout"; exit 0; }
fi
expect 1 "--check with a missing package" env PATH="$scratch/bin:$PATH" "$setup" --check
says "missing: Debian packages: munge"
for tool in bash sed awk sort comm paste id dirname tr grep; do  # a PATH without sudo
  ln -s "$(command -v $tool)" "$scratch/bin/$tool"
done
ln -s /bin/true "$scratch/bin/apt-get"
expect 78 "a missing package, not root" "${unprivileged[@]}" env HOME="$scratch" PATH="$scratch/bin" bash "$setup"
says "missing Debian packages: munge"
says "run as root:  $setup --apt"
echo "setup: all as it should be"
