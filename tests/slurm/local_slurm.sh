#!/bin/bash
# scripts/local-slurm itself: side by side, twice, recovering, as an ordinary user, leaving nothing.
. "$(dirname "$0")/../system/lib.sh"
scratch_folder
local_slurm=$SEALYARD_SOURCE/scripts/local-slurm
one=$scratch/slurm two=$scratch/two

marked() { grep -lzxF "SEALYARD_LOCAL_SLURM=$1" /proc/[0-9]*/environ 2>/dev/null || true; }
in_one() { SLURM_CONF=$one/etc/slurm.conf "$@"; }
in_two() { SLURM_CONF=$two/etc/slurm.conf "$@"; }
state() { in_one squeue -h -j "$1" -o %T; }

say "two instances side by side"
"$local_slurm" start "$one" --nodes 2
"$local_slurm" start "$two" --nodes 1 --cpus-per-node 8 --gpus-per-node 2
"$local_slurm" start "$one" | grep -q 'already running' || die "a second start does not say so"
"$local_slurm" status "$one"
[ "$(in_one sinfo -h -o %D -p seal)" = 2 ] || die "the first has not two hosts"
[ "$(in_two sinfo -h -o %c -p seal)" = 8 ] || die "the second has not eight cores"
[ "$(in_two srun --gres=gpu:1 printenv CUDA_VISIBLE_DEVICES)" = 0 ] || die "no fake GPU"
set +e
"$local_slurm" start "$one" --nodes 3 2>/dev/null
[ $? = 64 ] || die "options of a running one were changed"
set -e

say "the example job scripts run"
mkdir "$scratch/bin"
printf '#!/bin/sh\necho "$0 $* step $SLURM_STEP_ID on $SLURM_CPUS_PER_TASK"\n' >"$scratch/bin/seal-pc1"
chmod 755 "$scratch/bin/seal-pc1"
sed "s|^export PATH=.*|export PATH=$scratch/bin:\$PATH:/usr/bin:/bin|" \
  "$SEALYARD_SOURCE/scripts/sbatch/pc1.sbatch" >"$scratch/pc1.sbatch"
in_one sbatch --wait -J sl.test.pc1 --mem=64M -c 2 -o "$scratch/pc1.out" "$scratch/pc1.sbatch" \
  --sector "s-t01000-7" >/dev/null
grep -q 'seal-pc1 --sector s-t01000-7 step 0 on 2' "$scratch/pc1.out" || die "$(cat "$scratch/pc1.out")"
for script in "$SEALYARD_SOURCE"/scripts/sbatch/*.sbatch; do
  in_two sbatch --test-only --mem=64M -c 2 "$script" 2>"$scratch/test-only" || die "$(cat "$scratch/test-only")"
done

say "what runs goes on after stop and start; what escaped from a job does not stay"
job=$(in_one sbatch --parsable --requeue --mem=64M -o /dev/null \
  --wrap 'setsid sleep 987 & exec srun --mem=0 sleep 987')
within 20 eval '[ "$(state $job)" = RUNNING ]' || die "the job does not run"
"$local_slurm" stop "$one"
[ -z "$(marked "$one")" ] || die "processes are left: $(marked "$one")"
"$local_slurm" stop "$one" || die "a second stop is not harmless"
"$local_slurm" status "$two" || die "the second instance was touched"
set +e
"$local_slurm" status "$one" >/dev/null
[ $? = 1 ] || die "status of a stopped one is not 1"
set -e
"$local_slurm" start "$one"
within 30 eval '[ "$(state $job)" = RUNNING ]' || die "the job did not come back"

say "a killed daemon comes back by start"
kill -9 "$(cat "$two/run/slurmctld.pid")"
within 10 eval '! "$local_slurm" status "$two" >/dev/null' || die "status did not notice"
"$local_slurm" start "$two"
"$local_slurm" status "$two"
"$local_slurm" stop "$two"
[ -z "$(marked "$two")" ] || die "processes of the second are left"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
  say "as an ordinary user"
  mkdir -m 777 "$scratch/user"
  chmod 755 "$scratch"
  as_nobody() { HOME=$scratch/user setpriv --reuid nobody --regid nogroup --clear-groups "$@"; }
  as_nobody "$local_slurm" start "$scratch/user/s" --nodes 1
  SLURM_CONF=$scratch/user/s/etc/slurm.conf as_nobody srun id -un | grep -qx nobody || die "no job"
  as_nobody "$local_slurm" stop "$scratch/user/s"
  [ -z "$(marked "$scratch/user/s")" ] || die "processes of nobody are left"
fi
say "passed"
