#!/bin/bash
# Runs the quickstart on a build that is there: on a log of dpkg's, on another text, on bad input.
#
#   quickstart_test.sh BUILD_FOLDER
set -euo pipefail

quickstart=$(cd "$(dirname "$0")/../.." && pwd)/deploy/quickstart.sh
export STRATA_BUILD_DIR=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

fail() {
  echo "quickstart_test: $1" >&2
  exit 1
}

# proves NAME FILE: the quickstart succeeds, and says that it has proven each of its four claims.
proves() {
  STRATA_HOME=$work/$1 "$quickstart" "$2" | tee "$work/$1.said"
  [ "$(grep -c '^proven: ' "$work/$1.said")" -eq 4 ] || fail "not all is proven with $1"
  # The brackets keep grep from finding itself.
  if grep -qs "$work/$1/dat[a]" /proc/[0-9]*/cmdline; then
    fail "a process stays behind after $1"
  fi
}

# refuses WHAT STATUS ARGUMENTS...: the quickstart fails with that status and one sentence.
refuses() {
  local what=$1 expected=$2 status=0
  shift 2
  "$quickstart" "$@" >"$work/said" 2>"$work/error" || status=$?
  [ "$status" -eq "$expected" ] || fail "$what: exit status $status instead of $expected"
  [ "$(wc -l <"$work/error")" -eq 1 ] || fail "$what: not one sentence but: $(cat "$work/error")"
}

# A log as dpkg writes it, of packages that are upgraded again and again.
dpkg_log() {
  awk 'BEGIN {
    for (i = 0; i < 4000; i++) {
      p = "package" i % 61 ":amd64"
      t = sprintf("2026-01-02 03:%02d:%02d ", i / 60 % 60, i % 60)
      print t "upgrade " p " " i " " i + 1
      print t "status half-configured " p " " i
      if (i % 50 == 0) print t "startup archives unpack"
    }
  }'
}

dpkg_log >"$work/dpkg.log"
proves dpkg "$work/dpkg.log"
if [ -s /var/log/dpkg.log ]; then proves system /var/log/dpkg.log; fi

# Empty lines, spaces in front, a tab, bytes that are no UTF-8, and no newline at the end.
{
  for i in $(seq 300); do printf '\n  word %s\ttab \303\050 \\n %%s\nthe same line\n' "$i"; done
  printf 'the end'
} >"$work/some.txt"
proves text "$work/some.txt"

# One key: two of the three partitions stay empty.
seq 100 | sed 's/.*/same line/' >"$work/same.txt"
proves same "$work/same.txt"

refuses "no such file" 2 "$work/none"
refuses "a directory" 2 "$work"
refuses "two files" 2 "$work/some.txt" "$work/some.txt"
refuses "a flag" 2 --frobnicate
: >"$work/empty"
refuses "an empty file" 2 "$work/empty"
head -c 4096 /dev/zero >"$work/zeros"
refuses "a file that is no text" 2 "$work/zeros"
STRATA_HOME=$work/text refuses "a directory that was used before" 2 "$work/some.txt"
STRATA_BUILD_DIR=$work/none refuses "a build that is none" 1 "$work/some.txt"
