#!/bin/bash
# Proves that the fault tests can fail: breaks the broker in one way after the other, and expects
# them to notice each. README.md beside this script says what a mutant is and lists them.
#
#   tests/fault/mutants/run.sh                  all mutants
#   tests/fault/mutants/run.sh NAME...          some of them
#   tests/fault/mutants/run.sh --times N ...    each must be caught so many times, by N random seeds
#
# Mutants are applied to a copy of the sources, which is built below $TMPDIR and deleted at the end;
# the tree itself is never changed. With STRATA_MUTANTS_DIR=DIR the copy is kept there, so that the
# next run has less to build. Prints a table; what the failed tests have said goes to
# build/mutants/. Exit status: 0 all were caught, 1 some were not, 2 usage.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source_dir=$(cd "$here/../../.." && pwd)
readonly binaries=(strata_fault_store_tests strata_fault_process_tests)
readonly longest=600  # seconds that one binary may take

times=1
if [ "${1:-}" = --times ]; then
  [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || { echo "usage: run.sh [--times N] [NAME...]" >&2; exit 2; }
  times=$2
  shift 2
fi
names=("$@")
if [ $# -eq 0 ]; then
  for patch in "$here"/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi
for name in "${names[@]}"; do
  [ -f "$here/$name.patch" ] || { echo "mutants: there is no mutant '$name'" >&2; exit 2; }
  grep -q "^| .$name. |" "$here/README.md" ||
    { echo "mutants: '$name' is not in the list in README.md" >&2; exit 2; }
done

filter_of() { sed -n 's/^Caught by: //p' "$here/$1.patch"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=${STRATA_MUTANTS_DIR:-$work/strata}
mkdir -p "$copy"
copy=$(cd "$copy" && pwd)
logs=$source_dir/build/mutants
mkdir -p "$logs"
# The copy is no repository, even if its directory lies in one.
export GIT_CEILING_DIRECTORIES
GIT_CEILING_DIRECTORIES=$(dirname "$copy")

sources_below() {
  (cd "$1" && find . \( -path ./build -o -path ./.git \) -prune -o -type f -print | sort)
}

# Makes the copy equal to the sources. Files that are equal keep their time, so that they are not
# compiled again; those that are not get a new one, so that they are.
copy_sources() {
  local file
  while read -r file; do
    cmp -s "$source_dir/$file" "$copy/$file" && continue
    mkdir -p "$copy/$(dirname "$file")"
    cp "$source_dir/$file" "$copy/$file"
  done < <(sources_below "$source_dir")
  while read -r file; do rm "$copy/$file"; done < <(
    comm -13 <(sources_below "$source_dir") <(sources_below "$copy"))
}

build() {
  cmake --build "$copy/build/release" --target "${binaries[@]}" >"$work/build.log" 2>&1
}

# run_tests BINARY FILTER LOG
run_tests() {
  timeout "$longest" "$copy/build/release/tests/$1" --gtest_filter="$2" --gtest_fail_fast \
    --gtest_brief=1 >"$3" 2>&1
}

selects_a_test() {
  local binary
  for binary in "${binaries[@]}"; do
    "$copy/build/release/tests/$binary" --gtest_filter="$1" --gtest_list_tests | grep -q '^  ' &&
      return
  done
  return 1
}

# Runs the tests of a mutant that was built. Sets verdict and detail.
run_once() {
  local name=$1 filter=$2 binary log
  verdict=MISSED
  detail="no test of $filter has noticed"
  for binary in "${binaries[@]}"; do
    log=$logs/$name-$binary.log
    run_tests "$binary" "$filter" "$log" && continue
    detail=$(sed -n 's/^\[  FAILED  \] \([^ ,]*\).*/\1/p' "$log" | head -1)
    if [ -z "$detail" ]; then
      detail="$binary ended without a verdict"
      return
    fi
    verdict=$(grep -m1 -o '\bI[0-9]\b' "$log" | head -1 || true)
    verdict=${verdict:+caught $verdict}
    verdict=${verdict:-caught}
    detail+=" $(grep -m1 -o 'STRATA_FAULT_SEED=[0-9]*' "$log" || true)"
    return
  done
}

# Sets verdict and detail.
judge() {
  local name=$1 turn
  verdict=MISSED
  if ! git -C "$copy" apply "$here/$name.patch" 2>"$work/apply.log"; then
    detail="does not apply: $(head -1 "$work/apply.log")"
    return
  fi
  if ! build; then
    detail="does not build: $(grep -m1 'error:' "$work/build.log" || tail -1 "$work/build.log")"
    return
  fi
  for ((turn = 1; turn <= times; ++turn)); do
    run_once "$name" "$(filter_of "$name")"
    [ "$verdict" != MISSED ] || { detail+=" (turn $turn of $times)"; return; }
  done
}

echo "Building the sources as they are, in $copy"
copy_sources
cmake -S "$copy" --preset release -DBUILD_TESTING=ON --log-level=WARNING >/dev/null
build || { tail -50 "$work/build.log" >&2; exit 1; }

# A mutant that is caught by a test that fails anyway proves nothing.
all=
for name in "${names[@]}"; do
  filter=$(filter_of "$name")
  if [ -z "$filter" ] || ! selects_a_test "$filter"; then
    echo "mutants: $name does not say which tests are to notice it" >&2
    exit 1
  fi
  all+=$filter:
done
echo "Running the tests on them, which must pass"
for binary in "${binaries[@]}"; do
  run_tests "$binary" "$all" "$logs/unchanged-$binary.log" && continue
  echo "mutants: the tests fail on the sources as they are, see $logs/unchanged-$binary.log" >&2
  exit 1
done
echo "They do, after $SECONDS s"

missed=0
number=0
printf '%-7s %-28s %-10s %s\n' '' MUTANT VERDICT 'FIRST TO NOTICE, OR WHY NOT'
for name in "${names[@]}"; do
  number=$((number + 1))
  judge "$name"
  printf '%-7s %-28s %-10s %s\n' "$number/${#names[@]}" "$name" "$verdict" "$detail"
  [ "$verdict" != MISSED ] || missed=$((missed + 1))
  copy_sources
done
echo "${#names[@]} mutants, $missed of them not caught, after $SECONDS s"
[ "$missed" -eq 0 ]
