#!/bin/bash
# Many sectors come on chain while daemon and chain are killed, tipsets are taken back, messages are
# lost or outbid and the base fee jumps. Nothing is replaced: jobs of a private real Slurm seal 2 KiB
# sectors, a real sealyard-devnet verifies every proof. usage: 0105-chaos.sh PARAMS SECTORS STRIKES
set -euo pipefail
command -v slurmctld > /dev/null || [ -x /usr/sbin/slurmctld ] || { echo "skipped: no Slurm here"; exit 77; }
[ $# = 3 ] || { echo "usage: 0105-chaos.sh PARAMS SECTORS STRIKES"; exit 64; }
params=$1 sectors=$2 strikes=$3
scratch=$(mktemp -d /tmp/sy-chaos-XXXXXX)
sealyard=$SEALYARD_BIN/sealyard
local_slurm=$SEALYARD_SOURCE/scripts/local-slurm
devnet=("$SEALYARD_BIN/sealyard-devnet" --state "$scratch/net" --params "$params")
export SEALYARD_HOME=$scratch/home
daemon='' net='' listen=127.0.0.1:0
deepest=20
RANDOM=20240517  # the same strikes every time, though not at the same moments
finish() {
  local code=$?
  for pid in $daemon $net; do kill -9 "$pid" 2> /dev/null || true; done
  if [ "$code" != 0 ]; then
    "$sealyard" sectors list || true
    grep -vE ' (submitted|running|committed)' "$SEALYARD_HOME/log/sealyard-chain.log" | tail -60 || true
    tail -n 5 "$scratch/net.log" "$scratch/strike" || true
  fi
  "$local_slurm" stop "$scratch/s" > /dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "FAILED: $*"; exit 1; }
# until_true SECONDS WHAT command...
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "$what: not in time"
    sleep 0.3
  done
}
start_daemon() { "$SEALYARD_BIN/sealyard-chain" >> "$scratch/daemon.out" 2>&1 & daemon=$!; }
start_net() { "${devnet[@]}" --epoch-ms 200 --listen "$listen" >> "$scratch/net.log" 2>&1 & net=$!; }
# killed PID: with nothing left to say, and gone
killed() { kill -9 "$1" && { wait "$1" 2> /dev/null || true; }; }
call() { "${devnet[@]}" call "$@"; }
answers() { call Status > "$scratch/status" 2> /dev/null; }
peace() { call Trouble '[{"kind": "none", "count": 0}]' > /dev/null 2>&1; }
proving() { [ "$("$sealyard" sectors list --json | grep -c '"State": "Proving"')" = "$sectors" ]; }

start_net
"$local_slurm" start "$scratch/s" --nodes 2 > /dev/null
eval "$("$local_slurm" env "$scratch/s")"
until_true 60 "devnet" test -s "$scratch/net/api"
listen=127.0.0.1:$(sed -E 's|.*/tcp/([0-9]+).*|\1|' "$scratch/net/api")
FULLNODE_API_INFO="$(cat "$scratch/net/token"):$(cat "$scratch/net/api")"
export FULLNODE_API_INFO

"$sealyard" config init --network development --proof-type 5 > /dev/null
owner=$("$sealyard" wallet new secp256k1)
worker=$("$sealyard" wallet new bls)
"${devnet[@]}" fund "$owner" 1000 > /dev/null
"${devnet[@]}" fund "$worker" 100000 > /dev/null
"$sealyard" init --owner "$owner" --worker "$worker" --sector-size 2KiB > /dev/null
sed -i 's/^poll_s.*/poll_s = 1/; s/^wait_s.*/wait_s = 1/; /^\[chain\]/,$d' "$SEALYARD_HOME/config.toml"
cat >> "$SEALYARD_HOME/config.toml" << END

[chain]
seed_confidence = 2
finality = 60
precommit_batch = 16
commit_batch = 16
precommit_wait_s = 2
commit_wait_s = 2
replace_after = 5
precommit_fee = "1 FIL"
commit_fee = "1 FIL"

