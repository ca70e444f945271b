#!/bin/bash
# From nothing to a broker that has proven itself on this machine's own data.
#
#   deploy/quickstart.sh [FILE]
#
# Installs what is missing, builds, starts a broker on a fresh directory, and runs Strata's main job
# on the lines of FILE (default: /var/log/dpkg.log): every line becomes a record, keyed by package
# (by the first word, in other files); two groups read them at their own pace; the broker and one of
# the readers are killed with -9 half way. Then it shows both groups' cursors and proves that
# nothing was lost, nothing came twice into the archive, and the order of each key held.
#
# STRATA_HOME       where the run keeps its files (default: a new directory below $TMPDIR)
# STRATA_BUILD_DIR  a build to use instead of making one
#
# Exit status: 0 all of that held, 1 it did not, 2 wrong usage.
set -euo pipefail
export LC_ALL=C

repository=$(cd "$(dirname "$0")/.." && pwd)
topic=lines
partitions=3
patience_s=60
tab=$'\t'
broker_pid=
counter_pid=
archiver_pid=

say() { printf '%s\n' "$*"; }
fail() {
  printf 'quickstart: %s\n' "$1" >&2
  exit "${2:-1}"
}

# --- the machine: packages, binaries, processes ---

build() {
  build_dir=${STRATA_BUILD_DIR:-$repository/build/release}
  "$repository/deploy/install-dependencies.sh"
  if [ -z "${STRATA_BUILD_DIR:-}" ]; then
    # The tests need more packages: tests/run.sh turns them on.
    [ -f "$build_dir/CMakeCache.txt" ] ||
      (cd "$repository" && cmake --preset release -DBUILD_TESTING=OFF --log-level=WARNING)
    cmake --build "$build_dir" --target stratad strata strata-log
  fi
  stratad=$build_dir/broker/stratad
  strata_binary=$build_dir/client/strata
  if ! { [ -x "$stratad" ] && [ -x "$strata_binary" ]; }; then
    fail "there is no stratad and no strata below $build_dir; unset STRATA_BUILD_DIR to build them"
  fi
}

strata() { "$strata_binary" --broker "$broker" "$@"; }

# Waits until a command succeeds; $1 says what for.
wait_until() {
  local what=$1 deadline=$((SECONDS + patience_s))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "waited $patience_s s for $what; see $home"
    [ -z "$broker_pid" ] || kill -0 "$broker_pid" 2>/dev/null ||
      fail "the broker has ended; its log is $home/stratad.log"
    sleep 0.05
  done
}

# start_broker ADDRESS: port 0 takes a free one.
start_broker() {
  rm -f "$home/port"
  "$stratad" --data-dir "$home/data" --listen "$1" --http-listen off --port-file "$home/port" \
    >>"$home/stratad.log" 2>&1 &
  broker_pid=$!
  wait_until "the broker to start" test -s "$home/port"
  broker=$(head -n 1 "$home/port")
}

# kill_hard PID: kill -9, and no word of the shell's about it.
kill_hard() {
  kill -9 "$1"
  wait "$1" 2>/dev/null || true
}

# The pids of what still runs: one that was waited for may be somebody else's by now.
clean_up() {
  local pid
  for pid in $counter_pid $archiver_pid $broker_pid; do kill "$pid" 2>/dev/null || true; done
  wait
}

# --- the input ---

# Prints KEY, a tab and the line, for each line of standard input.
keyed() {
  if [[ $(basename "$input") == dpkg.log* ]]; then
    # DATE TIME ACTION PACKAGE..., but "status" names a state first; some actions have no package.
    awk '{
      key = $3
      if ($3 == "status") key = $5
      else if ($3 ~ /^(install|upgrade|configure|trigproc|remove|purge|disappear)$/) key = $4
      sub(/:.*/, "", key)
      print (key == "" ? "-" : key) "\t" $0
    }'
  else
    awk '{ print ($1 == "" ? "-" : $1) "\t" $0 }'
  fi
}

# A copy, because a log may grow meanwhile; with a key in front of each line.
take_input() {
  [ "$(tr -d '\0' <"$input" | wc -c)" -eq "$(wc -c <"$input")" ] ||
    fail "$input is not a text file; name another: $0 FILE" 2
  keyed <"$input" >"$home/keyed.tsv"
  line_count=$(wc -l <"$home/keyed.tsv")
  [ "$line_count" -ge 20 ] || fail "$input has fewer than 20 lines; name a longer file: $0 FILE" 2
}

produce() { strata produce "$topic" --key-separator "$tab" >/dev/null; }

# --- the groups ---

# field NAME: that field of each partition in the JSON on standard input, one on a line.
field() { tr -d ' \n' | grep -o "\"$1\":[^,}]*" | cut -d: -f2-; }
group_field() { strata group describe "$1" --output json | field "$2"; }
has_no_lag() { [ "$(group_field "$1" lag_records 2>/dev/null | sort -u)" = 0 ]; }
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# The counting group follows the topic all the time. It writes where each record came from, so that
# what is delivered twice is counted once.
start_counting() {
  # Not by way of the function: the process that is killed must be the reader itself.
  "$strata_binary" --broker "$broker" consume "$topic" --group counts --format '%p\t%o\t%k\n' \
    >"$home/counts.tsv" 2>"$home/counts.log" &
  counter_pid=$!
}

# The archiving group writes partition, offset, key and line, and commits in steps. "$@" are more
# arguments.
start_archiving() {
  "$strata_binary" --broker "$broker" consume "$topic" --group archive --commit-every "$step" \
    --format '%p\t%o\t%k\t%s\n' "$@" >>"$home/archive.tsv" &
  archiver_pid=$!
}

