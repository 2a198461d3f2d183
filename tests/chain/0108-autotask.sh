#!/bin/bash
# `sealyard autotask` in the daemon, and the entries of cron as jobs, on a private real Slurm with a
# real sealyard-devnet: who gets sectors, when none, and never one twice. Waits of minutes are spent
# with the daemon away: its own notes are made older. usage: 0108-autotask.sh PARAMS C2
#   C2: a program in place of seal-c2 whose stand-ins the chain takes.
. "$SEALYARD_SOURCE/tests/chain/network.sh"
[ $# = 2 ] || { echo "usage: 0108-autotask.sh PARAMS C2"; exit 64; }
network "$1" "--nodes 2" --epoch-ms 200 --stand-ins
miner "window_post = false
precommit_wait_s = 2
commit_wait_s = 2"
stand_in_programs "$2"

now() { sealyard autotask status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
pledged() { sealyard sectors list --json | grep -c '"State":' || true; }
proving() { [ "$(sealyard sectors list --json | grep -c '"State": "Proving"')" = "$1" ]; }
is_past() { [ "$(now checked_ms)" -gt "$1" ]; }
is_seen() { [ "$(now on) $(now seen_by_daemon)" = "$1 True" ]; }
# later: the daemon dies, and when it is back its next check is due
later() {
  local before
  before=$(now checked_ms)
  kill_daemon
  python3 - "$SEALYARD_HOME/autotask.json" << 'END'
import json, os, sys
kept = json.load(open(sys.argv[1]))
for key in ("begun_ms", "passed_ms"):
    kept[key] -= 200_000 if kept[key] else 0
json.dump(kept, open(sys.argv[1] + ".part", "w"))
os.rename(sys.argv[1] + ".part", sys.argv[1])
END
  start_daemon
  await 60 "a check" is_past "$before"
}
# pledges COUNT: so many sectors there are, after at least two checks
pledges() {
  local checks=0 end=$((SECONDS + 90))
  until [ "$(pledged)" = "$1" ]; do
    [ $SECONDS -lt $end ] || die "$(pledged) sectors, want $1: $(now condition): $(now text)"
    later
    checks=$((checks + 1))
  done
  [ $checks -ge 2 ] || die "pledged at the first check"
}
# refuses CONDITION: it stands in the way, and nothing is pledged
refuses() {
  local end=$((SECONDS + 60)) count
  count=$(pledged)
  until [ "$(now condition)" = "$1" ]; do
    [ $SECONDS -lt $end ] || die "want $1, not '$(now condition)': $(now text)"
    later
  done
  [ "$(pledged)" = "$count" ] || die "pledged in spite of $1"
}
# ran_on SECTOR NODE: its AddPiece and PC1
ran_on() {
  sealyard sectors status --json "$1" | python3 -c '
import json, sys
nodes = {run["node"] for run in json.load(sys.stdin)["Timeline"] if run["stage"] in ("add_piece", "pc1")}
sys.exit(0 if nodes == {sys.argv[1]} else f"{nodes}")' "$2" || die "sector $1 was not sealed on $2"
}

say "switched on: a second start is refused, the daemon takes it up live"
start_daemon
for key in worker_disk_scale store_scale; do sealyard env set --name=auto.$key --value=1 > /dev/null; done
sealyard autotask --delay=10 > /dev/null
code=0
sealyard autotask > "$scratch/second" 2>&1 || code=$?
[ $code = 78 ] || die "a second start: $code $(cat "$scratch/second")"
await 60 "the daemon" is_seen True

say "a listed node gets nothing, a drained one neither"
sealyard env set --name=auto.blacklist --value=n1 > /dev/null
pledges 1
[[ "$(sealyard sealing workers)" == *"host n1 (blacklisted)"* ]] || die "workers: $(sealyard sealing workers)"
scontrol update NodeName=n2 State=DRAIN Reason=test
refuses nodes
scontrol update NodeName=n2 State=RESUME
sealyard env set --name=auto.blacklist --value=n2 > /dev/null
pledges 2

say "a chain that is behind, the last number"
call OutOfSync '[20]' > /dev/null
refuses sync
call OutOfSync '[0]' > /dev/null
sealyard env set --name=auto.max_sector --value=1 > /dev/null
refuses max_sector
await 30 "the alert" grep -qs '^autotask_max_sector on' "$scratch/alerts"

say "stopped"
sealyard env unset --name=auto.max_sector > /dev/null
sealyard autotask stop > /dev/null
await 60 "the daemon" is_seen False

say "cron's entry as jobs: at once, again and late, one sector a slot"
job() {
  sbatch --parsable --partition=ap --mem=200M --time=2 --output="$scratch/cron.out" --open-mode=append "${@:2}" \
    --wrap "$SEALYARD_SOURCE/scripts/cron/pledge --every 600 --at $1"
}
export SEALYARD_BIN
jobs=()
for _ in 1 2 3; do jobs+=("$(job 1800000000)"); done
jobs+=("$(job 1800000599 --begin=now+5)" "$(job 1800000600)")
"$SEALYARD_SOURCE/scripts/cron/pledge" --every 600 --at 1800000601 > /dev/null
ended() {
  local one
  for one in "${jobs[@]}"; do scontrol -o show job "$one" | grep -q ' JobState=COMPLETED ' || return 1; done
}
await 90 "cron's jobs" ended
[ "$(pledged)" = 4 ] || die "cron: $(pledged) sectors, want 4: $(cat "$scratch/cron.out")"

say "all of them on chain"
await 300 "proving" proving 4
ran_on 0 n2
ran_on 1 n1
