#include "client/lib/produce/linger.h"

#include <gtest/gtest.h>

namespace strata {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

ProducerOptions Options(Compression compression = Compression::kNone) {
  return {.compression = compression};
}

constexpr std::size_t kBatchBytes = 32'000;

TEST(Linger, WhileNothingIsUnderWayAFewRecordsGoAtOnce) {
  EXPECT_EQ(LingerNow(Options(), kBatchBytes, /*idle=*/true, 999), milliseconds(0));
}

TEST(Linger, WhatFillsABatchWaitsTheLongerTheFullerItIs) {
  EXPECT_EQ(LingerNow(Options(), kBatchBytes, /*idle=*/true, 1'000), microseconds(500));
  EXPECT_EQ(LingerNow(Options(), kBatchBytes, /*idle=*/true, 2'000), microseconds(1'000));
  EXPECT_EQ(LingerNow(Options(), kBatchBytes, /*idle=*/true, 4'000), kLongestLinger);
  EXPECT_EQ(LingerNow(Options(), kBatchBytes, /*idle=*/true, 500'000), kLongestLinger);
}

TEST(Linger, WhileAnswersAreOutTheyAreWaitedFor) {
  EXPECT_EQ(LingerNow(Options(), kBatchBytes, /*idle=*/false, 1), kLongestLinger);
}

TEST(Linger, CompressionGetsFullBatches) {
  EXPECT_EQ(LingerNow(Options(Compression::kZstd), kBatchBytes, /*idle=*/true, 1), kLongestLinger);
}

TEST(Linger, WhatTheCallerSaysCounts) {
  ProducerOptions options = Options();
  options.linger = milliseconds(70);
  EXPECT_EQ(LingerNow(options, kBatchBytes, /*idle=*/true, 1), milliseconds(70));
  EXPECT_EQ(LingerNow(options, kBatchBytes, /*idle=*/false, 1), milliseconds(70));
}

TEST(Linger, ABatchOfNoBytesIsAlwaysFull) {
  EXPECT_EQ(LingerNow(Options(), 0, /*idle=*/true, 1), kLongestLinger);
}

}  // namespace
}  // namespace strata
