#!/bin/sh
# Accounts and QOS for a site with slurmdbd: one account per miner, so that sreport and sacct give
# the bill of each, and limits can be set for each. Read it, adapt it, run it as a Slurm operator.
#
#   qos.sh MINER [USER]     qos.sh f01000 sealer
#
# slurm.conf needs:  AccountingStorageEnforce=associations,limits,qos
#                    AccountingStorageTRES=gres/gpu,gres/pc1slot,license/sy_wan
#                    AccountingStoreFlags=job_comment
set -eu
miner=${1:?usage: qos.sh MINER [USER]}
user=${2:-$(id -un)}

# Who may preempt whom, for PreemptType=preempt/qos: only proofs take hosts from sealing.
for qos in sealing window winning; do
  sacctmgr -i add qos "$qos" || true
done
sacctmgr -i modify qos sealing set Priority=0 PreemptMode=requeue GraceTime=60
sacctmgr -i modify qos window set Priority=100 Preempt=sealing
sacctmgr -i modify qos winning set Priority=1000 Preempt=sealing,window

sacctmgr -i add account "$miner" Description="Filecoin miner $miner" || true
sacctmgr -i add user "$user" Account="$miner" || true
sacctmgr -i modify user "$user" where Account="$miner" set QOS=sealing,window,winning DefaultQOS=sealing

# Limits are per miner, for example not more than 40 PC1 at once over the whole cluster:
#   sacctmgr -i modify account "$miner" set GrpTRES=gres/pc1slot=40
