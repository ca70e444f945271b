// What becomes of a group when the disk refuses its cursors.
#include <atomic>
#include <optional>

#include <gtest/gtest.h>

#include "tests/support/gate.h"
#include "tests/unit/broker/groups/group_test.h"

namespace strata::broker {
namespace {

class RefusedCursorsTest : public GroupTest {
 protected:
  void SetUp() override {
    cursors_.fault = [this]() -> Result<void> {
      if (!full_) return Ok();
      return Fail(ErrorCode::DISK_FULL, "no room");
    };
    Append({1, 0}, 10);
    Join(*group_, "a", {topic_}, a_);
  }
  std::optional<ErrorCode> CommitAs(const MemberId& member, const RecordingSink& sink, Offset to) {
    return CommitOne(*group_, member, {1, 0}, to, sink.held.at({1, 0}).generation);
  }
  Offset Shown() { return group_->Describe().partitions.at(0).cursor.committed; }

  // The disk is slow, and then refuses what a commits up to `to`: when RefuseAtLast is called.
  void BeginCommitThatIsRefused(Offset to) {
    cursors_.Write({}, /*durable=*/true, [this](auto) { disk_.Pass(); });
    full_ = true;
    const Generation generation = a_.held.at({1, 0}).generation;
    group_->Commit("a", {{{1, 0}, to, generation, ""}}, [](const CommitOutcome& outcome) {
      EXPECT_EQ(outcome.at(0)->code, ErrorCode::DISK_FULL);
    });
    full_ = false;
  }
  void RefuseAtLast() {
    disk_.Open();
    cursors_.DrainCallbacks();
  }

  testing::Gate disk_;
  std::atomic<bool> full_ = false;
  const TopicPtr topic_ = MakeTopic(1, 1);
  const std::shared_ptr<Group> group_ = MakeGroup();
  RecordingSink a_;
};

TEST_F(RefusedCursorsTest, ACommitThatWasRefusedIsNotShown) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  full_ = true;
  EXPECT_EQ(CommitAs("a", a_, 7), ErrorCode::DISK_FULL);
  EXPECT_EQ(Shown(), 3);
  EXPECT_EQ(group_->Committed({1, 0}), 3);
  full_ = false;
  EXPECT_EQ(CommitAs("a", a_, 5), std::nullopt) << "it is not behind what was refused";
  EXPECT_EQ(Shown(), 5);
  EXPECT_EQ(cursors_.Load("g")->value().at(0).cursor.committed, 5);
}

TEST_F(RefusedCursorsTest, TheNextMemberBeginsWhereTheStoreIs) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  full_ = true;
  EXPECT_EQ(CommitAs("a", a_, 7), ErrorCode::DISK_FULL);
  group_->Leave("a");
  RecordingSink b;
  Join(*group_, "b", {topic_}, b);
  EXPECT_EQ(b.held.at({1, 0}).current, 3);
}

TEST_F(RefusedCursorsTest, AMemberThatBeganBehindACommitThatIsThenRefusedBeginsAnew) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  BeginCommitThatIsRefused(7);
  group_->Leave("a");
  RecordingSink b;
  Join(*group_, "b", {topic_}, b);
  EXPECT_EQ(b.held.at({1, 0}).current, 7) << "it does not wait for the disk";
  RefuseAtLast();
  timers_.Advance(std::chrono::milliseconds(0));
  EXPECT_EQ(b.held.at({1, 0}).current, 3);
  EXPECT_EQ(b.held.at({1, 0}).committed, 3);
  EXPECT_EQ(b.assigned, 2);
}

TEST_F(RefusedCursorsTest, AMemberBeginsAnewAlsoIfMoreWasWrittenBehindTheCommitThatIsRefused) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  BeginCommitThatIsRefused(7);
  group_->Leave("a");
  RecordingSink b;
  Join(*group_, "b", {topic_}, b);
  testing::Gate behind;
  cursors_.Write({}, /*durable=*/true, [&](auto) { behind.Pass(); });
  group_->Delivered("b", {1, 0}, b.held.at({1, 0}).generation, 9);
  group_->WriteMoved();
  disk_.Open();
  behind.WaitForArrival();
  timers_.Advance(std::chrono::milliseconds(0));
  EXPECT_EQ(b.assigned, 1) << "more is on its way";
  behind.Open();
  cursors_.DrainCallbacks();
  timers_.Advance(std::chrono::milliseconds(0));
  EXPECT_EQ(b.held.at({1, 0}).current, 3);
  EXPECT_EQ(b.assigned, 2);
}

TEST_F(RefusedCursorsTest, AMemberThatBeganBehindARefusedCommitCannotCommitOverTheGap) {
  BeginCommitThatIsRefused(7);
  group_->Leave("a");
  RecordingSink b;
  Join(*group_, "b", {topic_}, b);
  RefuseAtLast();
  EXPECT_EQ(CommitAs("b", b, 9), ErrorCode::STALE_GENERATION);
  EXPECT_EQ(b.held.at({1, 0}).current, 0);
  EXPECT_EQ(group_->Committed({1, 0}), kNoOffset);
}

TEST_F(RefusedCursorsTest, ARefusedCommitMovesNeitherWhoAskedForItNorWhoHasSoughtSince) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  BeginCommitThatIsRefused(7);
  ASSERT_TRUE(group_->SeekMember("a", {{1, 0}, 5}, 1));
  const int assigned = a_.assigned;
  RefuseAtLast();
  timers_.Advance(std::chrono::milliseconds(0));
  full_ = true;
  EXPECT_EQ(CommitAs("a", a_, 8), ErrorCode::DISK_FULL);
  timers_.Advance(std::chrono::milliseconds(0));
  EXPECT_EQ(a_.assigned, assigned);
  EXPECT_EQ(a_.held.at({1, 0}).current, 5);
}

TEST_F(RefusedCursorsTest, DeliveryWritesNothingThatWasRefused) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  full_ = true;
  EXPECT_EQ(CommitAs("a", a_, 7), ErrorCode::DISK_FULL);
  full_ = false;
  group_->Delivered("a", {1, 0}, a_.held.at({1, 0}).generation, 9);
  group_->WriteMoved();
  const storage::Cursor stored = cursors_.Load("g")->value().at(0).cursor;
  EXPECT_EQ(stored.current, 9);
  EXPECT_EQ(stored.committed, 3);
}

TEST_F(RefusedCursorsTest, ASeekThatWasRefusedMovesNobody) {
  EXPECT_EQ(CommitAs("a", a_, 3), std::nullopt);
  const int assigned = a_.assigned;
  full_ = true;
  EXPECT_EQ(Seek(*group_, {{{1, 0}, 9}}).error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(Shown(), 3);
  timers_.Advance(std::chrono::milliseconds(0));
  EXPECT_EQ(a_.assigned, assigned + 2) << "there, and back again";
  EXPECT_EQ(a_.held.at({1, 0}).current, 3);
}

}  // namespace
}  // namespace strata::broker
