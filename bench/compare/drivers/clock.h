// The time that loads go by; tests have one that nobody has to wait for.
#pragma once

#include <chrono>

namespace strata::compare {

// Any threads may use it at once.
class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;

  virtual TimePoint Now() const = 0;
  // Returns at `moment` or a little later, and at once if it has passed.
  virtual void SleepUntil(TimePoint moment) = 0;
};

}  // namespace strata::compare
