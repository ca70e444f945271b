#include "client/lib/retry/backoff.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace strata {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Backoff, LimitDoublesUpToTheMaximum) {
  const milliseconds first(20);
  const milliseconds max(500);
  EXPECT_EQ(BackoffLimit(first, max, 0), milliseconds(20));
  EXPECT_EQ(BackoffLimit(first, max, 1), milliseconds(40));
  EXPECT_EQ(BackoffLimit(first, max, 4), milliseconds(320));
  EXPECT_EQ(BackoffLimit(first, max, 5), milliseconds(500));
  EXPECT_EQ(BackoffLimit(first, max, 1'000'000), milliseconds(500));
}

TEST(Backoff, LimitNeverExceedsTheMaximumEvenAtFirst) {
  EXPECT_EQ(BackoffLimit(milliseconds(50), milliseconds(10), 0), milliseconds(10));
}

TEST(Backoff, OfNothingIsNothing) {
  EXPECT_EQ(BackoffLimit(milliseconds(0), milliseconds(10), 1'000), milliseconds(0));
}

TEST(Backoff, WaitsLieBetweenNothingAndTheLimit) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(milliseconds(20), milliseconds(500), seed);
    for (int attempt = 0; attempt < 12; ++attempt) {
      const microseconds wait = backoff.Next();
      EXPECT_GE(wait, microseconds(0));
      EXPECT_LE(wait, BackoffLimit(milliseconds(20), milliseconds(500), attempt));
    }
  }
}

TEST(Backoff, WaitsUseAllOfTheRange) {
  std::vector<microseconds> waits;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    waits.push_back(Backoff(milliseconds(20), milliseconds(500), seed).Next());
  }
  EXPECT_LT(*std::min_element(waits.begin(), waits.end()), milliseconds(1));
  EXPECT_GT(*std::max_element(waits.begin(), waits.end()), milliseconds(19));
}

TEST(Backoff, StartsAnewAfterReset) {
  Backoff backoff(milliseconds(1), milliseconds(10'000), 7);
  for (int attempt = 0; attempt < 20; ++attempt) backoff.Next();
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(1));
}

TEST(Backoff, OnlyErrorsThatMayPassAreWorthARetry) {
  for (const auto code : {ErrorCode::UNAVAILABLE, ErrorCode::TIMEOUT, ErrorCode::OVERLOADED,
                          ErrorCode::DISK_FULL, ErrorCode::SHUTTING_DOWN, ErrorCode::NOT_OWNER}) {
    EXPECT_TRUE(IsRetriable(code)) << ErrorName(code);
  }
  for (const auto code : {ErrorCode::UNKNOWN_TOPIC, ErrorCode::RECORD_TOO_LARGE,
                          ErrorCode::LOG_POISONED, ErrorCode::INTERNAL, ErrorCode::CANCELLED}) {
    EXPECT_FALSE(IsRetriable(code)) << ErrorName(code);
  }
}

}  // namespace
}  // namespace strata
