// The clocks of the machine; a test can stand in for them.
//
// Threads: any.
#pragma once

#include <chrono>

#include "proto/base/types.h"

namespace strata::storage {

class TimeSource {
 public:
  virtual ~TimeSource() = default;

  // What people read from a clock. Jumps when somebody sets it.
  virtual TimestampMs Wall() const = 0;

  // Since some moment in the past; runs evenly and never jumps.
  virtual std::chrono::milliseconds Steady() const = 0;

  // The machine's own clocks; lives for ever.
  static const TimeSource& Real();
};

}  // namespace strata::storage
