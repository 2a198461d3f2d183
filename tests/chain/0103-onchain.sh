#!/bin/bash
# Two sectors from pledge to the chain: stages are jobs of a private real Slurm, messages go to a
# real sealyard-devnet, and the daemon is killed on the way. usage: 0103-onchain.sh PARAMS
set -euo pipefail
command -v slurmctld > /dev/null || [ -x /usr/sbin/slurmctld ] || { echo "skipped: no Slurm here"; exit 77; }
params=${1:?usage: 0103-onchain.sh PARAMS}
scratch=$(mktemp -d /tmp/sy-onchain-XXXXXX)
sealyard=$SEALYARD_BIN/sealyard
local_slurm=$SEALYARD_SOURCE/scripts/local-slurm
devnet=("$SEALYARD_BIN/sealyard-devnet" --state "$scratch/net" --params "$params")
export SEALYARD_HOME=$scratch/home
daemon='' net=''
finish() {
  local code=$?
  for pid in $daemon $net; do kill -9 "$pid" 2> /dev/null || true; done
  if [ "$code" != 0 ]; then
    "$sealyard" sectors status 0 || true
    tail -40 "$SEALYARD_HOME/log/sealyard-chain.log" || true
    tail -5 "$scratch/net.log" || true
  fi
  "$local_slurm" stop "$scratch/s" > /dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "FAILED: $*"; exit 1; }
start_daemon() { "$SEALYARD_BIN/sealyard-chain" > "$scratch/daemon.out" 2>&1 & daemon=$!; }
kill_daemon() { kill -9 "$daemon" || true; wait "$daemon" 2> /dev/null || true; daemon=; }
state() { "$sealyard" sectors status --json "$1" | sed -n 's/^  "State": "\(.*\)",$/\1/p'; }
# until_true SECONDS WHAT command...
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "$what: not in time"
    kill -0 "$net" 2> /dev/null || fail "sealyard-devnet has ended"
    sleep 0.3
  done
}
in_state() { [ "$(state "$1")" = "$2" ]; }
is_past() { [[ " $2 " != *" $(state "$1") "* ]]; }

"${devnet[@]}" --epoch-ms 200 > "$scratch/net.log" 2>&1 &
net=$!
"$local_slurm" start "$scratch/s" --nodes 2 > /dev/null
eval "$("$local_slurm" env "$scratch/s")"
until_true 60 "devnet" test -s "$scratch/net/api"
FULLNODE_API_INFO="$(cat "$scratch/net/token"):$(cat "$scratch/net/api")"
export FULLNODE_API_INFO

echo "== keys, money, a miner"
"$sealyard" config init --network development --proof-type 5 > /dev/null
owner=$("$sealyard" wallet new secp256k1)
worker=$("$sealyard" wallet new bls)
"${devnet[@]}" fund "$owner" 1000 > /dev/null
"${devnet[@]}" fund "$worker" 1000 > /dev/null
"$sealyard" init --owner "$owner" --worker "$worker" --sector-size 2KiB | grep -q "New miners address is: t0" || fail "init"
sed -i 's/^poll_s.*/poll_s = 1/; s/^wait_s.*/wait_s = 1/' "$SEALYARD_HOME/config.toml"
sed -i '/^\[chain\]/,$d' "$SEALYARD_HOME/config.toml"
cat >> "$SEALYARD_HOME/config.toml" << END

[chain]
window_post = false
confidence = 3
seed_confidence = 2
finality = 60
precommit_wait_s = 6
commit_wait_s = 6
precommit_fee = "1 FIL"
commit_fee = "1 FIL"

[alerts]
command = "echo \"\$SEALYARD_ALERT_KIND \$SEALYARD_ALERT_STATE\" >> $scratch/alerts"

[environment]
SEALYARD_PARAMS = "$params"
FIL_PROOFS_PARENT_CACHE = "$scratch/parents"
END

echo "== pledged; the daemon is killed with a message out and before C1"
"$sealyard" sectors pledge --count 2 > /dev/null
start_daemon
sealing="Packing GetTicket PreCommit1 PreCommit2 WaitChain PreCommitting"
until_true 120 "pre-commit" is_past 0 "$sealing"
kill_daemon
start_daemon
until_true 120 "C1" is_past 0 "$sealing PreCommitWait WaitSeed"
kill_daemon
# What a job sees: no token, no key, no password.
job=$(squeue --noheader --format %i --states RUNNING | head -1)
if [ -n "$job" ]; then
  for pid in $(scontrol listpids "$job" 2> /dev/null | awk 'NR > 1 && $1 > 1 {print $1}'); do
    if tr '\0' '\n' < "/proc/$pid/environ" 2> /dev/null | grep -E 'FULLNODE_API_INFO|PASSWORD'; then fail "a job has a secret"; fi
  done
fi
start_daemon
until_true 150 "sector 0" in_state 0 Proving
until_true 60 "sector 1" in_state 1 Proving

echo "== what the chain says"
miner=$(sed -n 's/^id = "f0\(.*\)"$/t0\1/p' "$SEALYARD_HOME/config.toml")
for sector in 0 1; do
  "$sealyard" sectors status --json $sector > "$scratch/$sector.json"
  "${devnet[@]}" call Filecoin.StateSectorGetInfo "[\"$miner\", $sector, null]" > "$scratch/$sector.chain"
done
"${devnet[@]}" call Filecoin.ChainHead '[]' > "$scratch/head"
python3 - "$scratch" << 'END' || fail "chain and ledger differ"
import json, sys
for n in "01":
    ours, there = (json.load(open(f"{sys.argv[1]}/{n}.{kind}")) for kind in ("json", "chain"))
    assert there["SealedCID"] == ours["CommR"], (there, ours["CommR"])
    assert there["Activation"] == ours["Activation"] == ours["Messages"][1]["epoch"], ours
    assert there["Expiration"] == ours["Expiration"], ours
    assert [m["what"] for m in ours["Messages"]] == ["precommit", "commit"], ours["Messages"]
    for m in ours["Messages"]:
        assert m["exit_code"] == 0 and m["cid"].startswith("bafy2bza") and int(m["fee"]) > 0, m
        print(f"sector {n} {m['what']} epoch {m['epoch']} {m['cid']} fee {m['fee']} attoFIL")
END
[ -f "$SEALYARD_HOME/store/sealed/s-t0${miner#t0}-0" ] || fail "no replica in the store"
grep -q "s-t0${miner#t0}-1: message precommit bafy2bza" "$SEALYARD_HOME/log/sealyard-chain.log" || fail "no line for the message"

echo "== no money: said, told, and gone on with when there is some"
other=$("$sealyard" wallet new bls)
"${devnet[@]}" fund "$other" 0.0001 > /dev/null
"$sealyard" actor control set --really-do-it "$other" > /dev/null
kill_daemon
sed -i "s/^\[chain\]/[chain]\nprecommit_from = \"$other\"/" "$SEALYARD_HOME/config.toml"
start_daemon
"$sealyard" sectors pledge > /dev/null
waits_for_money() { "$sealyard" sectors status 2 | grep -q "WaitsFor:.*funds"; }
until_true 90 "the note" waits_for_money
until_true 30 "the alert" grep -qs "funds on" "$scratch/alerts"
in_state 2 PreCommitting || in_state 2 PreCommitWait || fail "sector 2 is $(state 2)"
"${devnet[@]}" fund "$other" 100 > /dev/null
until_true 60 "sector 2 with money" is_past 2 "PreCommitting PreCommitWait"
echo "three sectors on their way, two proven"
