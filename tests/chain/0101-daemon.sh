#!/bin/bash
# The daemon on a private real Slurm: sectors are sealed to the bytes that running the stages by hand
# gives, while the daemon and slurmctld are killed, stages are killed and requeued, and pieces vanish.
set -euo pipefail
command -v slurmctld > /dev/null || [ -x /usr/sbin/slurmctld ] || { echo "skipped: no Slurm here"; exit 77; }
scratch=$(mktemp -d /tmp/sy-chain-XXXXXX)
sealyard=$SEALYARD_BIN/sealyard
chain=$SEALYARD_BIN/sealyard-chain
local_slurm=$SEALYARD_SOURCE/scripts/local-slurm
ticket=a54ab9069af6f2ca04f40adc15101707f37e240706ffd2c0755c0800b7d06a72
export SEALYARD_HOME=$scratch/home
daemon=
RANDOM=20240501  # the same moments every time, as far as the clock allows

finish() {
  local code=$?
  if [ -n "$daemon" ]; then kill -9 "$daemon" 2> /dev/null || true; fi
  if [ "$code" != 0 ]; then
    "$sealyard" sectors list || true
    tail -40 "$SEALYARD_HOME/log/sealyard-chain.log" || true
    scontrol --oneliner show jobs | grep -oE '(JobId|JobName|JobState|Reason|ExitCode)=[^ ]*' | paste -sd '    \n' || true
    grep -hE 'error|held|requeue' "$scratch"/s/log/slurm*.log | tail -20 || true
  fi
  "$local_slurm" stop "$scratch/s" > /dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "FAILED: $*"; exit 1; }

start_daemon() { "$chain" > "$scratch/daemon.out" 2>&1 & daemon=$!; }
kill_daemon() { kill -9 "$daemon" || true; wait "$daemon" 2> /dev/null || true; daemon=; }
# field SECTOR KEY: one value of `sectors status --json`
field() { "$sealyard" sectors status --json "$1" | python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"; }
state() { field "$1" State; }
count() { "$sealyard" sectors list --states "$1" --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))'; }

# The administrator: a host drained because slurmctld, killed with its state, gave a number twice.
resume() {
  local host
  for host in $(sinfo --noheader --states drained,draining --format %n 2> /dev/null || true); do
    scontrol update NodeName="$host" State=RESUME || true
  done
}

# until_state SECONDS STATE SECTOR
until_state() {
  local end=$((SECONDS + $1))
  until [ "$(state "$3")" = "$2" ]; do
    [ $SECONDS -lt $end ] || fail "sector $3 is $(state "$3"), not $2, after $1 s: $(field "$3" LastErr)"
    resume
    sleep 0.3
  done
}

# by_hand SECTOR PROOF_TYPE PIECE...: CommR of the same sector sealed without daemon and Slurm
by_hand() {
  local root=$scratch/hand name=s-t01000-$1 type=$2 pieces=(--cc)
  shift 2
  [ $# = 0 ] || pieces=(--piece "$@")
  env -u SLURM_CONF "$SEALYARD_BIN/seal-add-piece" --storage "$root" --sector "$name" --proof-type "$type" "${pieces[@]}" > /dev/null 2>&1
  "$SEALYARD_BIN/seal-pc1" --storage "$root" --sector "$name" --ticket $ticket > /dev/null 2>&1
  "$SEALYARD_BIN/seal-pc2" --storage "$root" --sector "$name" > /dev/null 2>&1
  python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["commitments"]["comm_r"])' "$root/work/$name/pc2.result.json"
}
check_bytes() { [ "$(field "$1" comm_r)" = "$(by_hand "$@")" ] || fail "sector $1: CommR is not that of the stages by hand"; }

"$local_slurm" start "$scratch/s" --nodes 2 --set MinJobAge=10 > /dev/null
eval "$("$local_slurm" env "$scratch/s")"
"$sealyard" config init --proof-type 5 > /dev/null
sed -i 's/^poll_s.*/poll_s = 1/; s/^wait_s.*/wait_s = 1/; s/^log_level.*/log_level = "debug"/' "$SEALYARD_HOME/config.toml"
"$sealyard" doctor > "$scratch/doctor" || fail "doctor: $(cat "$scratch/doctor")"

echo "== groups: an unknown one takes no number, a known one keeps its nodes"
if "$sealyard" sectors pledge nowhere 2> "$scratch/err"; then fail "unknown group accepted"; fi
grep -q "unknown group 'nowhere'" "$scratch/err" || fail "unknown group: $(cat "$scratch/err")"
"$sealyard" sectors pledge n2 --ticket $ticket | grep -qx "Created CC sector:  0" || fail "numbers begin at 0"

echo "== the daemon is killed every second, slurmctld once"
"$sealyard" sectors pledge --count 5 --ticket $ticket > /dev/null
end=$((SECONDS + 200)) round=0
until [ "$(count WaitChain)" = 6 ]; do
  [ $SECONDS -lt $end ] || fail "not sealed in time"
  start_daemon
  sleep $((RANDOM % 2)).$((RANDOM % 9))
  kill_daemon
  round=$((round + 1))
  resume
  if [ $round = 3 ]; then
    kill -9 "$(cat "$scratch/s/run/slurmctld.pid")"
    start_daemon
    sleep 1
    kill_daemon
    "$local_slurm" start "$scratch/s" > /dev/null
  fi
