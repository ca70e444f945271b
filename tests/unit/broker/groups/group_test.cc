#include "tests/unit/broker/groups/group_test.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

TEST_F(GroupTest, DeliveryMovesOnlyCurrentAndACommitOnlyCommitted) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  const Generation generation = a.held.at({1, 0}).generation;

  group->Delivered("a", {1, 0}, generation, 7);
  auto cursor = group->Describe().partitions.at(0).cursor;
  EXPECT_EQ(cursor.current, 7);
  EXPECT_EQ(cursor.committed, kNoOffset);

  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 5, generation), std::nullopt);
  cursor = group->Describe().partitions.at(0).cursor;
  EXPECT_EQ(cursor.current, 7);
  EXPECT_EQ(cursor.committed, 5);
}

TEST_F(GroupTest, CurrentIsWrittenWithoutACommit) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  const Generation generation = a.held.at({1, 0}).generation;
  const auto stored = [&] { return cursors_.Load("g")->value().at(0).cursor; };

  group->Delivered("a", {1, 0}, generation, 7);
  group->WriteMoved();
  EXPECT_EQ(stored().current, 7);
  EXPECT_EQ(stored().committed, kNoOffset);

  group->Delivered("a", {1, 0}, generation, 9);
  timers_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(stored().current, 9);
}

TEST_F(GroupTest, WhenTheBrokerStopsNobodyIsGivenWhatOthersLeave) {
  const TopicPtr topic = MakeTopic(1, 2);
  Append({1, 1}, 10);
  auto group = MakeGroup();
  RecordingSink a, b;
  Join(*group, "a", {topic}, a);
  Join(*group, "b", {topic}, b);
  group->Release("a", a.revoked);
  ASSERT_EQ(b.held.size(), 1U);
  const auto& [held, assignment] = *b.held.begin();
  group->StopSharingOut();
  group->Leave("a");
  EXPECT_EQ(b.held.size(), 1U);
  EXPECT_EQ(CommitOne(*group, "b", held, 0, assignment.generation), std::nullopt);
}

TEST_F(GroupTest, CurrentOfWhatIsGoneIsNotWritten) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  group->Delivered("a", {1, 0}, a.held.at({1, 0}).generation, 7);
  group->TopicDeleted(1);
  ASSERT_TRUE(cursors_.DeleteTopic(1));
  group->WriteMoved();
  EXPECT_TRUE(cursors_.Load("g")->value().empty());
}

TEST_F(GroupTest, TheNextMemberStartsAtTheCommittedOffset) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  Join(*group, "a", {topic}, a);
  group->Delivered("a", {1, 0}, a.held.at({1, 0}).generation, 9);
  CommitOne(*group, "a", {1, 0}, 4, a.held.at({1, 0}).generation);
  group->Leave("a");
  Join(*group, "b", {topic}, b);
  EXPECT_EQ(b.held.at({1, 0}).current, 4);
  EXPECT_EQ(b.held.at({1, 0}).committed, 4);
}

TEST_F(GroupTest, CursorsSurviveTheBroker) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  {
    auto group = MakeGroup();
    RecordingSink a;
    Join(*group, "a", {topic}, a);
    CommitOne(*group, "a", {1, 0}, 6, a.held.at({1, 0}).generation);
    group->Leave("a");
  }
  auto group = MakeGroup();
  RecordingSink b;
  Join(*group, "b", {topic}, b);
  EXPECT_EQ(b.held.at({1, 0}).current, 6);
}

TEST_F(GroupTest, RefusesCommitsOfStaleGenerationsForeignPartitionsAndBeyondTheEnd) {
  const TopicPtr topic = MakeTopic(1, 2);
  Append({1, 0}, 3);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  const Generation generation = a.held.at({1, 0}).generation;
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 1, generation - 1), ErrorCode::STALE_GENERATION);
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 1, generation + 1), ErrorCode::STALE_GENERATION);
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 4, generation), ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, -1, generation), ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(CommitOne(*group, "b", {1, 0}, 1, generation), ErrorCode::NOT_ASSIGNED);
  EXPECT_EQ(CommitOne(*group, "a", {2, 0}, 1, generation), ErrorCode::NOT_ASSIGNED);
  EXPECT_EQ(group->Committed({1, 0}), kNoOffset);
}

