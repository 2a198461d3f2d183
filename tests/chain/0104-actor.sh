#!/bin/bash
# An operator's first day on a development network: keys, a miner, who may act for it, its money.
set -euo pipefail
home=$(mktemp -d "${TMPDIR:-/tmp}/sealyard-actor-XXXXXX")
net=
trap '[ -z "$net" ] || kill "$net" 2> /dev/null || true; wait; rm -rf "$home"' EXIT
export SEALYARD_HOME=$home/h SLURM_CONF=/dev/null/none
unset FULLNODE_API_INFO
sealyard=$SEALYARD_BIN/sealyard
devnet=("$SEALYARD_BIN/sealyard-devnet" --state "$home/net")
failures=0

# expect CODE TEXT command...: exit code, and a text that stdout and stderr together contain
expect() {
  local code=$1 text=$2 rc=0
  shift 2
  out=$("$@" 2>&1 < /dev/null) || rc=$?
  if [ "$rc" != "$code" ] || [[ "$out" != *"$text"* ]]; then
    echo "FAILED: $*"
    echo "  exit $rc, want $code; text: $out; want: $text"
    failures=$((failures + 1))
  fi
}
# until TEXT command...: the command's output contains it, within a minute
until_says() {
  local text=$1 i
  shift
  for i in {1..300}; do
    [[ "$("$@" 2>&1 || true)" != *"$text"* ]] || return 0
    sleep 0.2
  done
  echo "FAILED: $* never said: $text"
  exit 1
}

expect 78 "FULLNODE_API_INFO" "$sealyard" wallet balance f01
"${devnet[@]}" --listen 127.0.0.1:0 --epoch-ms 100 --profile tiny > "$home/net.log" 2>&1 &
net=$!
until_says "listens on" cat "$home/net.log"
FULLNODE_API_INFO="$(cat "$home/net/token"):$(cat "$home/net/api")"
export FULLNODE_API_INFO

# Keys.
expect 0 "written" "$sealyard" config init --network development --proof-type 5
owner=$("$sealyard" wallet new secp256k1)
worker=$("$sealyard" wallet new bls)
other=$("$sealyard" wallet new bls)
control=$("$sealyard" wallet new)
expect 1 "not on chain yet; send it some FIL first" \
  "$sealyard" init --owner "$owner" --worker "$worker" --sector-size 2KiB
expect 0 "n/a" "$sealyard" wallet list --id
expect 0 "" "${devnet[@]}" call Faucet "[\"$owner\"]"
for address in "$worker" "$other" "$control"; do
  "$sealyard" send --from "$owner" --wait --confidence 1 "$address" 5 > /dev/null
done
expect 0 "5 FIL" "$sealyard" wallet balance "$control"
expect 0 " FIL           3      X  " "$sealyard" wallet list --id --market
expect 1 "" "$sealyard" send --from "$owner" "$control" 1000000
expect 0 "$owner" "$sealyard" wallet default

# A miner; the second time it is the same one.
expect 0 "New miners address is: t0" \
  "$sealyard" init --owner "$owner" --worker "$worker" --sector-size 2KiB
miner=$(sed -n 's/^id = "f0\(.*\)"$/t0\1/p' "$SEALYARD_HOME/config.toml")
expect 0 "New miners address is: $miner" \
  "$sealyard" init --owner "$owner" --worker "$worker" --sector-size 2KiB
expect 0 "Miner: $miner (2 KiB sectors)" "$sealyard" info
[[ "$out" == *"Below minimum power"* && "$out" == *"Worker Balance:   5 FIL"* &&
  "$out" == *$'Sectors:\n\tTotal: 0'* ]] || { echo "FAILED: info: $out"; failures=$((failures + 1)); }
expect 0 '"HasMinPower": false' "$sealyard" info --json

# Who may act for it.
expect 0 "Pass --really-do-it" "$sealyard" actor control set "$control"
expect 0 "Message CID: bafy2bza" "$sealyard" actor control set --really-do-it "$control"
until_says control-0 "$sealyard" actor control list --verbose
expect 0 "$control" "$sealyard" actor control list --verbose
expect 0 "Remove $control" "$sealyard" actor control set --really-do-it
expect 1 "no worker key change proposed" "$sealyard" actor confirm-change-worker "$other"
expect 64 "must be bls" "$sealyard" actor propose-change-worker --really-do-it "$control"
expect 0 "successfully sent, change happens at height" \
  "$sealyard" actor propose-change-worker --really-do-it "$other"
expect 1 "already pending" "$sealyard" actor propose-change-worker --really-do-it "$other"
expect 1 "cannot be confirmed until" "$sealyard" actor confirm-change-worker --really-do-it "$other"
expect 0 "" "${devnet[@]}" call Advance '[900]'
expect 0 "Confirm Message CID: " "$sealyard" actor confirm-change-worker --really-do-it "$other"

# Its money, and a password.
expect 0 "bafy2bza" "$sealyard" send --from "$owner" --wait "$miner" 3
printf 'correct horse\n' > "$home/password"
chmod 600 "$home/password"
expect 0 "" "$sealyard" wallet passwd add --password-file "$home/password"
expect 0 "$owner  offline" "$sealyard" wallet encrypt --offline --password-file "$home/password" "$owner"
expect 64 "password" setsid "$sealyard" actor withdraw 1
expect 0 "Successfully withdrew 1 FIL" "$sealyard" actor withdraw --password-file "$home/password" 1
expect 1 "more funds than available" "$sealyard" actor withdraw 1000
expect 0 "message succeeded!" "$sealyard" actor set-owner --really-do-it \
  --password-file "$home/password" "$control" "$owner"
expect 0 "message succeeded!" "$sealyard" actor set-owner --really-do-it "$control" "$control"
until_says "$control" "$sealyard" actor control list --verbose

# No secret lies open in the home folder.
for address in "$owner" "$worker" "$control"; do
  key=$("$sealyard" --json wallet export --password-file "$home/password" "$address" |
    sed 's/.*"PrivateKey":"\(.*\)".*/\1/')
  if [ ${#key} != 44 ] || grep -raqF "$key" "$SEALYARD_HOME"; then
    echo "FAILED: the key of $address"
    failures=$((failures + 1))
  fi
done
exit "$failures"
