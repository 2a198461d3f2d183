#!/bin/bash
# The operator's command without any Slurm: words, exit codes, what a script can rely on.
set -euo pipefail
home=$(mktemp -d "${TMPDIR:-/tmp}/sealyard-cli-XXXXXX")
trap 'rm -rf "$home"' EXIT
export SEALYARD_HOME=$home/h
export SLURM_CONF=/dev/null/none  # nothing here may need Slurm
unset LOTUS_MINER_PATH
sealyard=$SEALYARD_BIN/sealyard
vectors=$SEALYARD_SOURCE/tests/vectors/lotus-cli
failures=0

# expect CODE TEXT command...: exit code, and a text that stdout and stderr together contain
expect() {
  local code=$1 text=$2 out rc=0
  shift 2
  out=$("$@" 2>&1) || rc=$?
  if [ "$rc" != "$code" ] || [[ "$out" != *"$text"* ]]; then
    echo "FAILED: $*"
    echo "  exit $rc, want $code; text: $out; want: $text"
    failures=$((failures + 1))
  fi
}

expect 0 "config.toml: written" "$sealyard" config init --proof-type 5 --miner f01000
expect 1 "exists" "$sealyard" config init
expect 0 'proof_type = "StackedDrg2KiBV1_1"' "$sealyard" config show
expect 3 "No help topic for 'nosuch'" "$sealyard" nosuch
expect 3 "No help topic for 'nosuch'" "$sealyard" sectors nosuch
expect 0 "interact with sector store" "$sealyard" sectors
expect 0 "" "$sealyard" sectors list
expect 1 "ERROR: No state for /500: datastore: key not found" "$sealyard" sectors status 500
expect 64 "could not parse" "$sealyard" sectors status five
expect 64 "" "$sealyard" sectors status
expect 64 "not expected" "$sealyard" sectors list --nosuch
expect 64 "is not a valid state" "$sealyard" sectors list --states Nowhere
expect 64 "is no stage" "$sealyard" sectors list --stuck --stage nowhere
expect 0 "[]" "$sealyard" sectors list --stuck --stage pc1 --json
expect 0 "PreCommitting -> PreCommitWait" "$sealyard" sectors states --dot
expect 0 "WaitSeed             the epoch of its seed" "$sealyard" sectors states

# Refused before a number is taken.
expect 64 "ticket: 62 hex digits, want 64" "$sealyard" sectors pledge --ticket "$(printf 'a%.0s' {1..62})"
expect 64 "" "$sealyard" sectors pledge --proof-type 99
expect 64 "no such file" "$sealyard" sectors pledge --piece "$home/none"
head -c 3000 /dev/zero > "$home/large"
expect 64 "do not fit" "$sealyard" sectors pledge --piece "$home/large"
expect 78 "" "$sealyard" sectors pledge somegroup  # groups are Slurm's, and there is none
expect 0 "[]" "$sealyard" sectors list --json

# Taken.
expect 0 "Would create CC sector:  0" "$sealyard" sectors pledge --dry-run
expect 0 "Created CC sector:  0" "$sealyard" sectors pledge
head -c 1000 /dev/urandom > "$home/piece"
expect 0 "Created sector:  1" "$sealyard" sectors pledge --piece "$home/piece" --piece "$home/piece:508"
expect 0 '"sectors": [' "$sealyard" --json sectors pledge --count 2
expect 0 "DDO:2" "$sealyard" sectors list
expect 0 "Status:		Packing" "$sealyard" sectors status 0
expect 0 "[event;sealing.SectorStart]" "$sealyard" sectors status --log 1
expect 0 '"State": "AddPiece"' "$sealyard" sectors status --json 1
expect 1 "only a sealed sector" "$sealyard" sectors finalize 0
expect 1 "advanced users" "$sealyard" sectors update-state 0 PreCommit1
expect 1 "has no ticket yet" "$sealyard" sectors update-state --really-do-it 0 PreCommit1
expect 1 "not a valid state" "$sealyard" sectors update-state --really-do-it 0 Nowhere
expect 0 "" "$sealyard" sectors update-state --really-do-it 0 FailedUnrecoverable
sed -i 's/^max_sealing_sectors = 0/max_sealing_sectors = 4/' "$SEALYARD_HOME/config.toml"
expect 1 "too many sectors sealing (curSealing: 3, max: 4)" "$sealyard" sectors pledge --count 2
expect 0 "Created CC sector:  4" "$sealyard" sectors pledge

# A copy of ledger and outbox, damage found, the copy put back.
expect 0 "/backup/ledger.sqlite" "$sealyard" ledger backup "$home/backup"
expect 64 "exists" "$sealyard" ledger backup "$home/backup"
expect 0 "ledger.sqlite: ok" "$sealyard" ledger check
before=$("$sealyard" sectors list)
printf 'xxxxxxxxxxxxxxxx' | dd of="$SEALYARD_HOME/ledger.sqlite" bs=1 seek=4096 conv=notrunc 2> /dev/null
expect 65 "ledger.sqlite" "$sealyard" ledger check
expect 65 "" "$sealyard" ledger backup "$home/of-damaged"
expect 0 "ledger.sqlite" "$sealyard" ledger restore "$home/backup"
expect 0 "ledger.sqlite: ok" "$sealyard" ledger check
[ "$("$sealyard" sectors list)" == "$before" ] || failures=$((failures + 1))
echo "no database" > "$SEALYARD_HOME/ledger.sqlite"
expect 0 "ledger.sqlite" "$sealyard" ledger restore "$home/backup"
[ "$("$sealyard" sectors list)" == "$before" ] || failures=$((failures + 1))
[ -e "$SEALYARD_HOME/ledger.sqlite.replaced" ] || failures=$((failures + 1))
expect 66 "no backup" "$sealyard" ledger restore "$home/none"
echo "no database" > "$home/backup/ledger.sqlite"
expect 65 "" "$sealyard" ledger restore "$home/backup"
expect 0 "ledger.sqlite: ok" "$sealyard" ledger check
expect 69 "SnapDeals are not supported" "$sealyard" sectors snap-up 1

# The same words under lotus' name, its help, and its error, byte for byte.
ln -s "$sealyard" "$home/lotus-miner"
expect 0 "FailedUnrecoverable" "$home/lotus-miner" sectors list --fast
expect 0 "FailedUnrecoverable" "$sealyard" miner sectors list --fast
expect 0 "FailedUnrecoverable" "$home/lotus-miner" --miner-repo "$SEALYARD_HOME" sectors list
diff <(sed '1d;$d' "$vectors/no-such-command.txt") <("$home/lotus-miner" nosuch 2>&1) || failures=$((failures + 1))
diff <(sed '1d;$d' "$vectors/sectors-status-unknown.txt") \
  <("$home/lotus-miner" sectors status 500 2>&1) || failures=$((failures + 1))
diff <(sed '1d;$d' "$vectors/sectors-status-help.txt" | sed '/^OPTIONS/q') \
  <("$home/lotus-miner" sectors status --help | sed '/^OPTIONS/q') || failures=$((failures + 1))

# No Slurm: said in one line, with the code of a site's settings.
expect 78 "" "$sealyard" sealing jobs
expect 78 "" "$sealyard" sealing workers
expect 1 "CHANGE  slurmctld" "$sealyard" doctor
expect 78 "sealyard-chain: " "$SEALYARD_BIN/sealyard-chain" --once
expect 64 "" "$SEALYARD_BIN/sealyard-chain" --nosuch
echo '[daemon' >> "$SEALYARD_HOME/config.toml"
expect 78 "config.toml" "$sealyard" sectors list
exit "$failures"
