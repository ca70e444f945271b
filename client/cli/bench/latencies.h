// Counts durations in buckets that are at most 1/64 of their value wide, so that percentiles are
// known to 1.6 % in constant memory: a log-linear histogram, as HdrHistogram by Gil Tene
// (https://hdrhistogram.org), which Debian 12 does not have for C. Use it from one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace strata::cli {

class Latencies {
 public:
  void Add(std::chrono::nanoseconds duration);
  // As if everything that `others` have counted had been added here.
  void Merge(const Latencies& others);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }

  // The duration that `fraction` (0 to 1) of all stay within, rounded up to its bucket's end; the
  // maximum is exact. 0 without any.
  std::chrono::nanoseconds Percentile(double fraction) const;

 private:
  static constexpr int kSubBits = 6;
  static constexpr std::size_t kBuckets = (64 - kSubBits) << kSubBits;

  static std::size_t BucketOf(std::uint64_t value);
  static std::uint64_t UpperEnd(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace strata::cli
