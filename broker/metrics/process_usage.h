// What this process takes of its machine.
#pragma once

#include <chrono>
#include <cstdint>

namespace strata::broker {

struct ProcessUsage {
  std::chrono::microseconds cpu_time{0};  // of all threads together, since the start
  std::int64_t resident_bytes = 0;        // in memory now; 0 if the system does not say
};

// Cheap: reads one file of /proc (proc(5), statm). Threads: any.
ProcessUsage ReadProcessUsage();

}  // namespace strata::broker
