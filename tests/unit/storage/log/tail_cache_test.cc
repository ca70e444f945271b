#include "storage/log/tail_cache.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/log_batches.h"

namespace strata::storage {
namespace {

constexpr PartitionId kFirst{1, 0};
constexpr PartitionId kSecond{1, 1};
constexpr std::size_t kRestBytes = 1000;

// A batch of two records.
CachedBatch BatchAt(Offset offset) {
  return {offset,
          offset + 2,
          {SharedBytes::FromString(std::string(16, 'p')),
           SharedBytes::FromString(std::string(kRestBytes, 'r'))}};
}

void Put(TailCache& cache, PartitionId partition, Offset offset) {
  cache.Put(partition, {BatchAt(offset)});
}

TEST(TailCache, ReadsBeginWithTheBatchThatContainsTheOffset) {
  TailCache cache(1 << 20);
  for (const Offset offset : {10, 12, 14}) Put(cache, kFirst, offset);
  const auto read = cache.Read(kFirst, 13, 16, 1 << 20);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->fragments.size(), 4u);
  EXPECT_EQ(read->bytes, 2 * (16 + kRestBytes));
  EXPECT_EQ(read->next_offset, 16);
}

TEST(TailCache, ReadsShareTheMemoryOfTheBatch) {
  TailCache cache(1 << 20);
  const CachedBatch batch = BatchAt(0);
  cache.Put(kFirst, {batch});
  const auto read = cache.Read(kFirst, 0, 2, 1 << 20);
  EXPECT_EQ(read->fragments[1].view().data(), batch.fragments[1].view().data());
}

TEST(TailCache, NothingBeyondTheVisibleEndIsRead) {
  TailCache cache(1 << 20);
  for (const Offset offset : {0, 2, 4}) Put(cache, kFirst, offset);
  EXPECT_EQ(cache.Read(kFirst, 0, 4, 1 << 20)->next_offset, 4);
  EXPECT_FALSE(cache.Read(kFirst, 4, 4, 1 << 20).has_value());
}

TEST(TailCache, AtLeastOneBatchIsReadHoweverSmallTheLimit) {
  TailCache cache(1 << 20);
  for (const Offset offset : {0, 2}) Put(cache, kFirst, offset);
  EXPECT_EQ(cache.Read(kFirst, 0, 4, 1)->next_offset, 2);
}

TEST(TailCache, WhatIsDroppedLeavesNoTraceInTheQueue) {
  TailCache cache(1 << 20);
  Put(cache, kSecond, 0);
  for (int i = 0; i < 100'000; ++i) {
    Put(cache, kFirst, 0);
    cache.Remove(kFirst);
  }
  EXPECT_LT(cache.turns(), 2'000u);
  EXPECT_TRUE(cache.Read(kSecond, 0, 2, 1).has_value());
}

TEST(TailCache, WhatIsNotThereIsNotFound) {
  TailCache cache(1 << 20);
  EXPECT_FALSE(cache.Read(kFirst, 0, 100, 1).has_value());
  Put(cache, kFirst, 10);
  EXPECT_FALSE(cache.Read(kFirst, 9, 100, 1).has_value());
  EXPECT_FALSE(cache.Read(kFirst, 12, 100, 1).has_value());
  EXPECT_FALSE(cache.Read(kSecond, 10, 100, 1).has_value());
}

TEST(TailCache, TheOldestBatchOfAllPartitionsGoesFirst) {
  const std::size_t each = BatchAt(0).footprint();
  TailCache cache(3 * each);
  Put(cache, kFirst, 0);
  Put(cache, kSecond, 0);
  Put(cache, kFirst, 2);
  Put(cache, kFirst, 4);
  EXPECT_EQ(cache.bytes(), 3 * each);
  EXPECT_FALSE(cache.Read(kFirst, 0, 100, 1).has_value());
  EXPECT_TRUE(cache.Read(kSecond, 0, 100, 1).has_value());
  Put(cache, kFirst, 6);
  EXPECT_FALSE(cache.Read(kSecond, 0, 100, 1).has_value());
  EXPECT_EQ(cache.Read(kFirst, 2, 100, 1 << 20)->next_offset, 8);
}

TEST(TailCache, ABatchLargerThanTheCacheIsNotKept) {
  TailCache cache(500);
  Put(cache, kFirst, 0);
  EXPECT_EQ(cache.bytes(), 0u);
  EXPECT_FALSE(cache.Read(kFirst, 0, 100, 1).has_value());
}

TEST(TailCache, AGapDropsWhatCameBeforeIt) {
  TailCache cache(1 << 20);
  Put(cache, kFirst, 0);
  Put(cache, kFirst, 10);
  EXPECT_FALSE(cache.Read(kFirst, 0, 100, 1).has_value());
  EXPECT_TRUE(cache.Read(kFirst, 10, 100, 1).has_value());
  EXPECT_EQ(cache.bytes(), BatchAt(0).footprint());
}

TEST(TailCache, ARemovedPartitionLeavesNothingBehind) {
  const std::size_t each = BatchAt(0).footprint();
  TailCache cache(2 * each);
  for (int round = 0; round < 5; ++round) {
    Put(cache, kFirst, 0);
    cache.Remove(kFirst);
    EXPECT_EQ(cache.bytes(), 0u);
  }
  Put(cache, kFirst, 0);
  Put(cache, kFirst, 2);
  EXPECT_EQ(cache.Read(kFirst, 0, 100, 1 << 20)->next_offset, 4);
}

TEST(TailCache, WhatWasRewrittenOnDiskIsForgottenUpToThere) {
  TailCache cache(1 << 20);
  for (const Offset offset : {10, 12, 14}) Put(cache, kFirst, offset);
  Put(cache, kSecond, 10);
  cache.RemoveBelow(kFirst, 13);
  EXPECT_FALSE(cache.Read(kFirst, 11, 16, 1 << 20).has_value());
  EXPECT_EQ(cache.Read(kFirst, 12, 16, 1 << 20)->next_offset, 16);
  cache.RemoveBelow(kFirst, 16);
  EXPECT_FALSE(cache.Read(kFirst, 14, 16, 1 << 20).has_value());
  EXPECT_EQ(cache.bytes(), BatchAt(10).footprint());
  Put(cache, kFirst, 16);
  EXPECT_TRUE(cache.Read(kFirst, 16, 18, 1 << 20).has_value());
}

TEST(TailCache, EvictedBatchesLiveOnWithTheirReaders) {
  TailCache cache(BatchAt(0).footprint());
  Put(cache, kFirst, 0);
  const auto read = cache.Read(kFirst, 0, 2, 1);
  Put(cache, kFirst, 2);
  EXPECT_FALSE(cache.Read(kFirst, 0, 4, 1).has_value());
  EXPECT_EQ(read->fragments[1].view(), std::string(kRestBytes, 'r'));
}

}  // namespace
}  // namespace strata::storage
