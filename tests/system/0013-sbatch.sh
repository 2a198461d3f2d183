#!/bin/bash
# The batch scripts a site copies, word for word, on a private real Slurm: an operator seals a sector
# without daemon. Only sizes are given smaller than the scripts' examples, as a site would.
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
with_slurm --nodes 1
export SEALYARD_BIN
root=$scratch/root zero=$(printf '0%.0s' {1..64})
cd "$scratch"

# batch STAGE ARGUMENT...: submitted, waited for; its log on failure
batch() {
  local stage=$1
  shift
  sbatch --wait --parsable --job-name "$stage.1" --output "$scratch/$stage.log" --cpus-per-task 1 --mem 600M --time 10 \
    "$SEALYARD_SOURCE/scripts/sbatch/$stage.sbatch" "$@" > "$scratch/id" || { cat "$scratch/$stage.log"; die "$stage ended with $?"; }
}
sector=(--storage "$root" --sector s-t01000-1)
batch add-piece "${sector[@]}" --proof-type 5 --cc
batch pc1 "${sector[@]}" --ticket "$zero" --parents "$scratch/parents"
batch pc2 "${sector[@]}"
batch unseal "${sector[@]}" --out "$scratch/out"
cmp "$scratch/out" <(head -c 2032 /dev/zero) || die "unsealed bytes"
batch finalize "${sector[@]}" --to "$scratch/store"
[ -f "$scratch/store/sealed/s-t01000-1" ] || die "no replica in the store"
grep -q c647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762 "$scratch/pc2.log" || { cat "$scratch/pc2.log"; die "CommR"; }

say "a partition of a WindowPoSt is a task of an array"
cat > "$scratch/order.json" <<END
{"kind": "window", "sector_size": 2048, "miner": 1000, "randomness": "$zero", "sectors": [{"number": 1,
 "comm_r": "c647b998c78282296cfd1160714228d43f3b054dfbbb77172b68115ba3c3b762",
 "sealed": "$scratch/store/sealed/s-t01000-1", "cache": "$scratch/store/cache/s-t01000-1"}]}
END
batch window-post --order "$scratch/order.json" --out "$scratch/post.json" --vanilla-only
sbatch --wait --parsable --array=0 --output "$scratch/window.log" --cpus-per-task 1 --mem 600M --time 10 \
  "$SEALYARD_SOURCE/scripts/sbatch/window-post.sbatch" --order "$scratch/order.json" --out "$scratch/post.%a.json" --vanilla-only > "$scratch/id" ||
  { cat "$scratch/window.log"; die "window-post ended with $?"; }
grep -q '"partition": 0' "$scratch/post.0.json" && grep -q '"skipped": \[\]' "$scratch/post.0.json" ||
  { cat "$scratch/post.0.json"; die "not partition 0, or a sector skipped"; }

say "a wrong request is held for an operator, with its reason in the log"
sbatch --parsable --output "$scratch/held.log" --cpus-per-task 1 --mem 600M --time 10 \
  "$SEALYARD_SOURCE/scripts/sbatch/pc1.sbatch" "${sector[@]}" --ticket 00ff > "$scratch/id"
held() { [ "$(squeue --noheader --job "$(cat "$scratch/id")" --format %r)" = JobHeldUser ]; }
within 60 held || { squeue; cat "$scratch/held.log"; die "not held"; }
grep -q 'want 64' "$scratch/held.log" || die "no reason"
say "sbatch: all well"
