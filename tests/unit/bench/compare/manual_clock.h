// A clock that stands still until somebody sleeps or moves it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "bench/compare/drivers/clock.h"

namespace strata::compare {

class ManualClock final : public Clock {
 public:
  // `before_sleep` is called by each SleepUntil, before time moves.
  explicit ManualClock(std::function<void()> before_sleep = [] {})
      : before_sleep_(std::move(before_sleep)) {}

  TimePoint Now() const override { return TimePoint(std::chrono::nanoseconds(now_ns_.load())); }

  void SleepUntil(TimePoint moment) override {
    before_sleep_();
    if (moment > Now()) now_ns_ = moment.time_since_epoch().count();
  }

  void Advance(std::chrono::nanoseconds time) { now_ns_ += time.count(); }

 private:
  const std::function<void()> before_sleep_;
  std::atomic<std::int64_t> now_ns_ = 1'000'000'000;
};

}  // namespace strata::compare
