#include "broker/groups/group_cursors.h"

#include <atomic>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "tests/support/fake_cursor_store.h"
#include "tests/support/gate.h"

namespace strata::broker {
namespace {

constexpr PartitionId kPartition{1, 0};
constexpr PartitionId kOther{1, 1};

class GroupCursorsTest : public ::testing::Test {
 protected:
  GroupCursorsTest() {
    store_.fault = [this]() -> Result<void> {
      if (refusing_) return Fail(ErrorCode::DISK_FULL, "no room");
      return Ok();
    };
  }

  // What became of it, when that is known.
  std::optional<ErrorCode> Commit(Offset offset, const MemberId& member = "a") {
    std::optional<ErrorCode> error;
    cursors_.Commit(member, {{kPartition, offset, 1, "note"}}, KeepError(&error));
    store_.DrainCallbacks();
    return error;
  }
  std::optional<ErrorCode> Seek(Offset to) {
    std::optional<ErrorCode> error;
    cursors_.Seek({{kPartition, to}}, KeepError(&error));
    store_.DrainCallbacks();
    return error;
  }
  // A commit that is not answered before the disk lets it.
  void BeginCommit(Offset offset) {
    store_.Write({}, /*durable=*/true, [this](auto) { disk_.Pass(); });
    cursors_.Commit("a", {{kPartition, offset, 1, ""}}, {});
  }
  void EndCommit() {
    disk_.Open();
    store_.DrainCallbacks();
  }
  static GroupCursors::Done KeepError(std::optional<ErrorCode>* error) {
    return [error](const Result<void>& result) {
      if (!result) *error = result.error().code;
    };
  }

  storage::Cursor Stored(PartitionId partition) {
    const auto entries = store_.Load("g").value();
    for (const auto& entry : entries.value_or(std::vector<storage::CursorEntry>{})) {
      if (entry.partition == partition) return entry.cursor;
    }
    return {};
  }

  testing::Gate disk_;
  testing::FakeCursorStore store_;
  std::atomic<bool> refusing_ = false;
  std::shared_ptr<StoredCursors> shown_ = std::make_shared<StoredCursors>();
  GroupCursors cursors_{"g", store_, {}, shown_};
};

TEST_F(GroupCursorsTest, ACommitBelowAnotherIsDoneAndLeavesThatAsItIs) {
  EXPECT_EQ(Commit(5, "a"), std::nullopt);
  EXPECT_EQ(Commit(3, "b"), std::nullopt);
  EXPECT_EQ(Stored(kPartition).committed, 5);
  EXPECT_EQ(Stored(kPartition).member, "a");
}

TEST_F(GroupCursorsTest, ASeekAloneMovesTheCommittedOffsetBack) {
  EXPECT_EQ(Commit(5), std::nullopt);
  EXPECT_EQ(Seek(2), std::nullopt);
  EXPECT_EQ(Stored(kPartition).committed, 2);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 2);
}

TEST_F(GroupCursorsTest, AHolderBeginsAtTheCommittedOffsetOrTheLogStartOrWhereItSeeks) {
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 0);
  EXPECT_EQ(Commit(5), std::nullopt);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 5);
  EXPECT_EQ(cursors_.Begin(kPartition, 7, std::nullopt).current, 7);
  const storage::Cursor sought = cursors_.Begin(kPartition, 7, 8);
  EXPECT_EQ(sought.current, 8);
  EXPECT_EQ(sought.committed, 5);
}

TEST_F(GroupCursorsTest, ARefusedCommitIsForgottenByTheNextHolderAndTheNextCommit) {
  EXPECT_EQ(Commit(5), std::nullopt);
  refusing_ = true;
  EXPECT_EQ(Commit(9), ErrorCode::DISK_FULL);
  EXPECT_EQ(shown_->Get(kPartition).committed, 5);
  refusing_ = false;
  EXPECT_EQ(Commit(6), std::nullopt);
  EXPECT_EQ(Stored(kPartition).committed, 6);
  refusing_ = true;
  EXPECT_EQ(Commit(9), ErrorCode::DISK_FULL);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 6);
}