TEST_F(GroupTest, OneBadOffsetDoesNotKeepTheOthersFromBeingCommitted) {
  const TopicPtr topic = MakeTopic(1, 2);
  Append({1, 0}, 3);
  Append({1, 1}, 3);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  const Generation generation = a.held.at({1, 0}).generation;
  const auto outcome =
      Commit(*group, "a", {{{1, 0}, 99, generation, ""}, {{1, 1}, 2, generation, "note"}});
  EXPECT_TRUE(outcome.at(0));
  EXPECT_FALSE(outcome.at(1));
  EXPECT_EQ(group->Committed({1, 1}), 2);
}

TEST_F(GroupTest, ALateCommitOfALowerOffsetDoesNotMoveTheCursorBack) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  const Generation generation = a.held.at({1, 0}).generation;
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 8, generation), std::nullopt);
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 3, generation), std::nullopt);
  EXPECT_EQ(group->Committed({1, 0}), 8);
}

TEST_F(GroupTest, ASeekMovesARunningMemberAndFencesItsOlderCommits) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  const Generation before = a.held.at({1, 0}).generation;
  CommitOne(*group, "a", {1, 0}, 9, before);
  ASSERT_TRUE(Seek(*group, {{{1, 0}, 2}}));
  EXPECT_EQ(a.held.at({1, 0}).current, 2);
  EXPECT_EQ(a.held.at({1, 0}).committed, 2);
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 10, before), ErrorCode::STALE_GENERATION);
  EXPECT_EQ(group->Committed({1, 0}), 2);
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 10, a.held.at({1, 0}).generation), std::nullopt);
}

TEST_F(GroupTest, AMembersOwnSeekLeavesTheCommittedOffset) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  CommitOne(*group, "a", {1, 0}, 5, a.held.at({1, 0}).generation);
  ASSERT_TRUE(group->SeekMember("a", {{1, 0}, 1}, 77));
  EXPECT_EQ(a.last_seek, 77u);
  EXPECT_EQ(a.held.at({1, 0}).current, 1);
  EXPECT_EQ(group->Committed({1, 0}), 5);
  EXPECT_EQ(group->SeekMember("b", {{1, 0}, 1}, 78).error().code, ErrorCode::NOT_ASSIGNED);
}

TEST_F(GroupTest, AMemberThatDoesNotReleaseInTimeLosesThePartition) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup(std::chrono::seconds(10));
  RecordingSink a;
  RecordingSink b;
  Join(*group, "a", {topic}, a);
  Join(*group, "b", {topic}, b);
  timers_.Advance(std::chrono::milliseconds(9'999));
  EXPECT_TRUE(a.lost.empty());
  timers_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(a.lost, a.revoked);
  EXPECT_EQ(b.held.size(), 1u);
}

TEST_F(GroupTest, AGroupThatStartsAtTheEndKeepsThatStartWhenItsMemberDiesUncommitted) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  StoreFirstCursorsAtEnd({topic});
  auto group = MakeGroup();
  RecordingSink a;
  ASSERT_TRUE(group->Join({"a", "", ""}, {}, {topic}, &a, [](Generation) {}));
  EXPECT_EQ(a.held.at({1, 0}).current, 10);
  group->Leave("a");
  Append({1, 0}, 5);
  RecordingSink b;
  Join(*group, "b", {topic}, b);
  EXPECT_EQ(b.held.at({1, 0}).current, 10);
}

TEST_F(GroupTest, APartitionThatIsAddedStartsAtItsBeginningEvenIfTheGroupStartedAtTheEnd) {
  TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  StoreFirstCursorsAtEnd({topic});
  auto group = MakeGroup();
  RecordingSink a;
  ASSERT_TRUE(group->Join({"a", "", ""}, {}, {topic}, &a, [](Generation) {}));
  topic = MakeTopic(1, 2);
  Append({1, 1}, 4);
  group->PartitionsAdded(topic);
  EXPECT_EQ(a.held.at({1, 1}).current, 0);
}

TEST_F(GroupTest, ADeletedTopicIsTakenFromItsMembersWithItsCursors) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  group->TopicDeleted(1);
  EXPECT_TRUE(a.held.empty());
  EXPECT_TRUE(group->Describe().partitions.empty());
}

TEST_F(GroupTest, NoCursorOfATopicIsWrittenAfterItsDeletion) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  deleted_topic_ = 1;
  group->TopicDeleted(1);
  // Its caller looked the topic up before it was deleted.
  EXPECT_EQ(Seek(*group, {{{1, 0}, 2}}).error().code, ErrorCode::UNKNOWN_TOPIC);
  EXPECT_TRUE(cursors_.Load("g")->value().empty());
  EXPECT_TRUE(group->Describe().partitions.empty());
}

