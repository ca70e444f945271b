#!/bin/bash
# The fault tests, again and again with new seeds, for hours; counts what was done.
#
#   tests/fault/long-run.sh --hours N      N may be a fraction: 0.5
#   tests/fault/long-run.sh --every-bit    flips each bit of both databases of a store, one at a
#                                          time, and stops: 20 minutes or so; of the options that
#                                          RocksDB notes, which nothing reads, one of each byte
#
# Needs a release build (tests/run.sh --quick). Begins with each byte and each bit of a log. Then
# each turn runs every fault test with more rounds than a usual run of the tests; a turn that has
# begun is finished. Stops at the first failure and prints the seed that replays it. At the end it
# prints what was done and with which seeds (README.md beside this script). Logs go to
# build/fault-runs/. Exit status: 0 no violation, 1 violations, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  echo "usage: tests/fault/long-run.sh --hours N | --every-bit" >&2
  exit 2
}
seconds=0
if [ $# -eq 2 ] && [ "$1" = --hours ]; then
  seconds=$(awk -v hours="$2" 'BEGIN { if (hours + 0 <= 0) exit 1; printf "%d", hours * 3600 }') ||
    usage
elif [ $# -ne 1 ] || [ "$1" != --every-bit ]; then
  usage
fi

readonly binaries=build/release/tests
for part in store process; do
  binary=$binaries/strata_fault_${part}_tests
  [ -x "$binary" ] || { echo "long-run: $binary is missing; run tests/run.sh --quick" >&2; exit 2; }
done

logs=build/fault-runs/$(date +%Y-%m-%dT%H%M%S)
mkdir -p "$logs"
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
echo "commit $commit, logs in $logs"

# run NAME PART FACTOR FILTER
run() {
  local log=$logs/$1-$2.log
  STRATA_FAULT_RUNS=$3 "$binaries/strata_fault_$2_tests" "--gtest_filter=$4" \
    "--gtest_output=json:${log%.log}.json" >"$log" 2>&1 && return
  echo "$1: VIOLATION, see $log:" >&2
  grep -E 'STRATA_FAULT_SEED|^\[  FAILED|^I[0-9]:' "$log" | head -20 >&2
  exit 1
}
passed() { echo "$1 passed after $SECONDS s"; }

readonly all=2000  # times a usual run is more than there are bits
run bits-of-log store "$all" 'DamagedLogTest.CutAtEveryByte*:DamagedLogTest.ABitThatHasFlipped*'
passed bits-of-log
if [ "$1" = --every-bit ]; then
  run bits-of-databases store "$all" '*FlippedBitTest.NoBitOf*'
  passed bits-of-databases
fi
turn=0
until=$((SECONDS + seconds))
while [ "$SECONDS" -lt "$until" ]; do
  turn=$((turn + 1))
  for part in store process; do run "turn-$turn" "$part" 10 '*'; done
  passed "turn-$turn"
done

echo
echo "commit $commit, $turn turns, $SECONDS s, no violation"
python3 - "$logs"/*.json <<'COUNT'
import collections, json, os, sys

# What each test has noted of itself: how many lives, rounds, ... it has run, and its seed, which
# all tests of a process share.
counts = collections.Counter()
seeds = {}
known = {"name", "file", "line", "status", "result", "timestamp", "time", "classname", "seed",
         "type_param", "value_param"}
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        for suite in json.load(report)["testsuites"]:
            for test in suite["testsuite"]:
                if "seed" in test:
                    seeds[os.path.basename(path).removesuffix(".json")] = test["seed"]
                for what in set(test) - known:
                    counts[f"{suite['name']}.{test['name']}: {what}"] += int(test[what])
for name, count in sorted(counts.items()):
    print(f"  {name} {count}")
for run, seed in sorted(seeds.items()):
    print(f"  {run}: STRATA_FAULT_SEED={seed}")
COUNT
