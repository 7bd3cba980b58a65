#!/bin/bash
# Trains on several machines of a SLURM cluster, a worker on each:
#
#     sbatch docs/slurm.sh my_photos --resolution 256
#
# What follows the script's name goes to `progan train`. The same line again
# goes on where the job was stopped.

#SBATCH --job-name=progan
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --cpus-per-task=16
#SBATCH --time=24:00:00
#SBATCH --output=progan-%j.txt
# One worker cannot go on without the others.
#SBATCH --no-requeue

set -euo pipefail

# Prepared images, where all machines can read them; or a folder on each.
export PROGAN_KERAS_CACHE="${PROGAN_KERAS_CACHE:-$SLURM_SUBMIT_DIR/cache}"

# Two jobs on one machine must not take the same port.
port=$((20000 + SLURM_JOB_ID % 20000))
workers=
for host in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do
    workers="$workers${workers:+, }\"$host:$port\""
done
export WORKERS="$workers"

# SLURM numbers the tasks; the quotes keep this until the task runs.
# With --kill-on-bad-exit none is left waiting.
exec srun --kill-on-bad-exit=1 bash -c '
    export TF_CONFIG="{\"cluster\": {\"worker\": [$WORKERS]},
        \"task\": {\"type\": \"worker\", \"index\": $SLURM_PROCID}}"
    exec progan train "$@"
' progan-worker "$@"
