# For scenario tests: a private real Slurm in a scratch folder, gone when the test ends.
#
#   . "$SEALYARD_SOURCE/tests/system/lib.sh"
#   with_slurm --nodes 2            # sets $scratch, $SLURM_CONF, PATH; stops and cleans up on exit
#
# Without Slurm a test that calls with_slurm ends as skipped (77). KEEP=1 leaves the folder.
set -euo pipefail
: "${SEALYARD_SOURCE:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${SEALYARD_BIN:=$SEALYARD_SOURCE/build/release/bin}"
export PATH="$SEALYARD_BIN:$PATH"

say() { echo "--- $*"; }
die() { echo "FAILED: $*" >&2; exit 1; }

# scratch_folder: $scratch, short enough for the sockets below it, removed on exit
scratch_folder() {
  scratch=$(mktemp -d /tmp/sy.XXXXXX)
  trap clean_up EXIT
  trap 'exit 130' INT TERM HUP
}

clean_up() {
  local status=$? conf
  trap - EXIT
  for conf in "$scratch"/*/etc/slurm.conf "$scratch"/*/*/etc/slurm.conf; do
    [ ! -f "$conf" ] || "$SEALYARD_SOURCE/scripts/local-slurm" stop "${conf%/etc/slurm.conf}" || status=1
  done
  if [ "${KEEP:-0}" = 1 ]; then
    echo "left in $scratch" >&2
  else
    [ $status = 0 ] || tail -n 20 "$scratch"/slurm/log/slurm*.log >&2 2>/dev/null || true
    rm -rf "$scratch"
  fi
  exit $status
}

# with_slurm OPTION...: of `local-slurm start`
with_slurm() {
  command -v slurmctld >/dev/null || [ -x /usr/sbin/slurmctld ] || { echo "no Slurm: skipped"; exit 77; }
  [ -n "${scratch:-}" ] || scratch_folder
  "$SEALYARD_SOURCE/scripts/local-slurm" start "$scratch/slurm" "$@"
  eval "$("$SEALYARD_SOURCE/scripts/local-slurm" env "$scratch/slurm")"
}

# The virtual nodes share one host: their ranks must not meet in one shared-memory segment, nor look
# for each other on the host's outer address.
export OMPI_MCA_btl=self,tcp OMPI_MCA_btl_tcp_if_include=lo

# slow_programs: the settings of $SEALYARD_HOME take programs that run the portable variants only
slow_programs() {
  local program
  mkdir "$scratch/programs"
  for program in "$SEALYARD_BIN"/seal-*; do
    printf '#!/bin/sh\nexec %s "$@" --backend portable\n' "$program" > "$scratch/programs/${program##*/}"
  done
  chmod +x "$scratch"/programs/*
  sed -i "s|^path = .*|path = \"$scratch/programs\"|" "$SEALYARD_HOME/config.toml"
}

# within SECONDS COMMAND...: until it succeeds
within() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}
