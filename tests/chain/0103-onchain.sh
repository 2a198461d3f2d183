#!/bin/bash
# Two sectors from pledge to the chain: stages are jobs of a private real Slurm, messages go to a
# real sealyard-devnet, and the daemon is killed on the way. usage: 0103-onchain.sh PARAMS
. "$SEALYARD_SOURCE/tests/chain/network.sh"
state() { sealyard sectors status --json "$1" | sed -n 's/^  "State": "\(.*\)",$/\1/p'; }
in_state() { [ "$(state "$1")" = "$2" ]; }
is_past() { [[ " $2 " != *" $(state "$1") "* ]]; }

say "keys, money, a miner"
network "${1:?usage: 0103-onchain.sh PARAMS}" "--nodes 2" --epoch-ms 200
miner "window_post = false
precommit_wait_s = 6
commit_wait_s = 6"

say "pledged; the daemon is killed with a message out and before C1"
sealyard sectors pledge --count 2 > /dev/null
start_daemon
sealing="Packing GetTicket PreCommit1 PreCommit2 WaitChain PreCommitting"
await 120 "pre-commit" is_past 0 "$sealing"
kill_daemon
start_daemon
await 120 "C1" is_past 0 "$sealing PreCommitWait WaitSeed"
kill_daemon
# What a job sees: no token, no key, no password.
job=$(squeue --noheader --format %i --states RUNNING | head -1)
if [ -n "$job" ]; then
  for pid in $(scontrol listpids "$job" 2> /dev/null | awk 'NR > 1 && $1 > 1 {print $1}'); do
    if tr '\0' '\n' < "/proc/$pid/environ" 2> /dev/null | grep -E 'FULLNODE_API_INFO|PASSWORD'; then die "a job has a secret"; fi
  done
fi
start_daemon
await 150 "sector 0" in_state 0 Proving
await 60 "sector 1" in_state 1 Proving

say "what the chain says"
for sector in 0 1; do
  sealyard sectors status --json $sector > "$scratch/$sector.json"
  call Filecoin.StateSectorGetInfo "[\"$miner\", $sector, null]" > "$scratch/$sector.chain"
done
call Filecoin.ChainHead '[]' > "$scratch/head"
python3 - "$scratch" << 'END' || die "chain and ledger differ"
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
[ -f "$SEALYARD_HOME/store/sealed/s-t0${miner#t0}-0" ] || die "no replica in the store"
grep -q "s-t0${miner#t0}-1: message precommit bafy2bza" "$SEALYARD_HOME/log/sealyard-chain.log" || die "no line for the message"

say "no money: said, told, and gone on with when there is some"
other=$(sealyard wallet new bls)
"${devnet[@]}" fund "$other" 0.0001 > /dev/null
sealyard actor control set --really-do-it "$other" > /dev/null
kill_daemon
sed -i "s/^\[chain\]/[chain]\nprecommit_from = \"$other\"/" "$SEALYARD_HOME/config.toml"
start_daemon
sealyard sectors pledge > /dev/null
waits_for_money() { sealyard sectors status 2 | grep -q "WaitsFor:.*funds"; }
await 90 "the note" waits_for_money
await 30 "the alert" grep -qs "funds on" "$scratch/alerts"
in_state 2 PreCommitting || in_state 2 PreCommitWait || die "sector 2 is $(state 2)"
"${devnet[@]}" fund "$other" 100 > /dev/null
await 60 "sector 2 with money" is_past 2 "PreCommitting PreCommitWait"
echo "three sectors on their way, two proven"
