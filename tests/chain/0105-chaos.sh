#!/bin/bash
# Many sectors come on chain while daemon and chain are killed, tipsets are taken back, messages are
# lost or outbid and the base fee jumps. Jobs of a private real Slurm seal 2 KiB sectors and a real
# sealyard-devnet judges every proof. usage: 0105-chaos.sh PARAMS SECTORS STRIKES [C2]
#   C2: a program in place of seal-c2 whose work takes no time; the chain takes its stand-ins. All
#   other stages, and all messages, stay what they are.
. "$SEALYARD_SOURCE/tests/chain/network.sh"
[ $# -ge 3 ] || { echo "usage: 0105-chaos.sh PARAMS SECTORS STRIKES [C2]"; exit 64; }
sectors=$2 strikes=$3 c2=${4:-}
deepest=20
RANDOM=20240517  # the same strikes every time, though not at the same moments
network "$1" "--nodes 2" --epoch-ms 200 ${c2:+--stand-ins}
miner "window_post = false
precommit_batch = 16
commit_batch = 16
precommit_wait_s = 2
commit_wait_s = 2
replace_after = 5"
sed -i 's/^confidence = .*/confidence = 5/' "$SEALYARD_HOME/config.toml"
[ -z "$c2" ] || stand_in_programs "$c2"

answers() { call Status > "$scratch/status" 2> /dev/null; }
peace() { call Trouble '[{"kind": "none", "count": 0}]' > /dev/null 2>&1; }
proving() { [ "$(sealyard sectors list --json | grep -c '"State": "Proving"')" = "$sectors" ]; }
kill_net() { kill -9 "$net" && { wait "$net" 2> /dev/null || true; }; }
back_net() { start_net && await 60 "devnet" answers; }

# strike: one of all that may happen; a node that is not there yet lets a call fail
strike() {
  local depth=$((1 + RANDOM % deepest)) cid
  case $((RANDOM % 8)) in
    0) kill_daemon; start_daemon ;;
    1) kill_net; back_net ;;
    2) call Reorg "[$depth, true]" ;;
    3) call Reorg "[$depth, false]" ;;
    4)
      cid=$(call Filecoin.MpoolPending '[null]' | sed -nE 's/^.*"\/": "(bafy2bza[a-z0-9]*)".*$/\1/p' | head -1)
      [ -z "$cid" ] || call DropMessage "[{\"/\": \"$cid\"}]"
      ;;
    5) call SetBaseFee "[\"$((1000000 << (RANDOM % 10)))\", $((5 + RANDOM % 10))]" ;;
    6) call Trouble "[{\"kind\": \"cut\", \"count\": $((1 + RANDOM % 5)), \"ms\": 0}]" ;;
    7) kill_daemon; kill_net; back_net; start_daemon ;;
  esac > "$scratch/strike" 2>&1 || return 1
}

say "$sectors sectors, at most $strikes strikes"
sealyard sectors pledge --count "$sectors" > /dev/null
start_daemon
struck=0 missed=0
until [ $struck = "$strikes" ] || proving; do
  strike || missed=$((missed + 1))
  struck=$((struck + 1))
  sleep "$((1 + RANDOM % 2)).$((RANDOM % 10))"
done
[ $missed -lt $((struck / 2 + 1)) ] || die "$missed of $struck strikes went amiss"
say "$struck strikes, $missed amiss, in $SECONDS s; then peace"
await 60 "peace" peace
await $((600 + 30 * sectors)) "all sectors proving" proving

settled() {
  python3 -c 'import sqlite3,sys; sys.exit(0 < sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM message WHERE state NOT IN (\"final\", \"refused\")").fetchone()[0])' "$SEALYARD_HOME/outbox.sqlite"
}
# Reorgs are deeper than the confidence: what was Proving may be on its way back there.
for_good() { settled && proving; }
await 300 "all sectors and messages on chain for good" for_good
say "what the chain says, after $SECONDS s"
sealyard sectors list --json > "$scratch/ours.json"
call Filecoin.StateMinerSectors "[\"$miner\", null, null]" > "$scratch/there.json"
call Filecoin.MpoolGetNonce "[\"$worker\"]" > "$scratch/nonce"
python3 - "$scratch" "$sectors" << 'END' || die "chain and ledger differ"
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
