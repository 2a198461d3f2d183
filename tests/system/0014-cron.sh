#!/bin/bash
# The cron entry pledges once a slot: started twice, all at once, late, killed, with a broken clock.
. "${SEALYARD_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/system/lib.sh"
scratch_folder
export SEALYARD_HOME=$scratch/home SEALYARD_BIN SLURM_CONF=/dev/null/none
sealyard config init --proof-type 5 > "$scratch/log"
pledge=$SEALYARD_SOURCE/scripts/cron/pledge
count() { sealyard --json sectors list | grep -c '"Sector\(ID\|Number\)":' || true; }
expect() { [ "$(count)" = "$1" ] || die "$2: $(count) sectors, want $1: $(cat "$scratch/log")"; }

say "all at once"
running=()
for _ in 1 2 3 4 5 6; do
  "$pledge" --every 600 --at 1800000000 >> "$scratch/log" 2>&1 &
  running+=($!)
done
for one in "${running[@]}"; do wait "$one" || die "one of them ended with $?: $(cat "$scratch/log")"; done
expect 1 "six at once"

say "late, and in the next slot"
"$pledge" --every 600 --at 1800000599 > "$scratch/log"
grep -q '^Created before CC sector:  0$' "$scratch/log" || die "late: $(cat "$scratch/log")"
expect 1 "late"
"$pledge" --every 600 --at 1800000600 > "$scratch/log"
grep -q '^Created CC sector:  1$' "$scratch/log" || die "next slot: $(cat "$scratch/log")"
"$pledge" --every 600 --at 1800000000 > "$scratch/log"
expect 2 "a clock put back"

say "without the lock"
running=()
for _ in 1 2 3 4; do
  sealyard sectors pledge --request same --count 2 >> "$scratch/log" &
  running+=($!)
done
for one in "${running[@]}"; do wait "$one" || die "one of them ended with $?"; done
expect 4 "one request of two sectors, four times"
code=0
sealyard sectors pledge --request same > "$scratch/log" 2>&1 || code=$?
[ "$code" = 64 ] && grep -q "was answered with 2 sectors, not 1" "$scratch/log" ||
  die "another count: $code $(cat "$scratch/log")"

say "killed anywhere, and started again"
for slot in 1 2 3 4 5 6 7 8; do
  "$pledge" --every 600 --at $((1900000000 + 600 * slot)) > /dev/null 2>&1 &
  sleep "0.00$slot"
  kill -9 $! 2> /dev/null || true
  wait $! 2> /dev/null || true
  "$pledge" --every 600 --at $((1900000000 + 600 * slot)) > "$scratch/log"
done
expect 12 "after eight kills"

say "refusals keep their exit code"
for words in "--every 0" "--every soon" "--at never" "--nosuch"; do
  code=0
  # shellcheck disable=SC2086
  "$pledge" $words > "$scratch/log" 2>&1 || code=$?
  [ "$code" = 64 ] || die "$words: exit $code: $(cat "$scratch/log")"
done
sed -i 's/^max_sealing_sectors = 0/max_sealing_sectors = 12/' "$SEALYARD_HOME/config.toml"
code=0
"$pledge" --every 600 --at 2000000000 > "$scratch/log" 2>&1 || code=$?
[ "$code" = 1 ] && grep -q "too many sectors sealing" "$scratch/log" || die "full: $code"
"$pledge" --every 600 --at 1800000000 > "$scratch/log" || die "a slot that has its sector is refused"
expect 12 "in the end"
say "cron: all well"
