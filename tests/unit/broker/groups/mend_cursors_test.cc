#include "broker/groups/mend_cursors.h"

#include <gtest/gtest.h>

#include "proto/base/awaited.h"
#include "tests/support/group_fixture.h"

namespace strata::broker {
namespace {

class MendCursorsTest : public testing::GroupFixture {
 protected:
  MendCursorsTest() {
    MakeTopic(1, 1);
    Append({1, 0}, 10);
  }

  void Put(Offset current, Offset committed, PartitionId partition = {1, 0}) {
    storage::Cursor cursor;
    cursor.current = current;
    cursor.committed = committed;
    cursor.metadata = "note";
    Awaited<void> written;
    cursors_.Write({{"g", partition, cursor}}, /*durable=*/true, written.Callback());
    ASSERT_TRUE(written.Wait());
  }

  storage::Cursor Mended() {
    EXPECT_TRUE(MendCursors(cursors_, logs_));
    return cursors_.Load("g")->value().at(0).cursor;
  }
};

TEST_F(MendCursorsTest, ACommitBeyondTheEndMovesBackToIt) {
  Put(30, 25);
  const storage::Cursor mended = Mended();
  EXPECT_EQ(mended.committed, 10);
  EXPECT_EQ(mended.current, 10);
  EXPECT_EQ(mended.metadata, "note");
}

TEST_F(MendCursorsTest, AMemberGetsTheRecordsThatTakeTheLostOffsets) {
  Put(12, 12);
  ASSERT_TRUE(MendCursors(cursors_, logs_));
  Append({1, 0}, 5);
  EXPECT_EQ(MakeGroup()->Committed({1, 0}), 10);
}

TEST_F(MendCursorsTest, WhatWasDeliveredButNotCommittedMovesBackAlone) {
  Put(11, 4);
  const storage::Cursor mended = Mended();
  EXPECT_EQ(mended.current, 10);
  EXPECT_EQ(mended.committed, 4);
}

TEST_F(MendCursorsTest, CursorsWithinTheLogAreNotWritten) {
  Put(10, 10);
  cursors_.DrainCallbacks();
  cursors_.fault = [] { return Fail(ErrorCode::IO_ERROR, "nothing should be written"); };
  EXPECT_EQ(Mended().committed, 10);
}

TEST_F(MendCursorsTest, CursorsOfADamagedLogStay) {
  Put(20, 20);
  logs_.Poison({1, 0}, {ErrorCode::CORRUPT_LOG, "damaged"});
  EXPECT_EQ(Mended().committed, 20);
}

TEST_F(MendCursorsTest, CursorsOfTopicsThatAreGoneStay) {
  Put(20, 20, {9, 0});
  EXPECT_EQ(Mended().committed, 20);
}

TEST_F(MendCursorsTest, AnErrorOfTheStoreIsReported) {
  Put(20, 20);
  cursors_.DrainCallbacks();
  cursors_.fault = [] { return Fail(ErrorCode::IO_ERROR, "the disk is gone"); };
  EXPECT_EQ(MendCursors(cursors_, logs_).error().code, ErrorCode::IO_ERROR);
}

}  // namespace
}  // namespace strata::broker
