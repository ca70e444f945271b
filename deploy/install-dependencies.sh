#!/bin/sh
# Installs the packages that Strata is built from, on Debian 12 or Ubuntu 24.04.
#
#   deploy/install-dependencies.sh                what the build needs
#   deploy/install-dependencies.sh --with-tests   what the tests and benchmarks need, too
#   deploy/install-dependencies.sh --with-peers   that, and what bench/compare fetches and runs the
#                                                 peers with
#
# Does nothing, and does not touch the network, if all of them are there. Needs root or sudo
# otherwise. Exit status: 0 all are there, 1 they could not be installed, 2 wrong usage.
set -eu

build_packages="
  g++ cmake ninja-build ccache pkg-config
  protobuf-compiler protobuf-compiler-grpc libprotobuf-dev libgrpc++-dev
  librocksdb-dev libisal-dev libre2-dev libzstd-dev liblz4-dev libsnappy-dev zlib1g-dev
  libexpected-dev libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev
  nlohmann-json3-dev prometheus-cpp-dev libcivetweb-dev libssl-dev"
test_packages="
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
  clang-14 clang-format-14 libclang-rt-14-dev libfaketime
  git python3 python3-grpcio python3-protobuf"
peer_packages="
  maven openjdk-17-jre-headless
  librdkafka-dev libnats-dev libhiredis-dev"

fail() {
  echo "install-dependencies: $1" >&2
  exit "${2:-1}"
}

case "$*" in
  "") wanted=$build_packages ;;
  --with-tests) wanted="$build_packages $test_packages" ;;
  --with-peers) wanted="$build_packages $test_packages $peer_packages" ;;
  *) fail "unknown arguments '$*'; give --with-tests, --with-peers or nothing" 2 ;;
esac

command -v apt-get >/dev/null ||
  fail "this is not Debian or Ubuntu; install what is called there:$wanted"

# Packages of the list that are not installed, on one line.
missing_packages() {
  for package in $wanted; do echo "$package"; done | sort >"$lists/wanted"
  # dpkg-query complains about names that it has never heard of: they are simply missing.
  # shellcheck disable=SC2086  # a list of words
  dpkg-query --show --showformat='${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null |
    sed -n 's/^ii *//p' | sort -u >"$lists/installed" || true
  comm -23 "$lists/wanted" "$lists/installed" | tr '\n' ' '
}

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

missing=$(missing_packages)
if [ -z "$missing" ]; then
  exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "run this as root, or install sudo; missing: $missing"
  as_root=sudo
fi

echo "Installing: $missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq ||
  fail "the package lists could not be fetched; check the network and /etc/apt, then run this again"
# shellcheck disable=SC2086  # a list of words
$as_root apt-get install -y -qq --no-install-recommends $missing >"$lists/apt.log" 2>&1 || {
  tail -n 20 "$lists/apt.log" >&2
  fail "apt-get could not install: $missing"
}

missing=$(missing_packages)
[ -z "$missing" ] || fail "still missing after apt-get: $missing"