[environment]
SEALYARD_PARAMS = "$params"
FIL_PROOFS_PARENT_CACHE = "$scratch/parents"
END

# strike: one of all that may happen; a node that is not there yet lets a call fail
strike() {
  local depth=$((1 + RANDOM % deepest)) cid
  case $((RANDOM % 8)) in
    0) killed "$daemon"; start_daemon ;;
    1) killed "$net"; start_net; until_true 60 "devnet" answers ;;
    2) call Reorg "[$depth, true]" ;;
    3) call Reorg "[$depth, false]" ;;
    4)
      cid=$(call Filecoin.MpoolPending '[null]' | sed -nE 's/^.*"\/": "(bafy2bza[a-z0-9]*)".*$/\1/p' | head -1)
      [ -z "$cid" ] || call DropMessage "[{\"/\": \"$cid\"}]"
      ;;
    5) call SetBaseFee "[\"$((1000000 << (RANDOM % 10)))\", $((5 + RANDOM % 10))]" ;;
    6) call Trouble "[{\"kind\": \"cut\", \"count\": $((1 + RANDOM % 5)), \"ms\": 0}]" ;;
    7) killed "$daemon"; killed "$net"; start_net; until_true 60 "devnet" answers; start_daemon ;;
  esac > "$scratch/strike" 2>&1 || return 1
}

echo "== $sectors sectors, at most $strikes strikes"
"$sealyard" sectors pledge --count "$sectors" > /dev/null
start_daemon
struck=0 missed=0
until [ $struck = "$strikes" ] || proving; do
  strike || missed=$((missed + 1))
  struck=$((struck + 1))
  sleep "$((1 + RANDOM % 2)).$((RANDOM % 10))"
done
[ $missed -lt $((struck / 2 + 1)) ] || fail "$missed of $struck strikes went amiss"
echo "== $struck strikes, $missed amiss; then peace"
until_true 60 "peace" peace
until_true $((600 + 30 * sectors)) "all sectors proving" proving

echo "== what the chain says"
miner=$(sed -n 's/^id = "f0\(.*\)"$/t0\1/p' "$SEALYARD_HOME/config.toml")
settled() {
  python3 -c 'import sqlite3,sys; sys.exit(0 < sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM message WHERE state NOT IN (\"final\", \"refused\")").fetchone()[0])' "$SEALYARD_HOME/outbox.sqlite"
}
# Reorgs are deeper than the confidence: what was Proving may be on its way back there.
for_good() { settled && proving; }
until_true 300 "all sectors and messages on chain for good" for_good
"$sealyard" sectors list --json > "$scratch/ours.json"
call Filecoin.StateMinerSectors "[\"$miner\", null, null]" > "$scratch/there.json"
call Filecoin.MpoolGetNonce "[\"$worker\"]" > "$scratch/nonce"
python3 - "$scratch" "$sectors" << 'END' || fail "chain and ledger differ"
import json, sqlite3, sys
folder, sectors = sys.argv[1], int(sys.argv[2])
ours = {s["SectorID"]: s for s in json.load(open(f"{folder}/ours.json"))}
there = {s["SectorNumber"]: s for s in json.load(open(f"{folder}/there.json"))}
assert sorted(ours) == sorted(there) == list(range(sectors)), (sorted(ours), sorted(there))
for n, sector in ours.items():
    assert sector["CommR"] == there[n]["SealedCID"], (sector, there[n])
    assert sector["Activation"] == there[n]["Activation"], (sector, there[n])
    assert sector["Expiration"] == there[n]["Expiration"], (sector, there[n])
# Every nonce of the sender up to the chain's own was used, by one message each.
nonces = [row[0] for row in sqlite3.connect(f"{folder}/home/outbox.sqlite").execute(
    "SELECT nonce FROM message WHERE kind IN ('precommit', 'commit') AND state = 'final' ORDER BY nonce")]
nonce = json.load(open(f"{folder}/nonce"))
assert nonces == list(range(nonce)), (nonces, nonce)
print(f"{sectors} sectors on chain, {nonce} messages")
END
