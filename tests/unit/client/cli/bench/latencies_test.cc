#include "client/cli/bench/latencies.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

using std::chrono::nanoseconds;

TEST(Latencies, WithoutAnyAreZero) {
  EXPECT_EQ(Latencies().Percentile(0.99), nanoseconds(0));
  EXPECT_EQ(Latencies().max(), nanoseconds(0));
}

TEST(Latencies, PercentilesAreKnownToOneSixtyFourth) {
  Latencies latencies;
  for (int i = 1; i <= 100'000; ++i) latencies.Add(nanoseconds(i * 1'000));
  for (const double fraction : {0.01, 0.5, 0.99, 0.999}) {
    const double exact = fraction * 100'000 * 1'000;
    const auto measured = static_cast<double>(latencies.Percentile(fraction).count());
    EXPECT_GE(measured, exact) << fraction;
    EXPECT_LE(measured, exact * (1 + 1.0 / 64) + 1'000) << fraction;
  }
  EXPECT_EQ(latencies.Percentile(1.0), nanoseconds(100'000'000));
  EXPECT_EQ(latencies.max(), nanoseconds(100'000'000));
}

TEST(Latencies, SmallAndHugeOnesHaveTheirPlace) {
  Latencies latencies;
  latencies.Add(nanoseconds(-5));
  latencies.Add(nanoseconds(3));
  latencies.Add(nanoseconds::max());
  EXPECT_EQ(latencies.count(), 3U);
  EXPECT_EQ(latencies.Percentile(0.3), nanoseconds(0));
  EXPECT_EQ(latencies.Percentile(0.5), nanoseconds(3));
  EXPECT_EQ(latencies.Percentile(1.0), nanoseconds::max());
}

TEST(Latencies, OfSeveralThreadsTogetherAreAsIfOneHadCountedThem) {
  Latencies all;
  Latencies odd;
  Latencies even;
  for (int i = 1; i <= 1'000; ++i) {
    all.Add(nanoseconds(i * i));
    (i % 2 == 0 ? even : odd).Add(nanoseconds(i * i));
  }
  odd.Merge(even);
  EXPECT_EQ(odd.count(), all.count());
  EXPECT_EQ(odd.max(), all.max());
  for (const double fraction : {0.001, 0.5, 0.99, 1.0}) {
    EXPECT_EQ(odd.Percentile(fraction), all.Percentile(fraction)) << fraction;
  }
}

}  // namespace
}  // namespace strata::cli
