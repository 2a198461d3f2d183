#!/bin/bash
# On a real lotus network of 2 KiB sectors, whose only other miner is lotus': our daemon alone makes a
# miner, takes sectors from pledge to power, loses one and gets it back. usage: 0109-lotus.sh PARAMS
#
# LOTUS_BIN names a folder with lotus, lotus-miner and lotus-seed; without it this test is skipped.
# They are lotus v1.36, built with `go build -tags=2k` over a filecoin-ffi built with
# FFI_BUILD_FROM_SOURCE=1, with four changes, as such a network has neither drand nor official
# parameters nor hours to wait:
#   build/proof-params/*.json   `{}`: parameters are those of PARAMS, not checked and not fetched
#   node/modules/services.go    RandomSchedule() gives the mock beacon of chain/beacon/mock.go
#   storage/winning_prover.go, chain/consensus/filcns/filecoin.go
#                               "valid proof" stands for a winning PoSt, as in lotus' debug build; any
#                               other winning PoSt is verified
#   miner/miner.go, mine()      waits before each block for the milliseconds in the file $LOTUS_PACE_FILE
# The genesis lies hours back, so lotus-miner makes blocks as fast as it can; lotus_pace.py slows it
# down where somebody has something to prove. LOTUS_HOURS (12) says how long ago.
[ -n "${LOTUS_BIN:-}" ] || { echo "no LOTUS_BIN: skipped"; exit 77; }
. "$SEALYARD_SOURCE/tests/system/lib.sh"
params=${1:?usage: 0109-lotus.sh PARAMS}
scratch_folder
export SEALYARD_HOME=$scratch/home SEALYARD_PARAMS=$params FIL_PROOFS_PARAMETER_CACHE=$params
export LOTUS_PATH=$scratch/node LOTUS_MINER_PATH=$scratch/miner LOTUS_PACE_FILE=$scratch/pace
export TRUST_PARAMS=1 LOTUS_XX_HEIGHT=99999999 LOTUS_F3_ENABLED=0 LOTUS_SKIP_GENESIS_CHECK=_yes_
export FIL_PROOFS_PARENT_CACHE=$scratch/parents GOLOG_LOG_LEVEL=warn
PATH=$LOTUS_BIN:$PATH
daemon='' others=''
finish() {
  local code=$? pid
  set +e
  if [ $code != 0 ]; then
    sealyard sectors list
    grep -vE ' (submitted|running|committed)$' "$SEALYARD_HOME/log/sealyard-chain.log" | tail -60
    tail -n 5 "$scratch"/*.log
  fi
  { for pid in $daemon $others; do kill -9 "$pid" && wait "$pid"; done; } 2> /dev/null
  (exit $code)
  clean_up
}
trap finish EXIT

# await SECONDS WHAT COMMAND...
await() {
  local end=$((SECONDS + $1)) what=$2 pid
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || die "$what: not in time"
    for pid in $daemon $others; do kill -0 "$pid" 2> /dev/null || die "$what: a program has ended"; done
    sleep 0.5
  done
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
background() { # background LOG COMMAND...
  local log=$scratch/$1
  shift
  "$@" > "$log" 2>&1 &
  others+=" $!"
}
# call METHOD [JSON parameters]: of the node
call() {
  curl --silent --show-error --max-time 60 -H "Authorization: Bearer $token" \
    -d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"Filecoin.$1\",\"params\":${2:-[]}}" "$url"
}
height() { lotus chain list --count 1 2> /dev/null | sed -n 's/^\([0-9]*\):.*/\1/p'; }
pace() { { echo "every $1"; echo t01000; [ -z "${miner:-}" ] || echo "$miner"; } > "$scratch/miners"; }
all_proving() { [ "$(sealyard sectors list --json | grep -c '"State": "Proving"')" = "$1" ]; }
power() { lotus state power "$miner" | sed -n 's/^\([0-9]*\)(.*/\1/p'; }
has_power() { [ "$(power)" = "$1" ]; }
declared() { sealyard proving info | grep -q "^Faults: *$1 "; }
controls() { lotus state miner-info "$miner" | grep -q "^Control 0:"; }

say "a network whose only miner is lotus-miner"
began=$(date -u -d "${LOTUS_HOURS:-12} hours ago" +%Y-%m-%dT%H:%M:%SZ)
cd "$scratch"
lotus-seed --sector-dir presealed pre-seal --sector-size 2KiB --num-sectors 2 > seed.log 2>&1
lotus-seed genesis new --timestamp "$began" genesis.json >> seed.log 2>&1
lotus-seed genesis add-miner genesis.json presealed/pre-seal-t01000.json >> seed.log 2>&1
node_port=$(free_port) miner_port=$(free_port)
export LOTUS_LIBP2P_LISTENADDRESSES=/ip4/127.0.0.1/tcp/0
echo 300 > pace
background node.log lotus daemon --lotus-make-genesis=genesis.car --genesis-template=genesis.json \
  --bootstrap=false --api="$node_port"
await 300 "the node" test -s node/api
lotus wallet import --as-default presealed/pre-seal-t01000.key > /dev/null
LOTUS_API_LISTENADDRESS=/ip4/127.0.0.1/tcp/$miner_port/http \
  lotus-miner init --genesis-miner --actor=t01000 --sector-size=2KiB --pre-sealed-sectors=presealed \
  --pre-sealed-metadata=presealed/pre-seal-t01000.json --nosync > init.log 2>&1
api_info=$(lotus auth api-info --perm admin)
export "${api_info?}"
token=$(cat node/token) url=http://127.0.0.1:$node_port/rpc/v1
pace 300
background miner.log env LOTUS_API_LISTENADDRESS="/ip4/127.0.0.1/tcp/$miner_port/http" lotus-miner run --nosync
background pace.log python3 "$SEALYARD_SOURCE/tests/chain/lotus_pace.py" "$url" "$token" "$scratch/pace" "$scratch/miners"
moves() { [ "$(height)" -ge 12 ]; }
await 300 "blocks" moves
call Version; call StateNetworkVersion '[null]'; echo

say "keys, money, a miner"
with_slurm --nodes 2 > /dev/null
sealyard config init --network development --proof-type StackedDrg2KiBV1_1 > /dev/null
owner=$(sealyard wallet new secp256k1)
worker=$(sealyard wallet new bls)
lotus send "$owner" 1000 > /dev/null
lotus send "$worker" 1000 > /dev/null
funded() { [ "$(sealyard wallet list | grep -c '1000 FIL')" = 2 ]; }
await 120 "money" funded
# Where blocks are this fast the node estimates gas many epochs behind its head: it knows no new
# account yet, and says no.
await 120 "a miner" sealyard init --owner "$owner" --worker "$worker" --sector-size 2KiB
miner=$(sed -n 's/^id = "f0\(.*\)"$/t0\1/p' "$SEALYARD_HOME/config.toml")
lotus state miner-info "$miner" | sed -n '1,6p'
sed -i 's/^poll_s.*/poll_s = 1/; s/^wait_s.*/wait_s = 1/; /^\[chain\]/,$d' "$SEALYARD_HOME/config.toml"
cat >> "$SEALYARD_HOME/config.toml" << END

[chain]
precommit_wait_s = 5
commit_wait_s = 5
precommit_fee = "1 FIL"
commit_fee = "1 FIL"

[alerts]
command = "echo \"\$SEALYARD_ALERT_KIND \$SEALYARD_ALERT_STATE \$SEALYARD_ALERT_SUBJECT \$SEALYARD_ALERT_TEXT\" >> $scratch/alerts"

[environment]
SEALYARD_PARAMS = "$params"
FIL_PROOFS_PARENT_CACHE = "$scratch/parents"

[stage.window_post]
partition = "wdp"
END

say "two sectors from pledge to the chain of lotus"
sealyard sectors pledge --count 2 > /dev/null
sealyard-chain > daemon.log 2>&1 &
daemon=$!
await 900 "sectors on chain" all_proving 2
sealyard sectors list
echo "epoch $(height)"
call StateMinerSectors "[\"$miner\",null,null]"; echo

say "the first window proof brings power"
pace 0
await 1800 "power" has_power 4096
echo "epoch $(height): lotus state power: $(lotus state power "$miner")"
sealyard proving info
sealyard proving deadlines

say "a damaged replica is declared faulty, the other one stays proven"
sealed=$SEALYARD_HOME/store/sealed/s-$miner-0
cp "$sealed" "$scratch/whole"
truncate -s 100 "$sealed"
await 1800 "a fault" has_power 2048
declared 1 || die "one fault is wanted: $(sealyard proving info)"
echo "epoch $(height): lotus state power: $(lotus state power "$miner")"

say "repaired, it is recovered"
cp "$scratch/whole" "$sealed"
await 1800 "power after recovery" has_power 4096
declared 0 || die "no fault is wanted: $(sealyard proving info)"
echo "epoch $(height): lotus state power: $(lotus state power "$miner")"

say "what people ask of an actor"
pace 200
sealyard actor withdraw 0.0000001
other=$(sealyard wallet new bls)
lotus send "$other" 10 > /dev/null
await 120 "a message to set a control address" sealyard actor control set --really-do-it "$other"
await 120 "the control address" controls
sealyard actor control list
