# For scenario tests: a private real Slurm, a real sealyard-devnet and a miner of 2 KiB sectors.
#
#   . "$SEALYARD_SOURCE/tests/chain/network.sh"
#   network PARAMS PATTERN DEVNET_OPTION...   # $scratch, $SEALYARD_HOME; all of it gone on exit
#   miner "KEY = VALUE lines of [chain]"      # $miner ("t01000"), $owner, $worker
. "$SEALYARD_SOURCE/tests/system/lib.sh"
daemon='' net='' listen=127.0.0.1:0

end_network() {
  local code=$? pid
  set +e  # all of it, whatever fails
  { for pid in $daemon $net; do kill -9 "$pid" && wait "$pid" || true; done; } 2> /dev/null
  if [ $code != 0 ] && [ $code != 77 ]; then
    sealyard sectors list || true
    grep -vE ' (submitted|running|committed)$' "$SEALYARD_HOME/log/sealyard-chain.log" | tail -80 || true
    tail -n 5 "$scratch/net.log" || true
  fi
  (exit $code)
  clean_up
}

# await SECONDS WHAT COMMAND...: until it succeeds; fails early when the network has ended
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || die "$what: not in time"
    kill -0 "$net" 2> /dev/null || die "$what: sealyard-devnet has ended"
    sleep 0.2
  done
}

start_net() { "${devnet[@]}" --listen "$listen" >> "$scratch/net.log" 2>&1 & net=$!; }
call() { "${devnet[@]}" call "$@"; }
start_daemon() { sealyard-chain >> "$scratch/daemon.out" 2>&1 & daemon=$!; }
# With nothing left to say, and gone.
kill_daemon() { kill -9 "$daemon" && { wait "$daemon" 2> /dev/null || true; }; }

network() {
  local params=$1 pattern=$2
  shift 2
  scratch_folder
  trap end_network EXIT
  export SEALYARD_HOME=$scratch/home SEALYARD_PARAMS=$params
  devnet=(sealyard-devnet --state "$scratch/net" --params "$params" "$@")
  start_net
  with_slurm $pattern > /dev/null
  await 60 "devnet" test -s "$scratch/net/api"
  listen=127.0.0.1:$(sed -E 's|.*/tcp/([0-9]+).*|\1|' "$scratch/net/api")
  FULLNODE_API_INFO="$(cat "$scratch/net/token"):$(cat "$scratch/net/api")"
  export FULLNODE_API_INFO
}

miner() {
  sealyard config init --network development --proof-type 5 > /dev/null
  owner=$(sealyard wallet new secp256k1)
  worker=$(sealyard wallet new bls)
  "${devnet[@]}" fund "$owner" 1000 > /dev/null
  "${devnet[@]}" fund "$worker" 100000 > /dev/null
  sealyard init --owner "$owner" --worker "$worker" --sector-size 2KiB > /dev/null
  miner=$(sed -n 's/^id = "f0\(.*\)"$/t0\1/p' "$SEALYARD_HOME/config.toml")
  sed -i 's/^poll_s.*/poll_s = 1/; s/^wait_s.*/wait_s = 1/; /^\[chain\]/,$d' "$SEALYARD_HOME/config.toml"
  cat >> "$SEALYARD_HOME/config.toml" << END

[chain]
confidence = 3
seed_confidence = 2
finality = 60
precommit_fee = "1 FIL"
commit_fee = "1 FIL"
$1

[alerts]
command = "echo \"\$SEALYARD_ALERT_KIND \$SEALYARD_ALERT_STATE \$SEALYARD_ALERT_SUBJECT \$SEALYARD_ALERT_TEXT\" >> $scratch/alerts"

[environment]
SEALYARD_PARAMS = "$SEALYARD_PARAMS"
FIL_PROOFS_PARENT_CACHE = "$scratch/parents"
END
}

# stand_in_programs C2: the daemon's programs, with this one in place of seal-c2; the chain is one
# with --stand-ins
stand_in_programs() {
  mkdir "$scratch/programs"
  ln -s "$SEALYARD_BIN"/seal-* "$scratch/programs"
  ln -sf "$1" "$scratch/programs/seal-c2"
  sed -i "s|^path = .*|path = \"$scratch/programs\"|" "$SEALYARD_HOME/config.toml"
}