done
for sector in 0 1 2 3 4 5; do check_bytes $sector 5; done
"$sealyard" sectors status --json 0 | python3 -c '
import json, sys
# A job that slurmctld lost with its state ran nowhere.
hosts = {run["node"] for run in json.load(sys.stdin)["Timeline"] if run["node"]}
assert hosts == {"n2"}, hosts'
python3 - "$SEALYARD_HOME/ledger.sqlite" << 'END' || fail "a stage was submitted or committed twice"
import collections, json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT sector, kind, payload FROM event ORDER BY seq")
submitted, committed = collections.Counter(), collections.Counter()
for sector, kind, payload in rows:
    event = json.loads(payload)
    if kind == "submitted" and not event["adopted"]: submitted[event["name"]] += 1
    if kind == "lost": submitted[event["name"]] -= 1
    if kind == "committed": committed[sector, event["stage"]] += 1
assert all(n <= 1 for n in submitted.values()), submitted
assert all(n == 1 for n in committed.values()) and len(committed) == 18, committed
END

echo "== one daemon per home; SIGTERM ends it cleanly"
start_daemon
sleep 1
if "$chain" --once > "$scratch/second" 2>&1; then fail "a second daemon started"; fi
grep -q "another sealyard-chain works here" "$scratch/second" || fail "$(cat "$scratch/second")"
kill "$daemon"
wait "$daemon" || fail "SIGTERM: exit code $?"
daemon=

echo "== a stage is killed, another requeued: 8 MiB sectors with data"
head -c 3000000 /dev/urandom > "$scratch/piece"
"$sealyard" sectors pledge --proof-type 6 --ticket $ticket --piece "$scratch/piece" > /dev/null  # 6
"$sealyard" sectors pledge --proof-type 6 --ticket $ticket > /dev/null                          # 7
start_daemon
# pid_of SECTOR PROGRAM: the process that holds the sector, as its lock says
pid_of() { sed -n "s/^$2 job .* pid //p" "$SEALYARD_HOME/storage/work/s-t01000-$1/lock" 2> /dev/null || true; }
for _ in $(seq 600); do
  pid=$(pid_of 6 seal-pc1)
  [ -z "$pid" ] || break
  sleep 0.1
done
[ -n "$pid" ] && kill -9 "$pid" || fail "PC1 of sector 6 was not caught running"
for _ in $(seq 600); do
  job=$(squeue --noheader --format %i --states RUNNING --name "$(squeue --noheader --format %j | grep '\.7\.pc1\.' || echo none)")
  [ -z "$job" ] || break
  [ "$(state 7)" != PreCommit2 ] || break
  sleep 0.1
done
if [ -n "$job" ]; then scontrol requeue "$job" || true; fi
until_state 120 WaitChain 6
until_state 120 WaitChain 7
"$sealyard" sectors status --json 6 | python3 -c '
import json, sys
runs = [run for run in json.load(sys.stdin)["Timeline"] if run["stage"] == "pc1"]
assert len(runs) == 2 and runs[1]["outcome"] == "done", runs' || fail "the killed PC1 did not run again"
check_bytes 6 6 "$scratch/piece"
check_bytes 7 6

echo "== a piece that is gone: held with its reason, and goes on when an operator says so"
cp "$scratch/piece" "$scratch/piece2"
kill_daemon
"$sealyard" sectors pledge --proof-type 6 --ticket $ticket --piece "$scratch/piece2" > /dev/null  # 8
rm "$scratch/piece2"
start_daemon
until_state 60 AddPieceFailed 8
[[ "$(field 8 LastErr)" == *"piece2"* ]] || fail "the reason does not name the piece: $(field 8 LastErr)"
"$sealyard" sectors pledge --ticket $ticket > /dev/null  # 9: not held up by 8
until_state 60 WaitChain 9
cp "$scratch/piece" "$scratch/piece2"
"$sealyard" sectors update-state --really-do-it 8 AddPiece
until_state 120 WaitChain 8

echo "== a corrupt layer: sealed again"
"$sealyard" sectors pledge --ticket $ticket > /dev/null  # 10
"$sealyard" sectors update-state --really-do-it 10 Packing
until_state 60 PreCommit1 10 || true
until_state 60 WaitChain 10
printf 'x' | dd of="$SEALYARD_HOME/storage/cache/s-t01000-10/sc-02-data-layer-2.dat" bs=1 seek=77 conv=notrunc 2> /dev/null
"$sealyard" sectors update-state --really-do-it 10 PreCommit2
until_state 60 PreCommit2 10 || true
until_state 90 WaitChain 10
check_bytes 10 5

echo "== templates: made by one job, the sectors wait for it and hash nothing"
kill_daemon
sed -i 's/^templates.*/templates = true/' "$SEALYARD_HOME/config.toml"
"$sealyard" sectors pledge --ticket $ticket --count 2 > /dev/null  # 11, 12
start_daemon
until_state 60 WaitChain 11
until_state 60 WaitChain 12
check_bytes 11 5
for sector in 11 12; do
  grep -q "zeros from the template" "$SEALYARD_HOME/storage/work/s-t01000-$sector/add_piece.out" || fail "sector $sector did not take the template"
done
[ "$(grep -c 'templates: submitted job' "$SEALYARD_HOME/log/sealyard-chain.log")" = 1 ] || fail "the templates were not made by one job"

echo "== finalize is explicit"
"$sealyard" sectors finalize 9
until_state 60 Finalized 9
[ -f "$SEALYARD_HOME/store/sealed/s-t01000-9" ] || fail "no replica in the store"
echo "== a report wants accounting"
code=0
"$sealyard" report stages 2> "$scratch/error" || code=$?
[ "$code" = 78 ] && grep -q 'no accounting: AccountingStorageType' "$scratch/error" || fail "$code: $(cat "$scratch/error")"
echo "all sectors sealed"
