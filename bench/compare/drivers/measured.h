// What a load has measured, and how it is printed: as `strata bench --output json` does.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "client/cli/bench/latencies.h"

namespace strata::compare {

struct Measured {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of values
  std::chrono::duration<double> time{};
  cli::Latencies latencies;  // may be empty
  // Of values, with those of a warm-up, which are in none of the other figures.
  std::uint64_t bytes_in_all = 0;

  // One JSON object on one line.
  std::string ToJson() const;
};

}  // namespace strata::compare
