#!/bin/bash
# Sectors sealed by the daemon on a private real Slurm while everything that can die is killed: stages
# (SIGKILL and SIGTERM, at any moment), the daemon, slurmctld, a slurmd, and jobs preempted by a higher
# partition. Every sector ends with the reference's bytes; no two processes ever hold one sector; no
# final file is ever seen half-written (SEAL-08, U-01, U-03).
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
with_slurm --nodes 2 --set SlurmdTimeout=10 --set MinJobAge=30
export SEALYARD_HOME=$scratch/home
vectors=$SEALYARD_SOURCE/tests/vectors/seal
root=$scratch/root
RANDOM=4711

# from CASE KEY: a text or number of the case's case.json
from() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$vectors/$1/case.json" "$2"; }

sealyard config init --proof-type 6 --storage "$root" --store "$scratch/store" > "$scratch/log"
sed -i 's/^poll_s.*/poll_s = 1/; s/^wait_s.*/wait_s = 1/; s/^attempts.*/attempts = 100/; s/^first_sector.*/first_sector = 10/' "$SEALYARD_HOME/config.toml"
slow_programs  # the fast variants are done before a blow falls
cat >> "$SEALYARD_HOME/config.toml" <<END
[environment]
FIL_PROOFS_PARENT_CACHE = "$scratch/parents"
[stage.add_piece]
partition = "ap"
[stage.pc1]
partition = "pc1"
[stage.pc2]
partition = "pc2"
END

# The pieces of 8m-data-v1_1: SHA-256(label || LE64(i)) for i = 0, 1, ...
python3 - "$vectors/8m-data-v1_1/case.json" "$scratch" <<'END'
import hashlib, json, struct, sys
for number, piece in enumerate(json.load(open(sys.argv[1]))["pieces"]):
    blocks = -(-piece["unpadded_bytes"] // 32)
    data = b"".join(hashlib.sha256(piece["label"].encode() + struct.pack("<Q", i)).digest() for i in range(blocks))
    open(f"{sys.argv[2]}/piece-{number}", "wb").write(data[:piece["unpadded_bytes"]])
END

daemon=
start_daemon() { sealyard-chain >> "$scratch/daemon.log" 2>&1 & daemon=$!; }
kill_daemon() { kill -9 "$daemon" 2> /dev/null || true; wait "$daemon" 2> /dev/null || true; }
state() { sealyard --json sectors status "$1" | sed -n 's/^  "State": "\(.*\)",$/\1/p'; }
sealed() { [ "$(state 10)" = WaitChain ] && [ "$(state 11)" = WaitChain ]; }

# Stage processes of this test, without the srun that started them.
stages() { pgrep -f "^[^ ]*/seal-[a-z0-9-]+ --storage $root" || true; }
a_stage() { stages | shuf -n 1 --random-source=<(yes $RANDOM); }

# What lies under a final name is the reference's, whenever one looks.
whole() {
  python3 - "$root" "$vectors" <<'END' || die "a file under its final name is not the reference's"
import hashlib, json, os, sys
root, vectors = sys.argv[1:]
for number, case in (10, "8m-data-v1_1"), (11, "8m-cc-v1_1"):
    name, want = f"s-t01000-{number}", json.load(open(f"{vectors}/{case}/case.json"))
    files = {f"cache/{name}/{f}": w for f, w in want["cache_after_pc2"].items() if f != "t_aux"}
    files |= {f"{kind}/{name}": want[kind] for kind in ("sealed", "unsealed")}
    for file, w in files.items():
        try:
            data = open(f"{root}/{file}", "rb").read()
        except FileNotFoundError:
            continue
        found = hashlib.sha256(data).hexdigest()
        if found != w["sha256"]:
            sys.exit(f"{file}: {len(data)} bytes, sha256 {found}, want {w['bytes']} bytes, {w['sha256']}")
END
}

# No sector is ever held by two processes: of those that have its lock open and locked there is one.
alone() {
  local sector inode holders
  for sector in 10 11; do
    inode=$(stat -c %i "$root/work/s-t01000-$sector/lock" 2> /dev/null) || continue
    holders=$(grep -c "FLOCK .*WRITE .*:$inode 0 EOF" <(grep -v -- '->' /proc/locks) || true)
    [ "$holders" -le 1 ] || die "sector $sector is held $holders times"
  done
}

kill_one() {
  local pid
  case $1 in
    stage-kill) pid=$(a_stage); [ -z "$pid" ] || kill -9 "$pid" 2> /dev/null || true ;;
    stage-term) pid=$(a_stage); [ -z "$pid" ] || kill -TERM "$pid" 2> /dev/null || true ;;
    daemon) kill_daemon; start_daemon ;;
    slurmctld) kill -9 "$(cat "$scratch/slurm/run/slurmctld.pid")"; sleep 1
      "$SEALYARD_SOURCE/scripts/local-slurm" start "$scratch/slurm" > "$scratch/log" ;;
    slurmd) local node=n$((RANDOM % 2 + 1))
      kill -9 "$(cat "$scratch/slurm/run/slurmd-$node.pid")" 2> /dev/null || true
      sleep 1
      "$SEALYARD_SOURCE/scripts/local-slurm" start "$scratch/slurm" > "$scratch/log"
      # Slurm drains a node whose job it could not end; an operator puts it back.
      sleep 1
      scontrol update NodeName=$node State=RESUME 2> "$scratch/log" || true ;;
    preempt) local node
      node=$(squeue --noheader --states RUNNING --format %N | head -n 1)
      [ -z "$node" ] ||
        timeout 40 srun --partition win --nodelist "$node" --exclusive --time 1 sleep 1 > "$scratch/log" 2>&1 || true ;;
  esac
}

