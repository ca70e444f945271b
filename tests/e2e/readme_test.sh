#!/bin/bash
# Runs the commands of a README, as they stand in its ```sh blocks and in their order, in one shell
# and in a fresh directory; each must succeed.
#
#   readme_test.sh README STRATAD STRATA STRATA_LOG
#
# The README speaks of the default port; here a broker on a free one stands in for it.
set -euo pipefail

readme=$1 stratad=$2 strata=$3 strata_log=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Commands that other tests run, because they take long: Quickstart.*, and the test command itself.
elsewhere='^\./(deploy/quickstart|tests/run)\.sh'

mkdir -p "$work/build/release/broker" "$work/build/release/client"
cat >"$work/build/release/broker/stratad" <<SHIM
#!/bin/sh
exec "$stratad" --listen 127.0.0.1:0 --http-listen off --port-file "$work/port" "\$@" 2>"$work/log"
SHIM
# A person is slower than the start of a broker; a script has to wait for it.
cat >"$work/build/release/client/strata" <<SHIM
#!/bin/sh
timeout 60 sh -c 'until test -s "$work/port"; do :; done'
exec "$strata" --broker "\$(head -n 1 "$work/port")" "\$@"
SHIM
chmod +x "$work"/build/release/*/*
mkdir -p "$work/build/release/storage/tool"
ln -s "$strata_log" "$work/build/release/storage/tool/strata-log"

{
  # Whatever fails, the broker does not stay behind.
  cat <<'PRELUDE'
set -eux
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
PRELUDE
  awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$readme" |
    grep -Ev "$elsewhere"
} >"$work/commands.sh"

[ "$(grep -c '^strata' "$work/commands.sh")" -ge 10 ] || {
  echo "readme_test: hardly any commands found in $readme" >&2
  exit 1
}
cd "$work"
bash commands.sh || {
  status=$?
  cat log >&2
  exit "$status"
}
