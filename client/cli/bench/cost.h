// What a measurement has cost, on both sides.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace strata::cli {

struct BrokerCost {
  std::chrono::microseconds cpu_time{0};  // of all its threads
  std::int64_t peak_resident_bytes = 0;   // as far as somebody has looked
};

struct Cost {
  std::optional<BrokerCost> broker;              // nothing: not known
  std::chrono::microseconds client_cpu_time{0};  // of all threads of this process
};

// Of processor time for each 1,000,000,000 bytes; `bytes` > 0.
inline double SecondsPerGigabyte(std::chrono::microseconds cpu_time, std::uint64_t bytes) {
  return std::chrono::duration<double>(cpu_time).count() * 1e9 / static_cast<double>(bytes);
}

}  // namespace strata::cli
