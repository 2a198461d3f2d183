#!/bin/bash
# Several MPI ranks under `srun --mpi=pmix` on a private real Slurm, on one node and on two: the same
# bytes as one rank, and a rank that dies ends the step with the right exit code, never a hang (U-05).
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
with_slurm --nodes 2 --cpus-per-node 4
root=$scratch/root
zero=$(printf '0%.0s' {1..64})
export FIL_PROOFS_PARENT_CACHE=$scratch/parents

# commitment FILE NAME
commitment() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["commitments"][sys.argv[2]])' "$1" "$2"; }
comm_r() { commitment "$1/work/$2/pc2.result.json" comm_r; }

# Zero data, zero ticket, miner 1000: tree shapes 8-0-0, 8-2-0, 8-8-0 and 8-8-2.
porep() { case $1 in
  2) echo "--proof-type 5" ;;
  *) echo "--porep-id $(printf '80%.0s' {1..32}) --sector-size ${1}KiB --api-version 1.1.0" ;;
esac; }
declare -A want=(
  [2]=c647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762
  [4]=740b9f8a5ed4e114300a59e0e5d70595ea3d7a6c991e9a9f95cf538c10e0056c
  [16]=4faffe27961c928ef775ae100e5892a2e5683f771bf253ff61f641cd2c685d1a
  [32]=5dc7a3982392e6951e1c01f5569eba9116c43bded8ea9722e4362b723cf41425)

say "two ranks on one node, two on two nodes, four and eight over both"
for shape in "-N 1 -n 2" "-N 2 -n 2" "-N 2 -n 4" "-N 2 -n 8"; do
  for size in 2 4 16 32; do
    here=$root/${shape// /}-$size
    seal-add-piece --storage "$here" --sector s-t01000-1 $(porep $size) --cc > "$scratch/log" 2>&1
    srun $shape --partition seal --mpi=pmix seal-pc1 --storage "$here" --sector s-t01000-1 --ticket "$zero" >> "$scratch/log" 2>&1 ||
      { cat "$scratch/log"; die "$shape: seal-pc1 of $size KiB"; }
    srun $shape --partition seal --mpi=pmix seal-pc2 --storage "$here" --sector s-t01000-1 >> "$scratch/log" 2>&1 ||
      { cat "$scratch/log"; die "$shape: seal-pc2 of $size KiB"; }
    [ "$(comm_r "$here" s-t01000-1)" = "${want[$size]}" ] || die "$shape: CommR of $size KiB is $(comm_r "$here" s-t01000-1)"
  done
done

say "a batch of five sectors over three ranks"
batch=(s-t01000-{1..5})
for name in "${batch[@]}"; do
  seal-add-piece --storage "$root/batch" --sector "$name" --proof-type 5 --cc > "$scratch/log" 2>&1
done
srun -N 2 -n 3 --partition seal --mpi=pmix seal-pc1 --storage "$root/batch" --sector "${batch[@]}" --ticket "$zero" --json \
  > "$scratch/batch.json" 2> "$scratch/log" || { cat "$scratch/log"; die "batch"; }
python3 - "$scratch/batch.json" <<'END' || die "the batch's report"
import json, sys
report = json.load(open(sys.argv[1]))
assert len(report["ranks"]) == 3 and len({r["node"] for r in report["ranks"]}) == 2, report["ranks"]
names = sorted(r["sector"] for r in report["results"])
assert names == [f"s-t01000-{n}" for n in range(1, 6)], names
END
for name in "${batch[@]}"; do seal-pc2 --storage "$root/batch" --sector "$name" > /dev/null 2>&1; done
[ "$(comm_r "$root/batch" s-t01000-1)" = "${want[2]}" ] || die "batch: CommR"

say "a fault on one rank ends all of them with its exit code and its reason"
rm "$root/batch/work/s-t01000-5/pc1.result.json" "$root/batch/unsealed/s-t01000-5"
code=0
timeout 60 srun -N 2 -n 3 --partition seal --mpi=pmix seal-pc1 --storage "$root/batch" --sector "${batch[@]}" --ticket "$zero" \
  > "$scratch/out" 2> "$scratch/err" || code=$?
[ $code = 66 ] || { cat "$scratch/err"; die "exit code $code, want 66"; }
grep -q "seal-pc1: s-t01000-5: unsealed file is missing" "$scratch/err" || { cat "$scratch/err"; die "no reason"; }

say "a rank killed from outside ends the step, no hang"
seal-add-piece --storage "$root/big" --sector s-t01000-9 --proof-type 6 --cc > /dev/null 2>&1
seal-pc1 --storage "$root/big" --sector s-t01000-9 --ticket "$zero" > /dev/null 2>&1
timeout 90 srun -N 2 -n 2 --partition seal --mpi=pmix seal-pc2 --storage "$root/big" --sector s-t01000-9 \
  > "$scratch/out" 2> "$scratch/err" &
step=$!
within 20 pgrep -f "^[^ ]*seal-pc2 --storage $root/big" > /dev/null || die "pc2 did not start"
sleep 1
pkill -9 -n -f "^[^ ]*seal-pc2 --storage $root/big" || true
code=0
wait $step || code=$?
[ $code != 124 ] || { cat "$scratch/err"; die "the step hangs"; }
if [ $code = 0 ]; then say "it had ended before it was killed"; fi
within 20 sh -c "! pgrep -f '^[^ ]*seal-pc2 --storage $root/big' > /dev/null" || die "a rank is left behind"
srun -N 2 -n 2 --partition seal --mpi=pmix seal-pc2 --storage "$root/big" --sector s-t01000-9 > "$scratch/out" 2> "$scratch/err" ||
  { cat "$scratch/err"; die "seal-pc2 after the kill"; }
cp -r "$root/big" "$root/alone"
rm -r "$root/alone/work/s-t01000-9/pc2.result.json" "$root/alone/sealed" "$root"/alone/work/s-t01000-9/{sealed,tree-c,tree-r-last}.json
mkdir "$root/alone/sealed"
seal-pc2 --storage "$root/alone" --sector s-t01000-9 > /dev/null 2>&1
[ "$(comm_r "$root/big" s-t01000-9)" = "$(comm_r "$root/alone" s-t01000-9)" ] || die "two ranks and one differ"
say "ranks: all well"
