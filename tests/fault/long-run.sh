#!/bin/bash
# The fault tests, again and again with new seeds, for hours; counts what was done.
#
#   tests/fault/long-run.sh --hours N      N may be a fraction: 0.5
#
# Needs a release build (tests/run.sh --quick). Each turn runs every fault test with more rounds
# than a usual run of the tests; a turn that has begun is finished. Stops at the first failure and
# prints the seed that replays it. Logs go to build/fault-runs/. Exit status: 0 no violation, 1
# violations, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  echo "usage: tests/fault/long-run.sh --hours N" >&2
  exit 2
}
[ $# -eq 2 ] && [ "$1" = --hours ] || usage
seconds=$(awk -v hours="$2" 'BEGIN { if (hours + 0 <= 0) exit 1; printf "%d", hours * 3600 }') ||
  usage

binaries=()
for part in store process; do
  binaries+=("build/release/tests/strata_fault_${part}_tests")
done
for binary in "${binaries[@]}"; do
  [ -x "$binary" ] || { echo "long-run: $binary is missing; run tests/run.sh --quick" >&2; exit 2; }
done

logs=build/fault-runs/$(date +%Y-%m-%dT%H%M%S)
mkdir -p "$logs"
commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
echo "commit $commit, logs in $logs"

turn=0
while [ "$SECONDS" -lt "$seconds" ]; do
  turn=$((turn + 1))
  for binary in "${binaries[@]}"; do
    log=$logs/$turn-$(basename "$binary").log
    if ! STRATA_FAULT_RUNS=10 "$binary" "--gtest_output=json:${log%.log}.json" >"$log" 2>&1; then
      echo "turn $turn: VIOLATION, see $log:" >&2
      grep -E 'STRATA_FAULT_SEED|^\[  FAILED|^I[0-9]:' "$log" | head -20 >&2
      exit 1
    fi
  done
  echo "turn $turn passed after $SECONDS s"
done

echo
echo "commit $commit, $turn turns, $SECONDS s, no violation"
python3 - "$logs"/*.json <<'COUNT'
import collections, json, sys

# What each test has noted of itself: how many lives, rounds, ... it has run.
counts = collections.Counter()
known = {"name", "file", "line", "status", "result", "timestamp", "time", "classname", "seed",
         "type_param", "value_param"}
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        for suite in json.load(report)["testsuites"]:
            for test in suite["testsuite"]:
                for what in set(test) - known:
                    counts[f"{suite['name']}.{test['name']}: {what}"] += int(test[what])
for name, count in sorted(counts.items()):
    print(f"  {name} {count}")
COUNT
