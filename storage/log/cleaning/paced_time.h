// The wall clock, tamed: what decides how old records are.
//
// Whoever sets the clock ten years ahead by mistake must find more than empty logs when he sets it
// right again. So time is followed only as fast as `kMaxSpeed` times real time, and what was missed
// while the broker was down is caught up likewise: eight hours in eight minutes, ten years in two
// months. A clock that goes back takes nothing: records only live longer.
//
// Pure: the owner guards it and tells it the time.
#pragma once

#include <algorithm>
#include <chrono>

#include "proto/base/types.h"

namespace strata::storage {

class PacedTime {
 public:
  static constexpr std::int64_t kMaxSpeed = 60;
  // 2020-01-01. A clock that says less was never set: it neither ages anything nor counts later.
  static constexpr TimestampMs kEarliest = 1'577'836'800'000;

  // `latest`: latest() of an earlier run, or kNoTimestamp. `steady`: the steady clock now.
  PacedTime(TimestampMs latest, std::chrono::milliseconds steady)
      : latest_(latest), steady_(steady) {}

  // Tells what the clocks say. `steady` never goes back.
  void Advance(TimestampMs wall, std::chrono::milliseconds steady) {
    if (wall >= kEarliest) {
      const TimestampMs reachable = latest_ + kMaxSpeed * (steady - steady_).count();
      latest_ = std::max(latest_, latest_ == kNoTimestamp ? wall : std::min(wall, reachable));
    }
    wall_ = wall;
    steady_ = steady;
  }

  // How late it is when the age of records is asked for. kNoTimestamp: nobody knows.
  TimestampMs now() const { return std::min(wall_, latest_); }

  // The latest that it has been: never goes back, so that what is stamped with it during a jump of
  // the clock is never taken for older than it is. kNoTimestamp: nobody knows.
  TimestampMs latest() const { return latest_; }

  // How far the wall clock is ahead of what is believed.
  std::chrono::milliseconds ahead() const {
    return std::chrono::milliseconds(latest_ == kNoTimestamp ? 0 : wall_ - now());
  }

 private:
  TimestampMs latest_;
  TimestampMs wall_ = kNoTimestamp;
  std::chrono::milliseconds steady_;
};

}  // namespace strata::storage