TEST_F(GroupTest, CannotBeRetiredWhileItHasMembersNorJoinedAfterwards) {
  const TopicPtr topic = MakeTopic(1, 1);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  EXPECT_FALSE(group->Retire());
  group->Leave("a");
  EXPECT_TRUE(group->Retire());
  RecordingSink b;
  const auto joined = group->Join({"b", "", ""}, {}, {topic}, &b, [](Generation) {});
  EXPECT_EQ(joined.error().code, ErrorCode::UNKNOWN_GROUP);
}

TEST_F(GroupTest, ADeletedGroupStaysDeleted) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  EXPECT_TRUE(group->Retire());
  ASSERT_TRUE(cursors_.DeleteGroup("g"));
  EXPECT_EQ(Seek(*group, {{{1, 0}, 2}}).error().code, ErrorCode::UNKNOWN_GROUP);
  cursors_.DrainCallbacks();
  EXPECT_TRUE(cursors_.ListGroups()->empty());
}

TEST_F(GroupTest, GenerationsBeginAboveThoseOfEarlierRuns) {
  const TopicPtr topic = MakeTopic(1, 1);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  EXPECT_GT(a.held.at({1, 0}).generation, 1'000);
}

TEST_F(GroupTest, ACommitThatTheStoreRefusesIsNotAcknowledged) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {topic}, a);
  cursors_.DrainCallbacks();
  cursors_.fault = [] { return Fail(ErrorCode::IO_ERROR, "the disk is gone"); };
  EXPECT_EQ(CommitOne(*group, "a", {1, 0}, 1, a.held.at({1, 0}).generation), ErrorCode::IO_ERROR);
}

TEST_F(GroupTest, AMemberIsToldThatThereIsNothingForIt) {
  auto group = MakeGroup();
  const TopicPtr topic = MakeTopic(1, 1);
  RecordingSink a;
  RecordingSink b;
  Join(*group, "a", {topic}, a);
  Join(*group, "b", {topic}, b);
  EXPECT_EQ(b.assigned, 1);
  EXPECT_TRUE(b.held.empty());
  group->Leave("a");
  EXPECT_EQ(b.held.size(), 1u);
  group->Leave("b");
}

TEST_F(GroupTest, AMemberWhosePartitionIsOnItsWayIsNotToldThatThereIsNothing) {
  auto group = MakeGroup();
  const TopicPtr topic = MakeTopic(1, 2);
  RecordingSink a;
  RecordingSink b;
  Join(*group, "a", {topic}, a);
  Join(*group, "b", {topic}, b);
  EXPECT_EQ(b.assigned, 0);
  group->Release("a", a.revoked);
  EXPECT_EQ(b.assigned, 1);
  EXPECT_EQ(b.held.size(), 1u);
  group->Leave("a");
  group->Leave("b");
}

TEST_F(GroupTest, AMemberWithAnotherStrategyIsRefusedWhileThereAreOthers) {
  const TopicPtr topic = MakeTopic(1, 4);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  Join(*group, "a", {topic}, a);
  const MemberOptions range{AssignmentStrategy::kRange, std::chrono::milliseconds(0)};
  const auto refused = group->Join({"b", "", ""}, range, {topic}, &b, [](Generation) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::INCOMPATIBLE_STRATEGY);
  group->Leave("a");
  EXPECT_TRUE(group->Join({"b", "", ""}, range, {topic}, &b, [](Generation) {}));
}

TEST_F(GroupTest, AJoinThatIsRefusedLeavesTheStrategyAsItIs) {
  const TopicPtr topic = MakeTopic(1, 4);
  const TopicPtr deleted = MakeTopic(2, 1);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  ASSERT_TRUE(group->Join({"a1", "", "", "a"}, {}, {topic}, &a, [](Generation) {}));
  deleted_topic_ = 2;
  const MemberOptions range{AssignmentStrategy::kRange, std::chrono::milliseconds(0)};
  const auto refused = group->Join({"a2", "", "", "a"}, range, {deleted}, &b, [](Generation) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_TOPIC);
  EXPECT_TRUE(group->Join({"b", "", ""}, {}, {topic}, &b, [](Generation) {}));
}

}  // namespace
}  // namespace strata::broker
