#include "broker/metrics/process_usage.h"

#include <ctime>
#include <fstream>

#include <unistd.h>

namespace strata::broker {
namespace {

std::chrono::microseconds CpuTime() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

std::int64_t ResidentBytes() {
  std::ifstream pages("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  pages >> size >> resident;
  return pages ? resident * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace

ProcessUsage ReadProcessUsage() {
  return {.cpu_time = CpuTime(), .resident_bytes = ResidentBytes()};
}

}  // namespace strata::broker
