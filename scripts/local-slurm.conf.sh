# The configuration files of a private Slurm; part of scripts/local-slurm.

# parse_options OPTION...: into nodes, cpus, memory, gpus, accounting, extra
parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --nodes) nodes=$(count "$1" "${2:-}" 1 200) || exit; shift ;;
      --cpus-per-node) cpus=$(count "$1" "${2:-}" 1 1024) || exit; shift ;;
      --memory) memory=$(count "$1" "${2:-}" 64 16777216) || exit; shift ;;
      --gpus-per-node) gpus=$(count "$1" "${2:-}" 0 6) || exit; shift ;;
      --accounting) accounting=1 ;;
      --set)
        case ${2:-} in
          [A-Za-z]*=*) extra+=("$2") ;;
          *) fail 64 "--set \"${2:-}\": want KEY=VALUE of slurm.conf" ;;
        esac
        shift
        ;;
      *) fail 64 "unknown option $1; see --help" ;;
    esac
    shift
  done
}

count() { # count OPTION VALUE LEAST MOST
  case $2 in
    '' | *[!0-9]*) fail 64 "$1 \"$2\": want a number" ;;
  esac
  [ ${#2} -le 9 ] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] || fail 64 "$1 $2: want $3 to $4"
  echo "$2"
}

# free_ports COUNT: the first of so many neighbouring TCP ports nobody listens on. Below the range
# the kernel gives to outgoing connections. Starts anywhere, so neighbours seldom meet.
free_ports() {
  local first port used
  used=" $(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
    awk '$2 ~ /:/ { split($2, a, ":"); print a[2] }' | sort -u | tr '\n' ' ')"
  while :; do
    first=$((10240 + (RANDOM * 32768 + RANDOM) % (32000 - 10240 - $1)))
    for ((port = first; port < first + $1; port++)); do
      case $used in
        *" $(printf '%04X' $port) "*) continue 2 ;;
      esac
    done
    echo $first
    return
  done
}

# setting KEY: the value given by --set, if any (the last one)
setting() {
  local line value=
  for line in ${extra[@]+"${extra[@]}"}; do
    [ "${line%%=*}" != "$1" ] || value=${line#*=}
  done
  echo "$value"
}

# without_given: the lines on stdin but those whose key was given by --set
without_given() {
  local line key
  while IFS= read -r line; do
    key=${line%%=*}
    case $line in
      \#* | PartitionName=* | NodeName=*) echo "$line"; continue ;;
    esac
    [ -n "$(setting "$key")" ] || echo "$line"
  done
}

node_lines() {
  local i group device devices=(/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty)
  local gres="apslot:2,treedslot:2,pc1slot:$cpus,landslot:2"
  [ "$gpus" = 0 ] || gres="gpu:$gpus,$gres"
  # No cgroups here, nor need of them: slurmd starts also where none are mounted. "disabled" came
  # with 23.11; before, naming a version keeps slurmd from looking for the mount.
  case $(slurmd -V 2>/dev/null) in
    *" 22."* | *" 23.02"*) echo "CgroupPlugin=cgroup/v1" ;;
    *) echo "CgroupPlugin=disabled" ;;
  esac >"$dir/etc/cgroup.conf"
  : >"$dir/etc/gres.conf"
  for name in apslot:2 treedslot:2 pc1slot:$cpus landslot:2; do
    echo "NodeName=n[1-$nodes] Name=${name%:*} Count=${name#*:}" >>"$dir/etc/gres.conf"
  done
  for ((i = 0; i < gpus; i++)); do
    echo "NodeName=n[1-$nodes] Name=gpu File=${devices[i]}" >>"$dir/etc/gres.conf"
  done
  echo "NodeName=DEFAULT CPUs=$cpus Boards=1 SocketsPerBoard=1 CoresPerSocket=$cpus" \
    "ThreadsPerCore=1 RealMemory=$memory"
  for ((i = 1; i <= nodes; i++)); do
    group=groupA
    [ $((2 * i)) -le $((nodes + 1)) ] || group=groupB
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1 + i))" \
      "Gres=$gres Feature=$group,grp_n$i"
  done
}

