#!/bin/bash
# The test command: installs what is missing, builds, and runs everything.
#
#   tests/run.sh           format, release, address/undefined sanitizers, thread sanitizer
#   tests/run.sh --quick   format and release only
#
# Stops at the first stage that fails. Every stage's command is printed, so that it can be run
# alone. Temporary files go below $TMPDIR. Exit status: 0 all passed, 1 something failed, 2 usage.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=false
case "$*" in
  "") ;;
  --quick) quick=true ;;
  *)
    echo "run.sh: unknown arguments '$*'; give --quick or nothing" >&2
    exit 2
    ;;
esac

jobs=$(nproc)
summary=()

# stage NAME COMMAND...: runs a stage, or ends the run with its name.
stage() {
  local name=$1 started=$SECONDS
  shift
  printf '\n== %s: %s\n' "$name" "$*"
  if ! "$@"; then
    printf '\n== FAILED: %s, after %d s\n' "$name" $((SECONDS - started)) >&2
    exit 1
  fi
  summary+=("$(printf '%5d s  %s' $((SECONDS - started)) "$name")")
}

check_format() {
  find proto storage broker client tests bench \( -name '*.cc' -o -name '*.h' \) -print0 |
    xargs -0 clang-format-14 --dry-run -Werror
}

# build_and_test PRESET CTEST-ARGUMENTS...
build_and_test() {
  local preset=$1
  shift
  stage "$preset: configure" cmake --preset "$preset" -DBUILD_TESTING=ON --log-level=WARNING
  stage "$preset: build" cmake --build --preset "$preset"
  stage "$preset: test" ctest --preset "$preset" -j "$jobs" --no-tests=error "$@"
}

stage "packages" deploy/install-dependencies.sh --with-tests
stage "format" check_format
build_and_test release
if ! $quick; then
  build_and_test asan --label-exclude style
  # End to end, the sanitizer sees nothing of how gRPC's threads hand work to each other, and takes
  # what is in order for races: unit, contract and model tests reach our own threads without gRPC.
  build_and_test tsan --label-exclude 'style|e2e'
fi

printf '\n== All passed:\n'
printf '%s\n' "${summary[@]}" "$(printf '%5d s  in total' "$SECONDS")"
