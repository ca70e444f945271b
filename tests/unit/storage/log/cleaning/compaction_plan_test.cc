#include "storage/log/cleaning/compaction_plan.h"

#include <vector>

#include <gmock/gmock.h>

namespace strata::storage {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr TimestampMs kNow = 100'000;
constexpr Offset kEnd = 1'000;

// Segments of 100 bytes that begin with the offsets 0, 10, 20, ..., the last one active.
std::vector<SegmentView> Segments(std::size_t count) {
  std::vector<SegmentView> segments(count);
  for (std::size_t i = 0; i < count; ++i) {
    segments[i].base_offset = static_cast<Offset>(10 * i);
    segments[i].visible_bytes = 100;
    segments[i].max_timestamp_ms = segments[i].since_ms = 50'000;
  }
  return segments;
}

CleanupOptions Options() {
  CleanupOptions options;
  options.compact = true;
  options.dirty_ratio = 0.5;
  options.tombstone_age = milliseconds(8'000);
  return options;
}

std::size_t CountPlanned(const std::vector<SegmentView>& segments, Offset cleaned,
                         const CleanupOptions& options = Options(), Offset stable = kEnd,
                         TimestampMs now = kNow) {
  const auto plan = PlanCompaction(segments, stable, cleaned, options, now);
  return plan ? plan->segments.size() : 0;
}

TEST(CompactionPlan, TheLastSegmentIsNotTouched) {
  EXPECT_EQ(CountPlanned({}, 0), 0u);
  EXPECT_EQ(CountPlanned(Segments(1), 0), 0u);
  EXPECT_EQ(CountPlanned(Segments(3), 0), 2u);
}

TEST(CompactionPlan, WhatIsNotOnDiskIsNotTouched) {
  EXPECT_EQ(CountPlanned(Segments(4), 0, Options(), /*stable=*/29), 2u);
  EXPECT_EQ(CountPlanned(Segments(4), 0, Options(), /*stable=*/30), 3u);
}

TEST(CompactionPlan, WaitsUntilEnoughIsDirty) {
  EXPECT_EQ(CountPlanned(Segments(5), 30), 0u) << "a quarter is dirty";
  EXPECT_EQ(CountPlanned(Segments(5), 20), 4u) << "half is";
  CleanupOptions eager = Options();
  eager.dirty_ratio = 0;
  EXPECT_EQ(CountPlanned(Segments(5), 30, eager), 4u);
  EXPECT_EQ(CountPlanned(Segments(5), 40, eager), 0u) << "nothing is dirty";
}

TEST(CompactionPlan, ASegmentThatIsCleanInPartIsDirty) {
  const auto plan = PlanCompaction(Segments(3), kEnd, 15, Options(), kNow);
  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->any_dirty);
  EXPECT_EQ(plan->segments.back().next_offset, 20);
}

TEST(CompactionPlan, YoungRecordsAreLeftAlone) {
  CleanupOptions options = Options();
  options.compaction_lag = milliseconds(50'000);
  auto segments = Segments(4);
  EXPECT_EQ(CountPlanned(segments, 0, options), 3u);
  segments[1].max_timestamp_ms = segments[1].since_ms = 50'001;
  EXPECT_EQ(CountPlanned(segments, 0, options), 1u) << "nor is what lies behind them";
  EXPECT_EQ(CountPlanned(segments, 0, options, kEnd, kNoTimestamp), 0u) << "what time is it?";
}

TEST(CompactionPlan, TombstonesGoWhenTheirTimeHasPassed) {
  auto segments = Segments(4);
  segments[1].clean_since_ms = kNow - 8'000;
  EXPECT_EQ(CountPlanned(segments, 30, Options(), kEnd, kNow - 1), 0u);
  const auto plan = PlanCompaction(segments, kEnd, 30, Options(), kNow);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->any_dirty);
  EXPECT_FALSE(plan->segments[0].drop_tombstones);
  EXPECT_TRUE(plan->segments[1].drop_tombstones);
  segments[1].has_tombstones = false;
  EXPECT_EQ(CountPlanned(segments, 30), 0u);
}

TEST(CompactionPlan, TombstonesOfDirtySegmentsStay) {
  auto segments = Segments(3);
  segments[1].clean_since_ms = 0;
  const auto plan = PlanCompaction(segments, kEnd, 10, Options(), kNow);
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->segments[1].drop_tombstones);
}

TEST(CompactionPlan, TimesOfCleaningAreRoundedUpToAnEighth) {
  const auto plan = PlanCompaction(Segments(2), kEnd, 0, Options(), kNow + 1);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->segments[0].clean_since_ms, kNow + 1'000);
}

std::vector<std::size_t> GroupSizes(const std::vector<CompactableSegment>& segments,
                                    std::int64_t segment_bytes,
                                    const CleanupOptions& cleanup = {}) {
  LogOptions options;
  options.segment_bytes = segment_bytes;
  options.cleanup = cleanup;
  std::vector<std::size_t> sizes;
  const CompactableSegment* next = segments.data();
  for (const auto group : GroupSegments(segments, options)) {
    EXPECT_EQ(group.data(), next);
    next += group.size();
    sizes.push_back(group.size());
  }
  return sizes;
}

std::vector<CompactableSegment> Compactable(const std::vector<std::int64_t>& sizes) {
  std::vector<CompactableSegment> segments;
  for (const std::int64_t size : sizes) {
    segments.emplace_back();
    segments.back().view.visible_bytes = size;
  }
  return segments;
}

TEST(SegmentGroups, SmallNeighboursAreJoinedUpToTheSizeOfASegment) {
  EXPECT_EQ(GroupSizes(Compactable({40, 40, 40, 40, 40}), 100),
            (std::vector<std::size_t>{2, 2, 1}));
  EXPECT_EQ(GroupSizes(Compactable({50, 50, 1}), 100), (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(GroupSizes({}, 100), std::vector<std::size_t>());
}

TEST(SegmentGroups, ALargeOneStaysAlone) {
  EXPECT_EQ(GroupSizes(Compactable({10, 500, 10, 10}), 100), (std::vector<std::size_t>{1, 1, 2}));
}

TEST(SegmentGroups, TombstonesOfDifferentTimesStayApart) {
  auto segments = Compactable({10, 10, 10, 10});
  segments[0].clean_since_ms = 1'000;
  segments[2].clean_since_ms = 1'000;
  segments[3].clean_since_ms = 2'000;
  EXPECT_EQ(GroupSizes(segments, 100), (std::vector<std::size_t>{3, 1}));
}

TEST(GroupSegments, KeepsAgesApartWhereOldSegmentsAreToBeDeleted) {
  std::vector<CompactableSegment> segments = Compactable({10, 10, 10, 10});
  for (std::size_t i = 0; i < segments.size(); ++i) {
    segments[i].view.since_ms = kNow + static_cast<TimestampMs>(i) * 60;
    segments[i].view.max_timestamp_ms = segments[i].view.since_ms;
  }
  CleanupOptions cleanup;
  EXPECT_THAT(GroupSizes(segments, 1'000, cleanup), ElementsAre(4));
  cleanup.retention_age = milliseconds(800);
  EXPECT_THAT(GroupSizes(segments, 1'000, cleanup), ElementsAre(2, 2));
}

}  // namespace
}  // namespace strata::storage
