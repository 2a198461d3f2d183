-- An example of JobSubmitPlugins=lua, beside slurm.conf. sealyard does not need it; it protects the
-- proofs of a miner from jobs submitted by hand.
--
-- Return one of the codes below and never slurm.ERROR, which the client prints as "Unspecified
-- error". slurm.log_user() reaches the client's stderr.

local PROVING = { win = true, wdp = true }
local INVALID_PARTITION = 2000  -- ESLURM_INVALID_PARTITION_NAME
local INVALID_TIME_LIMIT = 2051 -- ESLURM_INVALID_TIME_LIMIT

local function proves(partition)
  for name in string.gmatch(partition or "", "[^,]+") do
    if PROVING[name] then return true end
  end
  return false
end

function slurm_job_submit(job, partitions, uid)
  -- Proving partitions take named jobs of ours only: sl.CLUSTER.MINER.SECTOR.STAGE.GENERATION.
  if proves(job.partition) and not string.find(job.name or "", "^sl%.") then
    slurm.log_user("partition %s is kept for proofs", job.partition)
    return INVALID_PARTITION
  end
  -- Backfill lives on honest time limits.
  if job.time_limit == slurm.NO_VAL then
    slurm.log_user("a time limit is needed: --time")
    return INVALID_TIME_LIMIT
  end
  return slurm.SUCCESS
end

function slurm_job_modify(job, record, partitions, uid)
  return slurm.SUCCESS
end

return slurm.SUCCESS