# Takes back what was written and not committed: it will be delivered again.
truncate_archive_to_committed() {
  group_field archive committed | awk -F'\t' '
    NR == FNR { committed[FNR - 1] = $1; next }
    NF >= 4 && $2 < committed[$1]
  ' - "$home/archive.tsv" >"$home/archive.new"
  mv "$home/archive.new" "$home/archive.tsv"
}

show_groups() {
  local group
  for group in counts archive; do
    say
    strata group describe "$group"
  done
}

# --- the proof ---

stable_by_key() { sort -s -t"$tab" -k1,1; }

prove() {
  cmp -s <(cut -f4- "$home/archive.tsv" | sort) <(cut -f2- "$home/keyed.tsv" | sort) ||
    fail "the archive does not hold the lines of $input; compare $home/archive.tsv with keyed.tsv"
  say "proven: the archive holds the $line_count lines of the input, each once, byte for byte"

  cmp -s <(cut -f3- "$home/archive.tsv" | stable_by_key) <(stable_by_key <"$home/keyed.tsv") ||
    fail "the order within a key did not hold; compare $home/archive.tsv with keyed.tsv"
  say "proven: the lines of each of the $(cut -f1 "$home/keyed.tsv" | sort -u | wc -l) keys are" \
    "in the order of the input"

  cmp -s <(sort -u "$home/counts.tsv" | cut -f3 | sort | uniq -c) \
    <(cut -f1 "$home/keyed.tsv" | sort | uniq -c) ||
    fail "the counts per key are wrong; compare $home/counts.tsv with keyed.tsv"
  say "proven: the other group counted as many lines for each key as there are"

  local group
  for group in counts archive; do
    # A partition that got no line has no cursor: -1.
    [ "$(group_field "$group" committed | awk '$1 > 0 { sum += $1 } END { print sum + 0 }')" -eq \
      "$line_count" ] || fail "group $group has not committed $line_count records; see above"
  done
  say "proven: both groups have committed all $line_count records"
}

# --- the run ---

read_arguments() {
  [ $# -le 1 ] || fail "give one file or none: $0 [FILE]" 2
  case ${1:-} in
    -h | --help)
      sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"
      exit 0
      ;;
    -*) fail "unknown flag $1; usage: $0 [FILE]" 2 ;;
  esac
  input=${1:-/var/log/dpkg.log}
  [ -r "$input" ] || fail "cannot read $input; name a text file: $0 FILE" 2
  [ ! -d "$input" ] || fail "$input is a directory; name a text file: $0 FILE" 2
  home=${STRATA_HOME:-$(mktemp -d "${TMPDIR:-/tmp}/strata-quickstart-XXXXXX")}
  mkdir -p "$home"
  home=$(cd "$home" && pwd)
  [ ! -e "$home/data" ] || fail "$home/data is there already; remove it, or unset STRATA_HOME" 2
}

append_the_first_half() {
  start_broker 127.0.0.1:0
  strata topic create "$topic" --partitions "$partitions" >/dev/null
  half=$((line_count / 2))
  step=$((half / 3 + 1)) # does not divide half: something is left to be committed
  head -n "$half" "$home/keyed.tsv" | produce
  say "$half of the $line_count lines of $input are on disk, in $partitions partitions"
}

read_with_two_groups() {
  : >"$home/archive.tsv"
  start_counting
  start_archiving
  wait_until "the archive to grow" has_lines "$home/archive.tsv" "$half"
  wait_until "the counting group" has_lines "$home/counts.tsv" "$half"
  say "both have read all of them; archive has committed in steps of $step, so not the last ones"
  show_groups
  say
}

kill_both_and_carry_on() {
  kill_hard "$archiver_pid"
  archiver_pid=
  kill_hard "$broker_pid"
  broker_pid=
  say "both are gone; the broker starts again on the same directory, and the other half comes in"
  start_broker "$broker"
  tail -n +$((half + 1)) "$home/keyed.tsv" | produce
  local written
  written=$(wc -l <"$home/archive.tsv")
  truncate_archive_to_committed
  say "the archive held $written lines and keeps $(wc -l <"$home/archive.tsv"), up to what was" \
    "committed; the rest is delivered again"
  start_archiving --exit-at-end
  local status=0
  wait "$archiver_pid" || status=$?
  archiver_pid=
  [ "$status" -eq 0 ] || fail "the archiving reader failed; see above"
}

stop_broker() {
  local status=0
  kill "$broker_pid"
  wait "$broker_pid" || status=$?
  broker_pid=
  [ "$status" -eq 0 ] || fail "the broker did not stop in good order; see $home/stratad.log"
}

say_what_next() {
  say
  say "All of it held. To go on with this broker and these lines:"
  say "  $stratad --data-dir $home/data &"
  say "  $strata_binary group describe archive"
  say "  $strata_binary group seek archive --topic $topic --to beginning --dry-run"
  say "  $strata_binary consume $topic --from beginning --max-records 5 --format '%p %o %k: %s\\n'"
}

main() {
  read_arguments "$@"
  take_input
  say "== 1. Packages and build"
  build
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  say "== 2. A broker on a fresh directory: $home/data"
  append_the_first_half
  say "== 3. Two groups read them, each at its own pace"
  read_with_two_groups
  say "== 4. kill -9 for the archiving reader and for the broker"
  kill_both_and_carry_on
  say "== 5. The cursors, and the proof"
  wait_until "the counting group to commit" has_no_lag counts
  show_groups
  say
  prove
  stop_broker
  say_what_next
}

main "$@"
