// The steady clock of the system.
#pragma once

#include "bench/compare/drivers/clock.h"

namespace strata::compare {

class SystemClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
  // The first call asks the system for no timer slack for the thread: else it may wake it 50 us
  // late, which would count as the peer's.
  void SleepUntil(TimePoint moment) override;
};

}  // namespace strata::compare
