// The moment when a record was due, in the first bytes of its value: peers have no headers in
// common.
//
// Pure.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "bench/compare/drivers/clock.h"

namespace strata::compare {

constexpr std::size_t kStampBytes = sizeof(std::int64_t);

// The value has at least kStampBytes.
inline void Stamp(std::string* value, Clock::TimePoint due) {
  const std::int64_t moment = due.time_since_epoch().count();
  std::memcpy(value->data(), &moment, kStampBytes);
}

// std::runtime_error if the value is too short to have one.
inline Clock::TimePoint StampOf(std::string_view value) {
  if (value.size() < kStampBytes) throw std::runtime_error("a record came without its time");
  std::int64_t moment = 0;
  std::memcpy(&moment, value.data(), kStampBytes);
  return Clock::TimePoint(Clock::TimePoint::duration(moment));
}

}  // namespace strata::compare
