// What a run of the torture suite is made of: its seed, and how much of it is to be done.
//
//   STRATA_FAULT_SEED=N   the seed; without it, another one for each run
//   STRATA_FAULT_RUNS=X   so many times as much as the continuous integration does; may be below 1,
//                         as it is for builds with a sanitizer
#pragma once

#include <cstdint>

namespace strata::testing {

// Printed, and recorded as a property of the test that asks.
std::uint64_t FaultSeed();

// `runs` of the continuous integration, scaled; at least 1.
int ScaledRuns(int runs);

}  // namespace strata::testing