accounting_lines() {
  if [ "$accounting" = 1 ]; then
    cat <<END
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((port + 1))
AccountingStoragePass=$dir/run/munge.sock
AccountingStorageTRES=gres/gpu,gres/pc1slot,license/sy_wan
AccountingStoreFlags=job_comment
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
END
    (umask 077 && cat >"$dir/etc/slurmdbd.conf" <<END)
AuthType=auth/munge
AuthInfo=$dir/run/munge.sock
DbdHost=$host
DbdAddr=127.0.0.1
DbdPort=$((port + 1))
SlurmUser=$user
PidFile=$dir/run/slurmdbd-own.pid
LogFile=$dir/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=$user
StorageLoc=acct
END
    chmod 600 "$dir/etc/slurmdbd.conf"
  else
    echo "JobCompType=jobcomp/filetxt"
    echo "JobCompLoc=$dir/log/jobs.txt"
  fi
}

main_lines() {
  cat <<END
ClusterName=$cluster
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/run/munge.sock,cred_expire=6
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
TmpFS=$dir/tmp/%n
SlurmctldPidFile=$dir/run/slurmctld-own.pid
SlurmdPidFile=$dir/run/slurmd-%n-own.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
SlurmdParameters=config_overrides
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
TaskProlog=$dir/etc/task-prolog
MpiDefault=$mpi
DefMemPerCPU=256
SlurmdTimeout=15
KillWait=5
ReturnToService=2
MaxJobCount=50000
MaxArraySize=10001
SchedulerParameters=bf_interval=2,bf_continue,bf_min_age_reserve=600,batch_sched_delay=0,sched_interval=3
SlurmctldParameters=preempt_send_user_signal
END
  accounting_lines
}

# The lines of share/slurm are the ones a site would use; only the grace times are made short.
site_lines() {
  grep -hE '^[A-Za-z]' "$share/sealyard.conf"
  grep -hE '^[A-Za-z]' "$share/partitions.conf" | sed -E 's/GraceTime=[0-9]+/GraceTime=5/'
}

write_task_prolog() {
  # All virtual hosts share /tmp and /dev/shm: keep the shared memory of MPI ranks apart.
  cat >"$dir/etc/task-prolog" <<END
#!/bin/sh
echo "export SEALYARD_LOCAL_SLURM=$dir"
echo "export TMPDIR=$dir/tmp/\$SLURMD_NODENAME"
echo "export OMPI_MCA_btl_vader_backing_directory=$dir/tmp/\$SLURMD_NODENAME"
echo "export OMPI_MCA_rmaps_base_oversubscribe=1"
END
  chmod 755 "$dir/etc/task-prolog"
}

write_configuration() {
  host=$(hostname -s)
  cluster=sy$(cksum <<<"$dir" | cut -d' ' -f1)
  # slurmctld, slurmdbd, then one per host: "FIRST COUNT"
  [ "$(cut -d' ' -f2 "$dir/etc/ports" 2>/dev/null)" = $((nodes + 2)) ] ||
    echo "$(free_ports $((nodes + 2))) $((nodes + 2))" >"$dir/etc/ports"
  port=$(cut -d' ' -f1 "$dir/etc/ports")
  mpi=none
  ls "$(dirname "$(ldd "$(command -v scontrol)" | awk '/libslurm/ { print $3; exit }')")"/mpi_pmix*.so \
    >/dev/null 2>&1 && mpi=pmix
  {
    declare -p nodes cpus memory gpus accounting cluster
    declare -p extra
  } >"$dir/etc/options"
  {
    echo "# Written by scripts/local-slurm at every start; --set changes a line."
    main_lines | without_given
    site_lines | without_given
    [ ${#extra[@]} -eq 0 ] || printf '%s\n' "${extra[@]}" | grep -vE '=$' || true
    node_lines
  } >"$dir/etc/slurm.conf.new"
  # Partitions must come after the nodes they name.
  { grep -v ^PartitionName= "$dir/etc/slurm.conf.new"; grep ^PartitionName= "$dir/etc/slurm.conf.new"; } \
    >"$conf"
  rm "$dir/etc/slurm.conf.new"
  write_task_prolog
}