TEST_F(GroupCursorsTest, WhatWasSentBehindARefusedCommitIsRefusedWithIt) {
  std::optional<ErrorCode> behind;
  refusing_ = true;
  BeginCommit(5);
  refusing_ = false;
  cursors_.Commit("a", {{kPartition, 7, 1, ""}}, KeepError(&behind));
  EndCommit();
  EXPECT_EQ(behind, ErrorCode::DISK_FULL);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).committed, kNoOffset);
  EXPECT_EQ(Commit(6), std::nullopt);
  EXPECT_EQ(Stored(kPartition).committed, 6);
}

TEST_F(GroupCursorsTest, WhoBeganBehindACommitThatIsThenRefusedHasBegunTooFar) {
  EXPECT_EQ(Commit(5), std::nullopt);
  refusing_ = true;
  BeginCommit(9);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 9);
  EXPECT_TRUE(cursors_.TakeBegunTooFar().empty()) << "nobody knows yet";
  EndCommit();
  EXPECT_EQ(cursors_.TakeBegunTooFar(), std::vector<PartitionId>{kPartition});
  EXPECT_TRUE(cursors_.TakeBegunTooFar().empty()) << "it was said once";
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 5);
}

TEST_F(GroupCursorsTest, WhoHasSoughtSinceHasNotBegunTooFar) {
  refusing_ = true;
  BeginCommit(9);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 9);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, 7).current, 7);
  EndCommit();
  EXPECT_TRUE(cursors_.TakeBegunTooFar().empty());
}

TEST_F(GroupCursorsTest, WhoHasBegunAfterTheRefusalHasNotBegunTooFar) {
  refusing_ = true;
  BeginCommit(9);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 9);
  EndCommit();
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 0);
  EXPECT_TRUE(cursors_.TakeBegunTooFar().empty());
}

TEST_F(GroupCursorsTest, ACommitThatWasStoredIsNotTooFarWhateverIsRefusedAfterIt) {
  BeginCommit(5);
  EXPECT_EQ(cursors_.Begin(kPartition, 0, std::nullopt).current, 5);
  EndCommit();
  refusing_ = true;
  EXPECT_EQ(Commit(9), ErrorCode::DISK_FULL);
  EXPECT_TRUE(cursors_.TakeBegunTooFar().empty());
}

TEST_F(GroupCursorsTest, ARefusedSeekTakesDeliveryBackToTheStore) {
  EXPECT_TRUE(cursors_.Delivered(kPartition, 8));
  EXPECT_EQ(Commit(5), std::nullopt);
  refusing_ = true;
  EXPECT_EQ(Seek(1), ErrorCode::DISK_FULL);
  cursors_.SeekRefused({kPartition});
  const auto described = cursors_.Describe();
  ASSERT_EQ(described.size(), 1u);
  EXPECT_EQ(described[0].cursor.current, 8);
  EXPECT_EQ(described[0].cursor.committed, 5);
}

TEST_F(GroupCursorsTest, DeliveriesAskForOneWriteAndAfterItForTheNext) {
  EXPECT_TRUE(cursors_.Delivered(kPartition, 1));
  EXPECT_FALSE(cursors_.Delivered(kPartition, 2));
  EXPECT_FALSE(cursors_.Delivered(kOther, 3));
  cursors_.WriteMoved({});
  EXPECT_EQ(Stored(kPartition).current, 2);
  EXPECT_EQ(Stored(kOther).current, 3);
  EXPECT_TRUE(cursors_.Delivered(kPartition, 4));
}

TEST_F(GroupCursorsTest, ATopicThatIsForgottenIsNotWrittenAnyMore) {
  EXPECT_TRUE(cursors_.Delivered(kPartition, 1));
  EXPECT_EQ(cursors_.Describe().size(), 1u);
  cursors_.Forget(kPartition.topic);
  cursors_.WriteMoved({});
  EXPECT_TRUE(cursors_.Describe().empty());
  EXPECT_EQ(Stored(kPartition), storage::Cursor());
}

}  // namespace
}  // namespace strata::broker
