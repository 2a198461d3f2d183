#!/bin/bash
# Blocks of our miner with their WinningPoSt as steps of a job that the daemon keeps: a private real
# Slurm, a sealyard-devnet that checks every block, and the daemon killed once.
# usage: 0107-winning.sh PARAMS
. "$SEALYARD_SOURCE/tests/chain/network.sh"
[ $# = 1 ] || { echo "usage: 0107-winning.sh PARAMS"; exit 64; }
network "$1" "--nodes 2" --clock gated --epoch-ms 100
miner "precommit_wait_s = 1
commit_wait_s = 1"
cat >> "$SEALYARD_HOME/config.toml" << END
[stage.window_post]
partition = "wdp"
[stage.winning_post]
partition = "win"
cores = 1
END
log=$SEALYARD_HOME/log/sealyard-chain.log

power() { sealyard info --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["MinerPower"]["RawBytePower"])'; }
has_power() { [ "$(power)" = 2048 ]; }
proving() { sealyard sectors list --json | grep -q '"State": "Proving"'; }
blocks() { sed -n 's/.*winning: epoch \([0-9]*\): sent.*/\1/p' "$log"; }
has_blocks() { [ "$(blocks | wc -l)" -ge "$1" ]; }
standing() { squeue --noheader --states RUNNING -O 'jobid:20,name:80' | awk '$2 ~ /^sw\./ {print $1}'; }
stands() { [ "$(standing | wc -l)" = "$1" ]; }
# jump EPOCHS, as far as no proof is due
ahead() { call Jump "[$1]" > /dev/null; }

say "a sector with power"
sealyard sectors pledge > /dev/null
start_daemon
await 300 "a sector on chain" proving
open=$(sealyard proving deadlines --json | python3 -c '
import json, sys
now = json.load(sys.stdin)
index = next(d["Index"] for d in now["Deadlines"] if any(p["Live"] for p in d["Partitions"]))
open = now["Open"] + (index - now["Index"]) * (now["Close"] - now["Open"])
while open < now["CurrentEpoch"] + 30: open += 2880
print(open - 25 - now["CurrentEpoch"])')
ahead "$open"
await 300 "power" has_power
kill_daemon

say "900 epochs later: blocks, as steps of a job that stands by"
ahead 920
call Clock '["steady", 10000]' > /dev/null
sed -i 's/^\[chain\]$/[chain]\nwinning_post = true\nwinning_step = true/' "$SEALYARD_HOME/config.toml"
start_daemon
await 60 "a job that stands by" stands 1
job=$(standing)
await 300 "three blocks" has_blocks 3

say "the daemon killed"
kill_daemon
stands 1 || die "the job that stands by is gone"
start_daemon
await 300 "three more" has_blocks 6
[ "$(standing)" = "$job" ] || die "job $(standing) stands by, want $job"
python3 - "$scratch" "$job" $(blocks) << 'END' || die "blocks: $(blocks | xargs)"
import json, sqlite3, sys
epochs = list(map(int, sys.argv[3:]))
assert len(epochs) == len(set(epochs)), "two blocks of one epoch"
claimed = sqlite3.connect(f"file:{sys.argv[1]}/home/blocks.sqlite?mode=ro", uri=True)
claims = [epoch for epoch, in claimed.execute("SELECT epoch FROM block")]
assert set(epochs) <= set(claims), (epochs, claims)
proofs = {epoch: json.load(open(f"{sys.argv[1]}/home/storage/post/t01000/winning-{epoch % 2880}/proof.result.json")) for epoch in epochs}
jobs = {str(proof["attempt"].get("job_id", proof["attempt"].get("job"))) for proof in proofs.values()}
print(f"{len(epochs)} blocks, one an epoch; their proofs took", *(f"{proof['seconds']:.2f}" for proof in proofs.values()), "s, in job", *jobs)
assert jobs == {sys.argv[2]}, jobs
END
python3 - "$job" << 'END'
import statistics, subprocess, sys, time
took = []
for _ in range(15):
    start = time.monotonic()
    subprocess.run(["srun", "--quiet", "--overlap", "--jobid", sys.argv[1], "-N1", "-n1", "-c1", "--mem=0", "--mpi=none", "true"], check=True)
    took.append(time.monotonic() - start)
print(f"RATIO winning-step-launch {statistics.median(took):.3f} 0.050  (s; least {min(took):.3f}, most {max(took):.3f})")
END

say "not wanted any more"
kill_daemon
sed -i 's/^winning_step = true$/winning_step = false/' "$SEALYARD_HOME/config.toml"
start_daemon
await 60 "the job let go" stands 0
