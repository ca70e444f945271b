#include "storage/log/cleaning/retention_policy.h"

#include <vector>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

using std::chrono::milliseconds;

constexpr TimestampMs kNow = 10'000;

CleanupOptions KeepFor(std::int64_t ms) {
  CleanupOptions options;
  options.retention_age = milliseconds(ms);
  return options;
}

CleanupOptions KeepBytes(std::int64_t bytes) {
  CleanupOptions options;
  options.retention_bytes = bytes;
  return options;
}

// Segments of 100 bytes each that begin with the offsets 0, 10, 20, ..., the last one active.
std::vector<SegmentView> Segments(const std::vector<TimestampMs>& newest) {
  std::vector<SegmentView> segments;
  for (std::size_t i = 0; i < newest.size(); ++i) {
    segments.push_back({static_cast<Offset>(10 * i), 100, newest[i], 0, kNow});
  }
  return segments;
}

TEST(RetentionPolicy, NothingGoesUnlessAskedFor) {
  EXPECT_EQ(StartToRetain(Segments({0, 0, 0}), {}, kNow), std::nullopt);
}

TEST(RetentionPolicy, SegmentsGoWhenTheirNewestRecordIsTooOld) {
  const auto segments = Segments({1'000, 5'000, 9'000, 9'500});
  EXPECT_EQ(StartToRetain(segments, KeepFor(9'001), kNow), std::nullopt);
  EXPECT_EQ(StartToRetain(segments, KeepFor(9'000), kNow), 10);
  EXPECT_EQ(StartToRetain(segments, KeepFor(5'000), kNow), 20);
}

TEST(RetentionPolicy, TheLastSegmentNeverGoes) {
  EXPECT_EQ(StartToRetain(Segments({0, 0, 0}), KeepFor(0), kNow), 20);
  EXPECT_EQ(StartToRetain(Segments({0, 0, 0}), KeepBytes(0), kNow), 20);
  EXPECT_EQ(StartToRetain(Segments({0}), KeepFor(0), kNow), std::nullopt);
  EXPECT_EQ(StartToRetain({}, KeepFor(0), kNow), std::nullopt);
}

TEST(RetentionPolicy, AnOldSegmentBehindAYoungOneStays) {
  EXPECT_EQ(StartToRetain(Segments({9'000, 0, 9'000}), KeepFor(5'000), kNow), std::nullopt);
}

TEST(RetentionPolicy, ATimestampFromTheFutureKeepsASegmentNoLongerThanItsSealing) {
  auto segments = Segments({1LL << 60, 9'000});
  segments[0].since_ms = 4'000;
  EXPECT_EQ(StartToRetain(segments, KeepFor(6'000), kNow), 10);
  EXPECT_EQ(StartToRetain(segments, KeepFor(6'001), kNow), std::nullopt);
}

TEST(RetentionPolicy, WhenTheSealingIsUnknownTheTimestampCounts) {
  auto segments = Segments({1'000, 9'000});
  segments[0].since_ms = kNoTimestamp;
  EXPECT_EQ(StartToRetain(segments, KeepFor(9'000), kNow), 10);
}

TEST(RetentionPolicy, NothingIsTooOldWhileNobodyKnowsTheTime) {
  EXPECT_EQ(StartToRetain(Segments({0, 0}), KeepFor(0), kNoTimestamp), std::nullopt);
  EXPECT_FALSE(ShouldSealIdle(Segments({0})[0], KeepFor(0), kNoTimestamp));
}

TEST(RetentionPolicy, AClockThatWentBackMakesNothingOld) {
  EXPECT_EQ(StartToRetain(Segments({9'000, 9'500}), KeepFor(100), 500), std::nullopt);
}

TEST(RetentionPolicy, TheOldestGoWhileEnoughBytesAreLeft) {
  const auto segments = Segments({0, 0, 0, 0});
  EXPECT_EQ(StartToRetain(segments, KeepBytes(301), kNow), std::nullopt);
  EXPECT_EQ(StartToRetain(segments, KeepBytes(300), kNow), 10);
  EXPECT_EQ(StartToRetain(segments, KeepBytes(299), kNow), 10);
  EXPECT_EQ(StartToRetain(segments, KeepBytes(200), kNow), 20);
}

TEST(RetentionPolicy, WhatEitherLimitDoesNotKeepGoes) {
  CleanupOptions options = KeepFor(5'000);
  options.retention_bytes = 300;
  EXPECT_EQ(StartToRetain(Segments({9'000, 9'000, 9'000, 9'000}), options, kNow), 10);
  EXPECT_EQ(StartToRetain(Segments({0, 0, 9'000, 9'000}), options, kNow), 20);
}

TEST(RetentionPolicy, AnIdleSegmentIsSealedWhenAllItsRecordsAreTooOld) {
  const SegmentView last{0, 100, 4'000, 0, 3'000};
  EXPECT_TRUE(ShouldSealIdle(last, KeepFor(7'000), kNow));
  EXPECT_FALSE(ShouldSealIdle(last, KeepFor(7'001), kNow));
  EXPECT_FALSE(ShouldSealIdle(last, KeepBytes(0), kNow));
}

TEST(RetentionPolicy, AnEmptySegmentIsNotSealed) {
  EXPECT_FALSE(ShouldSealIdle({0, 0, kNoTimestamp, 0, 0}, KeepFor(0), kNow));
}

}  // namespace
}  // namespace strata::storage
