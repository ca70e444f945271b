// Which records belong to a load, and when each of them is to be sent.
//
// A record is due when its turn has come, however late those before it were. What is measured from
// there counts the wait of every record that a slow broker has kept from being sent; measured from
// the actual sending, a broker that stands still for a second would have one slow record instead of
// a second's worth ("coordinated omission", Gil Tene, "How NOT to Measure Latency").
//
// Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace strata::cli {

struct LoadLimits {
  std::uint64_t records = std::numeric_limits<std::uint64_t>::max();  // at most
  std::chrono::nanoseconds time = std::chrono::nanoseconds::max();    // at most
  std::uint64_t per_second = 0;                                       // 0: no fixed rate
};

class LoadSchedule {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  LoadSchedule(const LoadLimits& limits, TimePoint begin) : limits_(limits), begin_(begin) {}

  TimePoint begin() const { return begin_; }
  bool has_rate() const { return limits_.per_second > 0; }

  // With a rate.
  TimePoint DueAt(std::uint64_t index) const {
    const std::uint64_t seconds = index / limits_.per_second;
    const std::uint64_t rest = index % limits_.per_second;
    return begin_ + std::chrono::seconds(seconds) +
           std::chrono::nanoseconds(rest * kNanosecondsOfSecond / limits_.per_second);
  }

  // When a sender that has nothing due `now` looks again, if the next record is due at `due`. What
  // has become due meanwhile is sent together, and its wait counts.
  static TimePoint WakeUp(TimePoint due, TimePoint now) { return std::max(due, now + kLeastNap); }

  // Whether the record with this index, from 0, is part of the load. With a rate that depends on
  // when it is due, and everything that is due will be sent; without, on the time `now`.
  bool Includes(std::uint64_t index, TimePoint now) const {
    if (index >= limits_.records) return false;
    return (has_rate() ? DueAt(index) : now) - begin_ < limits_.time;
  }

 private:
  static constexpr std::uint64_t kNanosecondsOfSecond = 1'000'000'000;
  // To sleep for each single one of 50,000 records in a second takes 40 % of a processor, which
  // whoever is measured would lack.
  static constexpr std::chrono::microseconds kLeastNap{100};

  const LoadLimits limits_;
  const TimePoint begin_;
};

}  // namespace strata::cli
