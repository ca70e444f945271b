#!/bin/bash
# Proves that the fault tests can fail: breaks the broker in one way after the other, and expects
# them to notice each.
#
#   tests/fault/mutants/run.sh                  all mutants
#   tests/fault/mutants/run.sh NAME...          some of them
#
# A mutant is a patch, NAME.patch beside this script: what it takes away, and in front of that, in
# words, what a user would lose, and which tests are to notice ("Caught by: <gtest filter>"). It is
# applied to a copy of the sources, built there, and forgotten; the tree itself is never changed.
# Prints a table. Temporary files go below $TMPDIR. Exit status: 0 all were caught, 1 some were
# not or could not be built, 2 usage.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../../.." && pwd)
binaries="strata_fault_store_tests strata_fault_process_tests"

names=("$@")
if [ $# -eq 0 ]; then
  for patch in "$here"/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi
for name in "${names[@]}"; do
  [ -f "$here/$name.patch" ] || { echo "mutants: there is no mutant '$name'" >&2; exit 2; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/strata
mkdir "$copy"
tar -C "$source_dir" --exclude=./build --exclude=./.git -cf - . | tar -C "$copy" -xf -
cd "$copy"

build() {
  # shellcheck disable=SC2086  # a list of words
  cmake --build --preset release --target $binaries >"$work/build.log" 2>&1
}

# Runs the tests that are to notice; prints the first one that does.
first_failure() {
  local filter=$1 binary log
  for binary in $binaries; do
    log=$work/$binary.log
    timeout 600 "build/release/tests/$binary" --gtest_filter="$filter" --gtest_fail_fast \
      --gtest_brief=1 >"$log" 2>&1 && continue
    sed -n 's/^\[  FAILED  \] \([^ ,]*\).*/\1/p' "$log" | head -1 | grep . && return
    echo "$binary ended without a verdict"
    return
  done
}

echo "Building the sources as they are"
cmake --preset release -DBUILD_TESTING=ON --log-level=WARNING >/dev/null
build || { tail -50 "$work/build.log" >&2; exit 1; }

missed=0
printf '%-32s %-10s %s\n' MUTANT VERDICT 'CAUGHT BY'
for name in "${names[@]}"; do
  patch=$here/$name.patch
  filter=$(sed -n 's/^Caught by: //p' "$patch")
  git apply "$patch"
  if ! build; then
    verdict='no build'
    by=$(grep -m1 error: "$work/build.log" || tail -1 "$work/build.log")
    missed=$((missed + 1))
  else
    by=$(first_failure "$filter")
    verdict=caught
    if [ -z "$by" ]; then
      verdict=MISSED
      missed=$((missed + 1))
    fi
  fi
  git apply --reverse "$patch"
  printf '%-32s %-10s %s\n' "$name" "$verdict" "$by"
done
echo "${#names[@]} mutants, $missed of them not caught"
[ "$missed" -eq 0 ]
