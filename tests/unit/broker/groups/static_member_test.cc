#include <gtest/gtest.h>

#include "tests/unit/broker/groups/group_test.h"

namespace strata::broker {
namespace {

Result<void> JoinAsInstance(Group& group, const MemberId& id, const std::string& instance,
                            const TopicPtr& topic, MemberSink& sink,
                            std::chrono::milliseconds return_within = std::chrono::hours(1)) {
  MemberOptions options;
  options.return_within = return_within;
  return group.Join({id, "client", "peer", instance}, options, {topic}, &sink, [](Generation) {});
}

TEST_F(GroupTest, AStaticMemberThatComesBackHoldsWhatItHeldAndNobodyElseNotices) {
  const TopicPtr topic = MakeTopic(1, 4);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  RecordingSink back;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  Join(*group, "b", {topic}, b);
  group->Release("a1", a.revoked);
  const std::size_t held = 2;
  ASSERT_EQ(b.held.size(), held);
  const int told = b.assigned;

  group->Leave("a1");
  EXPECT_EQ(b.held.size(), held);
  EXPECT_TRUE(group->Describe().members.at(0).away);
  EXPECT_EQ(group->Describe().members.at(0).partitions, 2);
  ASSERT_TRUE(JoinAsInstance(*group, "a2", "a", topic, back));
  EXPECT_EQ(back.held.size(), held);
  EXPECT_EQ(b.assigned, told);
  EXPECT_TRUE(b.revoked.empty());
  EXPECT_FALSE(a.replaced) << "it had gone";
  EXPECT_EQ(group->member_count(), 2);
  for (const auto& [partition, assignment] : back.held) {
    EXPECT_GT(assignment.generation, a.held.at(partition).generation);
    EXPECT_EQ(CommitOne(*group, "a1", partition, 0, a.held.at(partition).generation),
              ErrorCode::NOT_ASSIGNED);
  }
}

TEST_F(GroupTest, AStaticMemberThatIsStillThereIsReplaced) {
  const TopicPtr topic = MakeTopic(1, 1);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink again;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  ASSERT_TRUE(JoinAsInstance(*group, "a2", "a", topic, again));
  EXPECT_TRUE(a.replaced);
  EXPECT_EQ(again.held.size(), 1u);
  group->Leave("a1");
  EXPECT_EQ(group->member_count(), 1);
  EXPECT_EQ(CommitOne(*group, "a2", {1, 0}, 0, again.held.at({1, 0}).generation), std::nullopt);
}

TEST_F(GroupTest, AStaticMemberThatStaysAwayLosesItsPlace) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a, std::chrono::seconds(10)));
  Join(*group, "b", {topic}, b);
  group->Leave("a1");
  timers_.Advance(std::chrono::milliseconds(9'999));
  EXPECT_EQ(group->member_count(), 2);
  timers_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(group->member_count(), 1);
  EXPECT_EQ(b.held.size(), 2u);
}

TEST_F(GroupTest, AStaticMemberThatStoodStillIsGoneForGood) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  Join(*group, "b", {topic}, b);
  group->Leave("a1", Group::Absence::kForGood);
  EXPECT_EQ(group->member_count(), 1);
  EXPECT_EQ(b.held.size(), 2u);
}

TEST_F(GroupTest, WhatAnAbsentMemberWasToGiveBackGoesToTheOthersAtOnce) {
  const TopicPtr topic = MakeTopic(1, 4);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  RecordingSink c;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  Join(*group, "b", {topic}, b);
  EXPECT_TRUE(b.held.empty());
  group->Leave("a1");
  EXPECT_EQ(b.held.size(), 2u);
  Join(*group, "c", {topic}, c);
  group->Release("b", b.revoked);
  EXPECT_GE(c.held.size(), 1u);
}

TEST_F(GroupTest, AFullGroupGivesTheNextOneThePlaceOfWhoIsAwayForLongest) {
  max_members_ = 3;
  const TopicPtr topic = MakeTopic(1, 6);
  auto group = MakeGroup();
  RecordingSink here;
  RecordingSink away;
  RecordingSink next;
  Join(*group, "here", {topic}, here);
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, away));
  group->Release("here", here.revoked);
  ASSERT_TRUE(JoinAsInstance(*group, "b1", "b", topic, away));
  group->Release("here", here.revoked);
  group->Release("a1", away.revoked);
  group->Leave("b1");
  group->Leave("a1");

  ASSERT_TRUE(JoinAsInstance(*group, "c1", "c", topic, next));
  std::vector<MemberId> members;
  for (const auto& member : group->Describe().members) members.push_back(member.info.id);
  EXPECT_EQ(members, (std::vector<MemberId>{"here", "a1", "c1"}));
  EXPECT_EQ(next.held.size(), 2u);

  RecordingSink back;
  EXPECT_TRUE(JoinAsInstance(*group, "a2", "a", topic, back)) << "its place is kept";
  RecordingSink refused;
  const auto joined = JoinAsInstance(*group, "d1", "d", topic, refused);
  ASSERT_FALSE(joined) << "all are here";
  EXPECT_EQ(joined.error().code, ErrorCode::OVERLOADED);
}

TEST_F(GroupTest, WhatIsFreeGoesToMembersThatAreHere) {
  TopicPtr topic = MakeTopic(1, 6);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  RecordingSink c;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  Join(*group, "b", {topic}, b);
  group->Release("a1", a.revoked);
  Join(*group, "c", {topic}, c);
  group->Release("a1", a.revoked);
  group->Release("b", b.revoked);
  group->Leave("a1");
  group->Leave("c");
  EXPECT_EQ(group->Describe().members.at(1).partitions, 4);
  topic = MakeTopic(1, 9);
  group->PartitionsAdded(topic);
  EXPECT_EQ(group->Describe().members.at(0).partitions, 2) << "it keeps what it has, and no more";
}

TEST_F(GroupTest, AGroupOfWhichAllAreAwayCanBeRetired) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  ASSERT_TRUE(JoinAsInstance(*group, "b1", "b", topic, b));
  group->Leave("a1");
  EXPECT_FALSE(group->Retire());
  group->Leave("b1");
  EXPECT_TRUE(group->Retire());
  EXPECT_EQ(group->member_count(), 0);
  timers_.Advance(std::chrono::hours(2));
  EXPECT_EQ(group->member_count(), 0) << "nobody's time is counted any more";
}

TEST_F(GroupTest, WhoIsAwayHasNoSayInHowPartitionsAreSharedOut) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  ASSERT_TRUE(JoinAsInstance(*group, "a1", "a", topic, a));
  const MemberOptions range{AssignmentStrategy::kRange, std::chrono::hours(1)};
  EXPECT_FALSE(group->Join({"b1", "", "", "b"}, range, {topic}, &b, [](Generation) {}));
  group->Leave("a1");
  EXPECT_TRUE(group->Join({"b1", "", "", "b"}, range, {topic}, &b, [](Generation) {}));
}

}  // namespace
}  // namespace strata::broker
