#include "bench/compare/drivers/system_clock.h"

#include <thread>

#include <sys/prctl.h>

namespace strata::compare {

void SystemClock::SleepUntil(TimePoint moment) {
  thread_local const int without_slack = prctl(PR_SET_TIMERSLACK, 1UL);
  static_cast<void>(without_slack);
  std::this_thread::sleep_until(moment);
}

}  // namespace strata::compare
