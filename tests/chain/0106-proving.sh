#!/bin/bash
# Sectors from pledge to power, and kept proven: stages and window proofs are jobs of a private real
# Slurm, a sealyard-devnet verifies every proof and waits for those that are due, and the daemon is
# killed all the way. usage: 0106-proving.sh PARAMS SECTORS [whole]
#   whole: three proving periods, in which files are damaged and repaired and jobs preempted.
. "$SEALYARD_SOURCE/tests/chain/network.sh"
[ $# -ge 2 ] || { echo "usage: 0106-proving.sh PARAMS SECTORS [whole]"; exit 64; }
sectors=$2 whole=${3:-}
network "$1" "--nodes 2 --set MinJobAge=600" --clock gated --epoch-ms "$([ -n "$whole" ] && echo 200 || echo 100)"
miner "precommit_wait_s = 4
commit_wait_s = 4"
cat >> "$SEALYARD_HOME/config.toml" << END
[stage.window_post]
partition = "wdp"
END

# look WHAT: of the chain, by the commands that people use
look() {
  local now
  now=$(sealyard proving deadlines --json 2> /dev/null) || return 1
  python3 - "$1" "$now" << 'END'
import json, sys
what, now = sys.argv[1], json.loads(sys.argv[2])
head, first, last = now["CurrentEpoch"], None, None
length, period = now["Close"] - now["Open"], 2880
live = [d["Index"] for d in now["Deadlines"] if any(p["Live"] for p in d["Partitions"])]
parts = [p for d in now["Deadlines"] for p in d["Partitions"]]
def close(index):  # of the next time it closes
    end = now["Open"] + (index - now["Index"]) * length + length
    return end if end > head else end + period
if what == "close":  # of the next deadline with sectors
    print(min(map(close, live)), head)
elif what == "last":  # of the deadlines with sectors, in the order in which they come
    print(max(map(close, live)))
elif what == "deadline":  # the first with sectors
    print(live[0])
elif what == "head":
    print(head)
elif what == "faulty":
    print(*sorted(n for p in parts for n in p["Faulty"]))
elif what == "pairs":  # one sector of each partition
    print(*(p["Live"][0] for p in parts if p["Live"]))
END
}
# leap EPOCHS: so many before the next deadline with sectors opens
leap() {
  local close head
  read -r close head < <(look close) || return 0
  local far=$((close - 60 - $1 - head))
  [ $far -le 0 ] || call Jump "[$far]" > /dev/null
  echo "$((head + (far > 0 ? far : 0))): the next deadline opens at $((close - 60))"
}
power() { sealyard info --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["MinerPower"]["RawBytePower"])'; }
has_power() { [ "$(power)" = "$1" ]; }
proving() { [ "$(sealyard sectors list --json | grep -c '"State": "Proving"')" = "$1" ]; }
past() { local head; head=$(look head) && [ "$head" -ge "$1" ]; }
faulty() { [ "$(look faulty)" = "$1" ]; }
# messages KIND: in the outbox, by key
messages() { python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM message WHERE kind = ?", sys.argv[2:]).fetchone()[0])' "$SEALYARD_HOME/outbox.sqlite" "$1"; }
has_messages() { [ "$(messages "$1")" -ge "$2" ]; }
has_file() { compgen -G "$SEALYARD_HOME/$1" > /dev/null; }
# what_the_chain_says: one proof of each partition each time, and none that was refused
what_the_chain_says() {
  python3 - "$scratch" << 'END' || die "not one proof of each deadline"
import collections, sqlite3, sys
chain = sqlite3.connect(f"file:{sys.argv[1]}/net/chain.sqlite?mode=ro", uri=True)
outbox = sqlite3.connect(f"file:{sys.argv[1]}/home/outbox.sqlite?mode=ro", uri=True)
landed = {cid: code for cid, code in chain.execute("SELECT cid, exit FROM included")}
landed.update({plain: landed[cid] for cid, plain in chain.execute("SELECT cid, plain FROM message") if cid in landed})
proofs = collections.Counter()
for key, cids in outbox.execute("SELECT key, group_concat(cid) FROM message JOIN attempt ON attempt.message = message.id"
                                " WHERE kind = 'post' GROUP BY message.id"):
    codes = [landed[cid] for cid in cids.split(",") if cid in landed]
    assert codes == [0], (key, codes)
    proofs[" ".join(key.split()[1:5])] += 1
assert proofs and set(proofs.values()) == {1}, proofs
print(f"{len(proofs)} proofs, one of each: " + "; ".join(sorted(proofs)))
END
}

say "$sectors sectors from pledge to Proving"
sealyard sectors pledge --count "$sectors" > /dev/null
start_daemon
await $((300 + 60 * sectors)) "sectors on chain" proving "$sectors"

say "their first proofs, the daemon killed at every step"
leap 25
post=storage/post/$miner
await 120 "an order" has_file "$post/*/proof-0.1.order.json"
kill_daemon; start_daemon
await 120 "a job" sh -c 'squeue --noheader --states all --format %j | grep -q proof'
kill_daemon; start_daemon
await 120 "a result" has_file "$post/*/proof-0.1.result.json"
kill_daemon; start_daemon
await 120 "a message" has_messages post 1
kill_daemon; start_daemon
await 400 "power" has_power $((2048 * sectors))
kill_daemon
lines=$(wc -l < "$SEALYARD_HOME/log/sealyard-chain.log")
start_daemon
done_again() { tail -n +$((lines + 1)) "$SEALYARD_HOME/log/sealyard-chain.log" | grep -q "proof: done"; }
await 60 "the daemon that finds it done" done_again
sealyard info | grep -F "$((2 * sectors)) KiB" || die "no power in info"
sealyard proving info | grep -q "^Faults: *0 " || die "faults in proving info"
what_the_chain_says

say "a proof that is not sent"
index=$(look deadline)
sealyard proving compute window-post "$index" > "$scratch/computed" 2> "$scratch/computed.log" || die "compute: $(tail -3 "$scratch/computed.log")"
python3 - "$scratch/computed" "$index" << 'END' || die "compute printed: $(cat "$scratch/computed")"
import base64, json, sys
took, rest = open(sys.argv[1]).read().split("\n", 1)
assert took.startswith("Took "), took
(post,) = json.loads(rest)
assert post["Deadline"] == int(sys.argv[2]) and post["Partitions"] == [{"Index": 0, "Skipped": []}], post
(proof,) = post["Proofs"]
assert len(base64.b64decode(proof["ProofBytes"])) == 192 and proof["PoStProof"] == 10, proof
END
code=0
sealyard proving compute window-post "$index" --sectors 77 2> /dev/null || code=$?
[ $code = 64 ] || die "a strange sector: exit $code, want 64"
code=0
sealyard proving recover-faults 0 2> "$scratch/refused" || code=$?
[ $code = 64 ] && grep -q "sector 0 is not faulty" "$scratch/refused" || die "recover-faults of a whole sector: exit $code"
[ -n "$whole" ] || exit 0

# --- Periods with damage -------------------------------------------------------------------------
# period WHAT: until all deadlines were over once more, each from before the first look at its sectors
period() {
  local last
  last=$(look last)
  say "$1: until epoch $last"
  until past "$last"; do
    leap 150 > /dev/null
    kill -0 "$net" 2> /dev/null || die "sealyard-devnet has ended"
    [ $SECONDS -lt "$end" ] || die "$1: not in time"
    sleep $((1 + RANDOM % 4))
    [ $((RANDOM % 3)) != 0 ] || { kill_daemon; start_daemon; }
  done
}
end=$((SECONDS + 1500))
home_of() { find "$SEALYARD_HOME" -path "*/$1/s-$miner-$2" ! -path '*/work/*' | head -1; }

say "sealing goes on; one file cut short, one deleted, one path that hangs"
read -r cut lost hung _ < <(look pairs)
by_hand=$lost
damaged=$(printf '%s\n' "$cut" "$lost" "$hung" | sort -n | xargs)
mkdir "$scratch/kept"
cut=$(home_of sealed "$cut") lost=$(home_of cache "$lost")/p_aux hung=$(home_of sealed "$hung")
cp -a "$cut" "$scratch/kept/cut"
truncate -s 1000 "$cut"
mv "$lost" "$scratch/kept/p_aux"
mv "$hung" "$scratch/kept/hung"
mkfifo "$hung"
sealyard sectors pledge --count 2 > /dev/null
period "the second period"
faulty "$damaged" || die "faulty are $(look faulty), want $damaged"
[ "$(power)" -ge $((2048 * (sectors - 3))) ] || die "power is $(power)"
sealyard proving faults | awk 'NR > 2 {print $3}' | sort -n | xargs | grep -qx "$damaged" || die "proving faults"
grep -q "^post_skipped on" "$scratch/alerts" || die "no alert"

say "repaired; jobs of the lowest tier hold every core"
rm "$hung"
mv "$scratch/kept/hung" "$hung"
mv "$scratch/kept/cut" "$cut"
mv "$scratch/kept/p_aux" "$lost"
sealyard proving recover-faults --confidence 1 "$by_hand" 2> "$scratch/recovered.log" || die "recover-faults: $(tail -3 "$scratch/recovered.log")"
sealyard proving info | grep -q "^Recovering: *1$" || die "recover-faults declared nothing"
await 300 "the two new sectors" proving $((sectors + 2))
for node in n1 n2; do
  sbatch --quiet --partition scrub --requeue --nodelist $node --cpus-per-task 2 --output "$scratch/$node.out" --job-name other \
    --wrap 'exec srun sh -c "trap \"exit 75\" TERM; sleep 100000 & wait"'
done
await 60 "the other jobs" sh -c '[ "$(squeue --noheader --name other --states RUNNING | wc -l)" = 2 ]'
period "the third period"
faulty "" || die "faulty are $(look faulty), want none"
squeue --noheader --states all -O 'name:120,submittime:20,starttime:20' | python3 -c '
import datetime, sys
times = lambda words: [datetime.datetime.fromisoformat(w) for w in words]
waits = {}
for line in sys.stdin:
    name, *rest = line.split()
    if ".proof." in name:
        submitted, started = times(rest)
        waits[name] = (started - submitted).total_seconds()
print("window jobs waited", sorted(waits.values()), "s")
assert waits and max(waits.values()) <= 5, waits
' || die "a window job waited for more than 5 s"
squeue --noheader --name other -O 'restartcnt:10' | grep -q '[1-9]' || die "no job was preempted"
has_power $((2048 * (sectors + 2))) || die "power is $(power), want that of $((sectors + 2)) sectors"
what_the_chain_says
