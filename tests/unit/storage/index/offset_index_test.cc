#include "storage/index/offset_index.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

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
    index_.Put(update);
  }

  std::unique_ptr<RocksDb> OpenDatabase() {
    RocksDbOptions options;
    options.directory = directory_ / "index";
    options.kind = RocksDbOptions::Kind::kIndex;
    options.families = {kOffsetIndexFamily};
    options.create = true;
    return RocksDb::Open(options).value();
  }

  Offset FoundAt(Offset offset) { return index_.FindOffset(kPartition, offset)->offset; }

  strata::testing::TempDir directory_;
  std::unique_ptr<RocksDb> database_ = OpenDatabase();
  OffsetIndex index_{*database_};
};

TEST_F(OffsetIndexTest, TheLastEntryAtOrBelowAnOffsetIsFound) {
  EXPECT_EQ(FoundAt(50), 50);
  EXPECT_EQ(FoundAt(59), 50);
  EXPECT_EQ(FoundAt(1000), 190);
  EXPECT_EQ(index_.FindOffset(kPartition, 55)->position, 50'000);
  EXPECT_FALSE(index_.FindOffset(kPartition, 9).has_value());
  EXPECT_FALSE(index_.FindOffset({1, 4}, 50).has_value());
}

TEST_F(OffsetIndexTest, TheLastEntryBelowATimeIsFoundWithinItsSegment) {
  EXPECT_EQ(index_.FindTime(kPartition, 0, 251)->offset, 50);
  EXPECT_EQ(index_.FindTime(kPartition, 0, 250)->offset, 40);
  EXPECT_EQ(index_.FindTime(kPartition, 0, 100'000)->offset, 90);
  EXPECT_FALSE(index_.FindTime(kPartition, 0, 50).has_value());
  EXPECT_FALSE(index_.FindTime(kPartition, 100, 550).has_value());
  EXPECT_EQ(index_.FindTime(kPartition, 100, 551)->offset, 110);
}

TEST_F(OffsetIndexTest, NothingIsBelowTheEarliestTime) {
  IndexUpdate update;
  constexpr auto kEarliest = std::numeric_limits<TimestampMs>::min();
  update.entries.push_back({kPartition, {195, 100, 95'000, kEarliest}});
  index_.Put(update);
  EXPECT_FALSE(index_.FindTime(kPartition, 100, kEarliest).has_value());
  EXPECT_EQ(index_.FindTime(kPartition, 100, kEarliest + 1)->offset, 195);
}

TEST_F(OffsetIndexTest, AfterAFailureItFindsNothingTakesNothingAndTellsOnce) {
  database_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(directory_ / "index")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream(entry.path(), std::ios::binary | std::ios::in | std::ios::out) << "garbage";
  }
  database_ = OpenDatabase();
  int failures = 0;
  OffsetIndex index(*database_, [&](const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::CORRUPT_LOG);
    ++failures;
  });
  EXPECT_TRUE(index.works());
  EXPECT_FALSE(index.FindOffset(kPartition, 10).has_value());
  EXPECT_FALSE(index.works());
  IndexUpdate update;
  update.entries.push_back({kPartition, {300, 300, 95'000, 950}});
  index.Put(update);
  EXPECT_FALSE(index.FindOffset(kPartition, 300).has_value());
  EXPECT_EQ(failures, 1);
}

TEST_F(OffsetIndexTest, TheLatestOfEqualTimesCounts) {
  IndexUpdate update;
  update.entries.push_back({kPartition, {195, 100, 95'000, 950}});
  index_.Put(update);
  EXPECT_EQ(index_.FindTime(kPartition, 100, 951)->offset, 195);
}

TEST_F(OffsetIndexTest, WhatLiesBehindTheEndOfALogIsForgotten) {
  index_.DropBeyond(kPartition, {150, 100, 50'000});
  EXPECT_EQ(FoundAt(1000), 140);
  EXPECT_EQ(index_.FindTime(kPartition, 100, 10'000)->offset, 140);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100), 0);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 0), 99'000);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 1000)->offset, 190);
}

TEST_F(OffsetIndexTest, WhatTheLogStillHoldsIsKept) {
  index_.DropBeyond(kPartition, {200, 100, 100'000});
  EXPECT_EQ(FoundAt(1000), 190);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100), 95'000);
}

TEST_F(OffsetIndexTest, TrimmedSegmentsAreForgotten) {
  index_.DropBelow(kPartition, 100);
  EXPECT_FALSE(index_.FindOffset(kPartition, 99).has_value());
  EXPECT_FALSE(index_.FindTime(kPartition, 0, 10'000).has_value());
  EXPECT_EQ(index_.CoveredBytes(kPartition, 0), 0);
  EXPECT_EQ(FoundAt(110), 110);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 99)->offset, 90);
}

TEST_F(OffsetIndexTest, RewrittenSegmentsAreReplacedAndTheirNeighboursAreNot) {
  IndexUpdate update;
  update.entries.push_back({kPartition, {30, 0, 7'000, 950, /*generation=*/3}});
  update.coverage.push_back({kPartition, 0, 9'000, /*generation=*/3});
  index_.Replace(kPartition, 0, 100, update);
  EXPECT_EQ(FoundAt(99), 30);
  EXPECT_EQ(index_.FindOffset(kPartition, 99)->generation, 3u);
  EXPECT_EQ(index_.FindTime(kPartition, 0, 951)->position, 7'000);
  EXPECT_FALSE(index_.FindTime(kPartition, 0, 950).has_value());
  EXPECT_EQ(index_.CoveredBytes(kPartition, 0, 3), 9'000);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 0), 0) << "another file had this name";
  EXPECT_EQ(FoundAt(110), 110);
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100), 95'000);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 99)->offset, 90);
}

TEST_F(OffsetIndexTest, ARemovedPartitionIsForgottenAltogether) {
  index_.Remove({kPartition});
  EXPECT_FALSE(index_.FindOffset(kPartition, 1000).has_value());
  EXPECT_EQ(index_.CoveredBytes(kPartition, 100), 0);
  EXPECT_EQ(index_.FindOffset(kNeighbour, 1000)->offset, 190);
}

}  // namespace
}  // namespace strata::storage
