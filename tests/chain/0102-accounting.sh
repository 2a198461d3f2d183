#!/bin/bash
# A job ends badly while nobody looks, and slurmctld has forgotten it when the daemon comes back:
# slurmdbd still knows how it ended, and the daemon goes by that (U-01). Then the report adds up what
# sacct does (U-04).
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
with_slurm --nodes 1 --gpus-per-node 1 --accounting --set MinJobAge=2
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

# A stage that is told to stop and goes on, and a job that is none of ours.
tag=$(sacct --noheader --parsable2 --allocations --jobs "$job" --format JobName | cut -d. -f2)
cat > "$scratch/stage" << 'END'
#!/bin/sh
sleep 2
[ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || exit 75
END
submit() { sbatch --parsable --partition pc1 --job-name "$1" --output /dev/null --cpus-per-task 2 --mem 64M --gres gpu:1 "$scratch/stage"; }
stage=$(submit "sl.$tag.1000.0.pc1.1")
other=$(submit "sl.other.1000.0.pc1.1")
completed() { [ "$(sacct --noheader --parsable2 --allocations --jobs "$1" --format State)" = COMPLETED ]; }
within 150 completed "$stage" || die "stage: $(sacct --duplicates --jobs "$stage")"
within 150 completed "$other" || die "stage: $(sacct --duplicates --jobs "$other")"

sealyard --json sectors status 0 > "$scratch/status.json"
sealyard --json report sectors --since 1h > "$scratch/sectors.json"
sealyard --json report stages --since 1h --html "$scratch/report.html" > "$scratch/stages.json"
sacct --noheader --parsable2 --allocations --duplicates --units M --starttime now-1hours \
  --format JobName,CPUTimeRAW,ElapsedRaw,AllocTRES > "$scratch/sacct"
python3 - "$scratch" "$tag" << 'END' || { cat "$scratch/sacct" "$scratch/stages.json"; die "the report is not sacct's sum"; }
import json, sys
folder, tag = sys.argv[1:]
want = {"core_seconds": 0, "gpu_seconds": 0, "mib_seconds": 0}
for line in open(folder + "/sacct"):
    name, cpu_time, elapsed, tres = line.rstrip("\n").split("|")
    if not name.startswith(f"sl.{tag}."):
        continue
    tres = dict(one.split("=") for one in tres.split(",") if one)
    want["core_seconds"] += int(cpu_time)
    want["gpu_seconds"] += int(elapsed) * int(tres.get("gres/gpu", 0))
    want["mib_seconds"] += int(elapsed) * int(float(tres.get("mem", "0M").rstrip("M")))
stages, sectors = (json.load(open(f"{folder}/{name}.json")) for name in ("stages", "sectors"))
pc1 = next(row for row in stages["rows"] if row["stage"] == "pc1")
assert (pc1["runs"], pc1["retries"], pc1["preempted"], pc1["failed"]) == (2, 1, 1, 0), pc1
assert pc1["lost"]["core_seconds"] >= 4 and pc1["lost"]["gpu_seconds"] >= 2, pc1
assert pc1["run_s"]["count"] == 1 and pc1["run_s"]["p50"] >= 2, pc1
assert want["core_seconds"] >= 8 and want["gpu_seconds"] >= 4, want
for total in (stages["total"], sectors["total"], sectors["rows"][0]):
    assert {key: total[key] for key in want} == want, (total, want)
assert sectors["rows"][0]["state"] == json.load(open(folder + "/status.json"))["State"], sectors
END
grep -q '</html>' "$scratch/report.html" || die "no page"

code=0
sealyard report cost 2> "$scratch/error" || code=$?
[ "$code" = 78 ] && grep -q 'no price is set' "$scratch/error" || die "cost without prices: $code $(cat "$scratch/error")"
sed -i 's/^core_hour.*/core_hour = 3.6/' "$SEALYARD_HOME/config.toml"
sealyard --json report cost --since 1h > "$scratch/cost.json"
python3 - "$scratch" << 'END' || die "the cost is not hours times the price"
import json, sys
cost, stages = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("cost", "stages"))
assert abs(cost["total"]["cost"]["sum"] - stages["total"]["core_seconds"] / 1000) < 1e-5, cost
END
say "accounting: all well"
