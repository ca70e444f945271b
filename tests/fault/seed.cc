#include "tests/fault/seed.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace strata::testing {

std::uint64_t FaultSeed() {
  static const std::uint64_t seed = [] {
    const char* given = std::getenv("STRATA_FAULT_SEED");
    return given ? std::stoull(given) : std::random_device()();
  }();
  std::cout << "replay with STRATA_FAULT_SEED=" << seed << std::endl;
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

int ScaledRuns(int runs) {
  const char* factor = std::getenv("STRATA_FAULT_RUNS");
  return std::max(1, static_cast<int>(runs * (factor ? std::stod(factor) : STRATA_FAULT_SHARE)));
}

}  // namespace strata::testing
