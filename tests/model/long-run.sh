#!/bin/bash
# The model tests with many more random histories than a usual run of the tests has.
#
#   tests/model/long-run.sh [--histories N]     100000 of each unless told
#
# Needs a release build (tests/run.sh --quick). A failure prints what replays it. Exit status: 0 no
# violation, 1 violations, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/../.."

histories=100000
case "$#,${1:-}" in
  0,) ;;
  2,--histories) histories=$2 ;;
  *)
    echo "usage: tests/model/long-run.sh [--histories N]" >&2
    exit 2
    ;;
esac
[[ $histories =~ ^[1-9][0-9]*$ ]] || {
  echo "long-run: '$histories' is no number of histories" >&2
  exit 2
}
binary=build/release/tests/strata_model_tests
[ -x "$binary" ] || { echo "long-run: $binary is missing; run tests/run.sh --quick" >&2; exit 2; }

for model in MembershipModel GroupModel; do
  RC_PARAMS="max_success=$histories" "$binary" "--gtest_filter=$model.*" || exit 1
done
