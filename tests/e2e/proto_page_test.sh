#!/bin/bash
# Runs the commands and the Python example of proto/README.md as they stand there; only the default
# port, which may be taken, is replaced.
#
#   proto_page_test.sh REPOSITORY STRATAD
set -euo pipefail

repository=$1 stratad=$2
page=$repository/proto/README.md
work=$(mktemp -d)
broker_pid=
trap '[ -z "$broker_pid" ] || { kill "$broker_pid"; wait "$broker_pid"; }; rm -rf "$work"' EXIT

# block LANGUAGE: what stands in the page's blocks of that language.
block() {
  awk -v "open=^\`\`\`$1\$" '$0 ~ open { inside = 1; next } /^```/ { inside = 0 } inside' "$page"
}

"$stratad" --data-dir "$work/data" --listen 127.0.0.1:0 --http-listen off \
  --port-file "$work/port" 2>"$work/log" &
broker_pid=$!
timeout 60 sh -c "until test -s '$work/port'; do :; done" || {
  cat "$work/log" >&2
  exit 1
}
address=$(head -n 1 "$work/port")

mkdir "$work/checkout"
ln -s "$repository/proto" "$work/checkout/proto"
cd "$work/checkout"
block sh | bash -eux
said=$(block python | sed "s/127\.0\.0\.1:7070/$address/" |
  PYTHONPATH=build/python timeout 60 /usr/bin/python3 -B -)
[ "$said" = "0 b'k' b'hello, log'" ] || {
  echo "proto_page_test: the example said: $said" >&2
  exit 1
}
