#include "storage/cursors/rocks_cursor_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/cursors/cursor_codec.h"
#include "storage/rocks/rocks_batch.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(RocksCursorTableTest, ADamagedCursorIsAnErrorThatNamesItAndHarmsNoOtherGroup) {
  const strata::testing::TempDir dir;
  auto db = RocksDb::Open({dir / "db", RocksDbOptions::Kind::kTruth, {"cursors"}, true});
  ASSERT_TRUE(db.has_value()) << db.error().message;
  const RocksFamily family = (*db)->Family("cursors");
  RocksBatch damage;
  for (const std::string group : {"hurt", "well"}) {
    damage.Put(family, EncodeGroupKey(group), EncodeGroupValue());
    damage.Put(family, EncodeCursorKey(group, {3, 4}), EncodeCursor({1, 1, "", "", 1}));
  }
  damage.Put(family, EncodeCursorKey("hurt", {3, 5}), "\x01garbage");
  ASSERT_TRUE((*db)->Write(damage, true).has_value());

  auto store = OpenRocksCursorStore(**db, family);
  ASSERT_TRUE(store.has_value());
  const auto hurt = (*store)->Load("hurt");
  ASSERT_FALSE(hurt.has_value());
  EXPECT_EQ(hurt.error().code, ErrorCode::CORRUPT_LOG);
  EXPECT_EQ(hurt.error().message,
            "the cursor of group 'hurt' on partition 5 of topic 3 is damaged");
  EXPECT_EQ((*store)->Load("well").value()->size(), 1u);
  EXPECT_TRUE((*store)->DeleteGroup("hurt").has_value());
  EXPECT_FALSE((*store)->Load("hurt").value().has_value());
}

TEST(RocksCursorTableTest, DeletingAGroupTakesWhatWasQueuedBeforeItAndNothingThatCameBehind) {
  const strata::testing::TempDir dir;
  auto db = RocksDb::Open({dir / "db", RocksDbOptions::Kind::kTruth, {"cursors"}, true});
  ASSERT_TRUE(db.has_value()) << db.error().message;
  RocksCursorTable table(**db, (*db)->Family("cursors"), {});
  const auto write = [](std::int32_t partition) {
    return std::vector<CursorWrite>{{"g", {3, partition}, Cursor{1, 1, "", "", 1}}};
  };
  const std::vector<CursorChange> changes = {write(4), GroupDeletion{"g"}, write(5)};
  ASSERT_TRUE(table.Apply(changes, /*sync=*/true).has_value());
  const auto loaded = table.Load("g").value();
  ASSERT_TRUE(loaded.has_value());
  ASSERT_EQ(loaded->size(), 1u);
  EXPECT_EQ(loaded->front().partition.partition, 5);
}

// The name of a group is written once: not counting it as written is what keeps it.
TEST(RocksCursorTableTest, AGroupWhoseFirstWriteWasRefusedIsMadeByTheNext) {
  strata::testing::SimulatedFileSystem disk;
  auto db = RocksDb::Open(
      {"/data/db", RocksDbOptions::Kind::kTruth, {"cursors"}, /*create=*/true, &disk});
  ASSERT_TRUE(db.has_value()) << db.error().message;
  RocksCursorTable table(**db, (*db)->Family("cursors"), {});
  const std::vector<CursorChange> changes = {
      std::vector<CursorWrite>{{"g", {3, 4}, Cursor{1, 1, "", "", 1}}}};
  disk.Plan({strata::testing::Operation::kSync, 1, ErrorCode::IO_ERROR, false, ".log"});
  EXPECT_FALSE(table.Apply(changes, /*sync=*/true).has_value());
  EXPECT_FALSE(table.Apply(changes, /*sync=*/true).has_value()) << "not opened anew";
  EXPECT_FALSE(table.Load("g").value().has_value());
  ASSERT_TRUE((*db)->Reopen().has_value());
  ASSERT_TRUE(table.Apply(changes, /*sync=*/true).has_value());
  EXPECT_EQ(table.Load("g").value()->size(), 1u);
  EXPECT_EQ(table.ListGroups().value(), std::vector<std::string>{"g"});
}

}  // namespace
}  // namespace strata::storage
