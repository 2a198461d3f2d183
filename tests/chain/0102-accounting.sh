#!/bin/bash
# A job ends badly while nobody looks, and slurmctld has forgotten it when the daemon comes back:
# slurmdbd still knows how it ended, and the daemon goes by that (U-01).
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
with_slurm --nodes 1 --accounting --set MinJobAge=2
export SEALYARD_HOME=$scratch/home
sealyard config init --proof-type 5 --storage "$scratch/root" --store "$scratch/store" > "$scratch/log"
sed -i 's/^poll_s.*/poll_s = 1/' "$SEALYARD_HOME/config.toml"
head -c 1000 /dev/urandom > "$scratch/piece"
sealyard sectors pledge --piece "$scratch/piece" > "$scratch/log"

scontrol update PartitionName=seal State=DOWN
sealyard-chain --once >> "$scratch/daemon.log" 2>&1
job=$(squeue --noheader --format %i)
[ -n "$job" ] || die "no job was submitted"
rm "$scratch/piece"
scontrol update PartitionName=seal State=UP
forgotten() { [ -z "$(squeue --noheader --states all --job "$job" 2> /dev/null)" ]; }
within 150 forgotten || die "slurmctld does not forget job $job"
[ "$(sacct --noheader --parsable2 --allocations --jobs "$job" --format ExitCode)" = 66:0 ] ||
  die "slurmdbd: $(sacct --parsable2 --jobs "$job" --format JobID,State,ExitCode)"

sealyard-chain >> "$scratch/daemon.log" 2>&1 &
daemon=$!
failed() { sealyard --json sectors status 0 | grep -q '"State": "AddPieceFailed"'; }
within 30 failed || { tail -n 5 "$scratch/daemon.log"; die "the daemon did not find out"; }
sealyard --json sectors status 0 | grep -q '"LastErr": "add_piece: exit 66' ||
  die "not by its exit code: $(sealyard --json sectors status 0 | grep LastErr)"
kill "$daemon"
wait "$daemon" || die "the daemon ended with $?"
say "accounting: all well"