sealyard sectors pledge --ticket "$(from 8m-data-v1_1 ticket)" --piece "$scratch/piece-0" --piece "$scratch/piece-1" \
  --piece "$scratch/piece-2" --piece "$scratch/piece-3" | grep -q 10 ||
  die "the first sector is not number 10"
sealyard sectors pledge --ticket "$(from 8m-cc-v1_1 ticket)" > /dev/null
start_daemon
deadline=$((SECONDS + 400))
plan=(stage-kill preempt stage-term daemon stage-kill slurmctld stage-term stage-kill slurmd stage-kill daemon stage-term preempt)
round=0
while ! sealed; do
  [ $SECONDS -lt $deadline ] || { sealyard sectors list; tail -n 30 "$scratch/daemon.log"; squeue; die "not sealed in time"; }
  if [ $round -lt ${#plan[@]} ] && [ -n "$(stages)" ]; then
    sleep 0.$((RANDOM % 9))
    say "${plan[$round]}: $(stages | wc -l) stages run, sectors are $(state 10), $(state 11)"
    kill_one "${plan[$round]}"
    round=$((round + 1))
  fi
  alone
  whole
  sleep 0.2
done
say "both sealed after $round blows"
[ $round -ge 6 ] || die "only $round blows fell: nothing was shown"
for pair in 10:8m-data-v1_1 11:8m-cc-v1_1; do
  found=$(sealyard --json sectors status "${pair%%:*}" | sed -n 's/^  "comm_r": "\(.*\)",$/\1/p')
  [ "$found" = "$(from "${pair#*:}" comm_r)" ] || die "CommR of sector ${pair%%:*} is $found"
done
whole
for sector in 10 11; do
  left=$(find "$root/work/s-t01000-$sector" -name 'attempt-*')
  [ -z "$left" ] || die "left by dead attempts: $left"
done

say "a running PC2 yields to a higher partition, and goes on"
sealyard sectors pledge --ticket "$(from 8m-cc-v1_1 ticket)" > /dev/null  # 12
for try in 1 2 3 4 5; do
  within 60 sh -c "pgrep -f '^[^ ]*/seal-pc2 --storage .*s-t01000-12' > /dev/null" || die "PC2 of sector 12 did not start"
  node=$(squeue --noheader --states RUNNING --partition pc2 --format %N)
  [ -z "$node" ] || timeout 60 srun --partition win --nodelist "$node" --exclusive --time 1 sleep 1 > "$scratch/log" 2>&1 ||
    die "the higher job did not run: $(cat "$scratch/log")"
  within 120 sh -c "[ \"\$(sealyard --json sectors status 12 | sed -n 's/^  \"State\": \"\(.*\)\",\$/\1/p')\" = WaitChain ]" ||
    die "sector 12 is $(state 12)"
  [ "$(sealyard --json sectors status 12 | grep -c '"restart": [1-9]')" = 0 ] || break
  [ $try != 5 ] || die "PC2 always ended before the higher job came"
  sealyard sectors update-state --really-do-it 12 PreCommit2
done
by_hand=$scratch/hand
seal-add-piece --storage "$by_hand" --sector s-t01000-12 --proof-type 6 --cc > "$scratch/log" 2>&1
seal-pc1 --storage "$by_hand" --sector s-t01000-12 --ticket "$(from 8m-cc-v1_1 ticket)" --parents "$scratch/parents" > "$scratch/log" 2>&1
seal-pc2 --storage "$by_hand" --sector s-t01000-12 --json > "$scratch/hand.json" 2> "$scratch/log"
grep -q "\"comm_r\": \"$(sealyard --json sectors status 12 | sed -n 's/^  "comm_r": "\(.*\)",$/\1/p')\"" "$scratch/hand.json" ||
  die "CommR of the preempted sector is not that of the stages by hand"

say "unseal and finalize, killed too"
(cd "$scratch" && cat piece-0 piece-1 piece-2 piece-3 > pieces)
for signal in KILL TERM KILL TERM KILL; do
  srun --partition seal --mpi=none seal-unseal --storage "$root" --sector s-t01000-10 --out "$scratch/out" > "$scratch/log" 2>&1 &
  step=$!
  sleep 0.$((RANDOM % 6 + 3))
  pid=$(a_stage)
  [ -z "$pid" ] || kill -$signal "$pid" 2> /dev/null || true
  wait $step || true
  [ ! -e "$scratch/out" ] || cmp "$scratch/out" "$scratch/pieces" || die "unseal left something else than the pieces"
done
srun --partition seal --mpi=none seal-unseal --storage "$root" --sector s-t01000-10 --out "$scratch/out" > "$scratch/log" 2>&1 || die "unseal"
cmp "$scratch/out" "$scratch/pieces" || die "unsealed bytes"
sealyard sectors finalize 10
within 20 sh -c "pgrep -f '^[^ ]*/seal-finalize ' > /dev/null" && pkill -9 -f '^[^ ]*/seal-finalize ' || true
within 120 sh -c "[ \"\$(sealyard --json sectors status 10 | sed -n 's/^  \"State\": \"\(.*\)\",\$/\1/p')\" = Finalized ]" ||
  die "finalize: sector 10 is $(state 10)"
[ "$(sha256sum < "$scratch/store/sealed/s-t01000-10" | cut -d' ' -f1)" = "$(from 8m-data-v1_1 sealed | sed "s/.*'sha256': '\(.*\)'.*/\1/")" ] ||
  die "the replica in the store"
kill_daemon
say "kills: all well"
