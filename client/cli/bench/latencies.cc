#include "client/cli/bench/latencies.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace strata::cli {

void Latencies::Add(std::chrono::nanoseconds duration) {
  const std::int64_t value = std::max<std::int64_t>(duration.count(), 0);
  ++counts_[BucketOf(static_cast<std::uint64_t>(value))];
  ++count_;
  max_ = std::max(max_, value);
}

void Latencies::Merge(const Latencies& others) {
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    counts_[bucket] += others.counts_[bucket];
  }
  count_ += others.count_;
  max_ = std::max(max_, others.max_);
}

std::chrono::nanoseconds Latencies::Percentile(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen > 0 && seen >= wanted) {
      return std::chrono::nanoseconds(std::min(max_, static_cast<std::int64_t>(UpperEnd(bucket))));
    }
  }
  return std::chrono::nanoseconds(0);
}

// Values below 2^kSubBits have a bucket each; above, every power of two has 2^kSubBits of them.
std::size_t Latencies::BucketOf(std::uint64_t value) {
  const int width = std::bit_width(value);
  if (width <= kSubBits) return static_cast<std::size_t>(value);
  const int shift = width - kSubBits - 1;
  const auto sub = static_cast<std::size_t>(value >> shift) - (std::size_t{1} << kSubBits);
  return ((static_cast<std::size_t>(shift) + 1) << kSubBits) + sub;
}

std::uint64_t Latencies::UpperEnd(std::size_t bucket) {
  const std::size_t row = bucket >> kSubBits;
  if (row == 0) return bucket;
  const std::uint64_t sub = bucket & ((std::size_t{1} << kSubBits) - 1);
  const auto shift = static_cast<int>(row - 1);
  return (((std::uint64_t{1} << kSubBits) + sub + 1) << shift) - 1;
}

}  // namespace strata::cli
