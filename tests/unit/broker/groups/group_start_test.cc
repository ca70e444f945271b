// Where a group begins, and what its members read by pattern.
#include <gtest/gtest.h>

#include "tests/unit/broker/groups/group_test.h"

namespace strata::broker {
namespace {

class PatternTest : public GroupTest {
 protected:
  void JoinByPattern(Group& group, const MemberId& id, MemberSink& sink,
                     const std::vector<TopicPtr>& named = {}) {
    TopicMatches matching(pattern_, [this] { return ListTopics(); });
    ASSERT_TRUE(group.Join(
        {id, "", ""}, {}, named, &sink, [](Generation) {}, &matching));
  }

  const std::shared_ptr<const TopicPattern> pattern_ = *TopicPattern::Compile("topic[2-9]");
};

TEST_F(PatternTest, ATopicThatAppearsGoesToWhoseverPatternItMatchesFromItsBeginning) {
  const TopicPtr topic = MakeTopic(1, 1);
  auto group = MakeGroup();
  RecordingSink a;
  RecordingSink b;
  Join(*group, "a", {topic}, a);
  JoinByPattern(*group, "b", b);
  EXPECT_EQ(b.assigned, 1) << "it is told that there is nothing for it";

  const TopicPtr appeared = MakeTopic(2, 3);
  Append({2, 0}, 5);
  group->TopicCreated(appeared);
  group->TopicCreated(appeared);
  EXPECT_EQ(b.held.size(), 3u);
  EXPECT_EQ(b.held.at({2, 0}).current, 0);
  EXPECT_EQ(a.held.size(), 1u);

  group->TopicCreated(MakeTopic(11, 1));
  EXPECT_FALSE(b.held.contains({11, 0})) << "the pattern is for whole names";
}

TEST_F(PatternTest, ATopicThatIsNamedAndMadeAnewIsReadAgainFromItsBeginning) {
  auto group = MakeGroup();
  RecordingSink a;
  Join(*group, "a", {MakeTopic(1, 1)}, a);
  group->TopicDeleted(1);
  EXPECT_TRUE(a.held.empty());
  auto anew = std::make_shared<Topic>(*MakeTopic(2, 2));
  anew->name = topics_.at(1)->name;
  topics_[2] = anew;
  group->TopicCreated(anew);
  EXPECT_EQ(a.held.size(), 2U);
  EXPECT_EQ(a.held.at({2, 1}).current, 0);
}

TEST_F(PatternTest, WhatMatchesNowIsReadBesideWhatIsNamed) {
  const TopicPtr named = MakeTopic(1, 1);
  MakeTopic(2, 1);
  auto group = MakeGroup();
  RecordingSink a;
  JoinByPattern(*group, "a", a, {named});
  EXPECT_EQ(a.held.size(), 2u);
}

// An expression may take long for each of many topics, and others wait for the group meanwhile.
TEST_F(PatternTest, WhatWasMatchedBeforeTheGroupWasEnteredIsNotMatchedAgain) {
  MakeTopic(2, 1);
  TopicMatches matching(pattern_, [this] { return ListTopics(); });
  auto renamed = std::make_shared<Topic>(*topics_.at(2));
  renamed->name = "another";
  topics_[2] = renamed;
  MakeTopic(3, 1);
  auto group = MakeGroup();
  RecordingSink a;
  ASSERT_TRUE(group->Join(
      {"a", "", ""}, {}, {}, &a, [](Generation) {}, &matching));
  EXPECT_TRUE(a.held.contains({2, 0}));
  EXPECT_TRUE(a.held.contains({3, 0})) << "it is new";
}

// The group may hear of the topic before this member, from another one, or after it.
TEST_F(PatternTest, WhoJoinsWhileATopicIsCreatedReadsItToo) {
  for (const bool heard_before : {true, false}) {
    const storage::TopicId id = heard_before ? 2 : 3;
    auto group = MakeGroup();
    RecordingSink a;
    RecordingSink b;
    RecordingSink c;
    JoinByPattern(*group, "a", a);
    const TopicPtr topic = MakeTopic(id, 1);
    if (heard_before) group->TopicCreated(topic);
    JoinByPattern(*group, "b", b);
    ASSERT_TRUE(group->Join({"c", "", ""}, {}, {topic}, &c, [](Generation) {}));
    group->TopicCreated(topic);
    group->Leave("c");
    group->Leave(a.held.contains({id, 0}) ? "a" : "b");
    EXPECT_TRUE(a.held.contains({id, 0}) && b.held.contains({id, 0}))
        << "each reads it when the other has gone";
    group->Leave("a");
    group->Leave("b");
    deleted_topic_ = id;
  }
}

TEST_F(PatternTest, WhatCameWhileNobodyWasThereIsReadFromItsBeginning) {
  const TopicPtr topic = MakeTopic(2, 1);
  Append({2, 0}, 5);
  StoreFirstCursorsAtEnd({topic});
  auto group = MakeGroup();
  RecordingSink a;
  JoinByPattern(*group, "a", a);
  EXPECT_EQ(a.held.at({2, 0}).current, 5) << "the group is new";
  group->Leave("a");

  MakeTopic(3, 1);
  Append({3, 0}, 5);
  for (const bool restarted : {false, true}) {
    if (restarted) group = MakeGroup();
    RecordingSink back;
    JoinByPattern(*group, "back", back);
    EXPECT_EQ(back.held.at({2, 0}).current, 5);
    EXPECT_EQ(back.held.at({3, 0}).current, 0) << "after a restart: " << restarted;
    group->Leave("back");
  }
}

TEST_F(GroupTest, WhoJoinsKnowingFewerPartitionsOrADeletedTopicIsTaughtOrRefused) {
  const TopicPtr before = MakeTopic(1, 1);
  MakeTopic(1, 3);
  auto group = MakeGroup();
  RecordingSink a;
  ASSERT_TRUE(group->Join({"a", "", ""}, {}, {before}, &a, [](Generation) {}));
  EXPECT_EQ(a.held.size(), 3u);
  deleted_topic_ = 1;
  RecordingSink b;
  const auto refused = group->Join({"b", "", ""}, {}, {before}, &b, [](Generation) {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::UNKNOWN_TOPIC);
  EXPECT_EQ(group->member_count(), 1);
}

}  // namespace
}  // namespace strata::broker
