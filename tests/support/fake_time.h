// Clocks that a test sets.
#pragma once

#include <atomic>
#include <chrono>

#include "storage/io/time_source.h"

namespace strata::testing {

class FakeTime : public storage::TimeSource {
 public:
  // 2023-11-14, and some while after the machine was started.
  static constexpr TimestampMs kStart = 1'700'000'000'000;

  TimestampMs Wall() const override { return wall_.load(); }
  std::chrono::milliseconds Steady() const override {
    return std::chrono::milliseconds(steady_.load());
  }

  // Time passes.
  void Pass(std::chrono::milliseconds time) {
    wall_ += time.count();
    steady_ += time.count();
  }

  // Somebody sets the clock.
  void Jump(std::chrono::milliseconds ahead) { wall_ += ahead.count(); }

 private:
  std::atomic<TimestampMs> wall_{kStart};
  std::atomic<std::int64_t> steady_{12'345};
};

}  // namespace strata::testing
