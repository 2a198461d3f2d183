#!/bin/bash
# A running stage says how far it is in its job's comment, beside the key that finds it again, and in
# `sealing jobs`; `sectors inspect` shows afterwards where every byte came from (U-13).
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
with_slurm --nodes 1
export SEALYARD_HOME=$scratch/home
sealyard config init --proof-type 6 --storage "$scratch/root" --store "$scratch/store" > "$scratch/log"
sed -i 's/^poll_s.*/poll_s = 1/; s/^comment_s.*/comment_s = 1/' "$SEALYARD_HOME/config.toml"
slow_programs  # long enough to be seen
printf '[environment]\nFIL_PROOFS_PARENT_CACHE = "%s/parents"\n' "$scratch" >> "$SEALYARD_HOME/config.toml"
sealyard sectors pledge > "$scratch/log"
sealyard-chain > "$scratch/daemon.log" 2>&1 &
daemon=$!

seen() { squeue --noheader --format '%j %k' | grep -E '^sl\..*\.0\.pc2\.[0-9]+ sl1;miner=1000;sector=0;stage=pc2;.*[0-9]+%' > "$scratch/comment"; }
within 90 seen || { squeue --format '%j %k'; tail -n 5 "$scratch/daemon.log"; die "no progress in the comment of PC2"; }
say "$(cat "$scratch/comment")"
sealed() { sealyard --json sectors status 0 | grep -q '"State": "WaitChain"'; }
within 90 sealed || die "not sealed"
kill "$daemon"
wait "$daemon" || die "the daemon ended with $?"

sealyard sectors inspect 0 > "$scratch/inspect"
for word in CommR ticket: add_piece pc1 pc2 "$(sealyard --json sectors status 0 | sed -n 's/^  "comm_r": "\(.*\)",$/\1/p')"; do
  grep -q "$word" "$scratch/inspect" || { cat "$scratch/inspect"; die "inspect does not say $word"; }
done
say "progress: all well"
