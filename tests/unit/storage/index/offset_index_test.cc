#include "storage/index/offset_index.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

constexpr PartitionId kPartition{1, 5};
constexpr PartitionId kNeighbour{1, 6};

class OffsetIndexTest : public ::testing::Test {
 protected:
  // Two segments at 0 and 100, with an entry for every tenth offset.
  void SetUp() override {
    IndexUpdate update;
    for (const PartitionId partition : {kPartition, kNeighbour}) {
      for (Offset offset = 10; offset < 200; offset += 10) {
        if (offset == 100) continue;
        update.entries.push_back(
            {partition, {offset, offset / 100 * 100, offset % 100 * 1000, 5 * offset}});
      }
      update.coverage.push_back({partition, 0, 99'000});
      update.coverage.push_back({partition, 100, 95'000});
    }
    ASSERT_TRUE(index_.Put(update).has_value());
  }

  Offset FoundAt(Offset offset) { return index_.FindOffset(kPartition, offset).value()->offset; }

  strata::testing::TempDir directory_;
  std::unique_ptr<RocksDb> database_ =
      RocksDb::Open(
          {directory_ / "index", RocksDbOptions::Kind::kIndex, {kOffsetIndexFamily}, true})
          .value();
  OffsetIndex index_{*database_};
};

TEST_F(OffsetIndexTest, TheLastEntryAtOrBelowAnOffsetIsFound) {
  EXPECT_EQ(FoundAt(50), 50);
  EXPECT_EQ(FoundAt(59), 50);
  EXPECT_EQ(FoundAt(1000), 190);
  EXPECT_EQ(index_.FindOffset(kPartition, 55).value()->position, 50'000);
  EXPECT_FALSE(index_.FindOffset(kPartition, 9).value().has_value());
  EXPECT_FALSE(index_.FindOffset({1, 4}, 50).value().has_value());
}

TEST_F(OffsetIndexTest, TheLastEntryBelowATimeIsFoundWithinItsSegment) {
  EXPECT_EQ(index_.FindTime(kPartition, 0, 251).value()->offset, 50);
  EXPECT_EQ(index_.FindTime(kPartition, 0, 250).value()->offset, 40);
  EXPECT_EQ(index_.FindTime(kPartition, 0, 100'000).value()->offset, 90);
  EXPECT_FALSE(index_.FindTime(kPartition, 0, 50).value().has_value());
  EXPECT_FALSE(index_.FindTime(kPartition, 100, 550).value().has_value());
  EXPECT_EQ(index_.FindTime(kPartition, 100, 551).value()->offset, 110);
}

TEST_F(OffsetIndexTest, TheLatestOfEqualTimesCounts) {
  IndexUpdate update;
  update.entries.push_back({kPartition, {195, 100, 95'000, 950}});
  ASSERT_TRUE(index_.Put(update).has_value());
  EXPECT_EQ(index_.FindTime(kPartition, 100, 951).value()->offset, 195);
}

TEST_F(OffsetIndexTest, WhatLiesBehindTheEndOfALogIsForgotten) {
  ASSERT_TRUE(index_.DropBeyond(kPartition, {150, 100, 50'000}).has_value());
  EXPECT_EQ(FoundAt(1000), 140);
  EXPECT_EQ(index_.FindTime(kPartition, 100, 10'000).value()->offset, 140);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100).value(), 0);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 0).value(), 99'000);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 1000).value()->offset, 190);
}

TEST_F(OffsetIndexTest, WhatTheLogStillHoldsIsKept) {
  ASSERT_TRUE(index_.DropBeyond(kPartition, {200, 100, 100'000}).has_value());
  EXPECT_EQ(FoundAt(1000), 190);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100).value(), 95'000);
}

TEST_F(OffsetIndexTest, TrimmedSegmentsAreForgotten) {
  ASSERT_TRUE(index_.DropBelow(kPartition, 100).has_value());
  EXPECT_FALSE(index_.FindOffset(kPartition, 99).value().has_value());
  EXPECT_FALSE(index_.FindTime(kPartition, 0, 10'000).value().has_value());
  EXPECT_EQ(index_.CoveredBytes(kPartition, 0).value(), 0);
  EXPECT_EQ(FoundAt(110), 110);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 99).value()->offset, 90);
}

TEST_F(OffsetIndexTest, ARemovedPartitionIsForgottenAltogether) {
  ASSERT_TRUE(index_.Remove(kPartition).has_value());
  EXPECT_FALSE(index_.FindOffset(kPartition, 1000).value().has_value());
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100).value(), 0);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 1000).value()->offset, 190);
}

}  // namespace
}  // namespace strata::storage
