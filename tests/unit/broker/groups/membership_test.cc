#include "broker/groups/membership.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

constexpr TopicId kTopic = 7;

TEST(Membership, TheFirstMemberIsGrantedEverythingAtOnce) {
  Membership membership;
  const auto actions = membership.Join("a", {{kTopic, 3}});
  EXPECT_EQ(actions.grants.size(), 3u);
  EXPECT_TRUE(actions.revokes.empty());
  for (const Grant& grant : actions.grants) EXPECT_EQ(grant.generation, 1);
}

TEST(Membership, ASecondMemberGetsItsShareOnlyAfterTheRelease) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const auto joined = membership.Join("b", {{kTopic, 2}});
  EXPECT_TRUE(joined.grants.empty());
  ASSERT_EQ(joined.revokes.size(), 1u);
  const PartitionId moving = joined.revokes[0].partition;

  const auto released = membership.Release("a", {moving});
  ASSERT_EQ(released.grants.size(), 1u);
  EXPECT_EQ(released.grants[0].member, "b");
  EXPECT_EQ(released.grants[0].partition, moving);
  EXPECT_EQ(released.grants[0].generation, 2);
}

TEST(Membership, TheOldHolderMayCommitUntilItReleases) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const PartitionId moving = membership.Join("b", {{kTopic, 2}}).revokes.at(0).partition;
  EXPECT_TRUE(membership.CheckCommit("a", moving, 1));
  membership.Release("a", {moving});
  EXPECT_EQ(membership.CheckCommit("a", moving, 1).error().code, ErrorCode::NOT_ASSIGNED);
  EXPECT_TRUE(membership.CheckCommit("b", moving, 2));
}

TEST(Membership, AHolderThatDoesNotReleaseInTimeLosesThePartition) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const Revoke revoke = membership.Join("b", {{kTopic, 2}}).revokes.at(0);
  const auto actions = membership.RevokeTimedOut({revoke});
  ASSERT_EQ(actions.loses.size(), 1u);
  EXPECT_EQ(actions.loses[0].member, "a");
  ASSERT_EQ(actions.grants.size(), 1u);
  EXPECT_EQ(actions.grants[0].member, "b");
}

TEST(Membership, ATimeOutThatComesAfterTheReleaseChangesNothing) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const Revoke revoke = membership.Join("b", {{kTopic, 2}}).revokes.at(0);
  membership.Release("a", {revoke.partition});
  const auto actions = membership.RevokeTimedOut({revoke});
  EXPECT_TRUE(actions.loses.empty());
  EXPECT_TRUE(actions.grants.empty());
}

TEST(Membership, AReleaseOfWhatIsNotBeingRevokedChangesNothing) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  EXPECT_TRUE(membership.Release("a", {{kTopic, 0}, {kTopic, 0}, {kTopic, 9}}).grants.empty());
  EXPECT_TRUE(membership.CheckCommit("a", {kTopic, 0}, 1));
}

TEST(Membership, ARebalanceOfManyPartitionsCostsLittleForEach) {
  Membership membership;
  membership.Join("a", {{kTopic, 10'000}});
  std::vector<PartitionId> moving;
  for (const Revoke& revoke : membership.Join("b", {{kTopic, 10'000}}).revokes) {
    moving.push_back(revoke.partition);
  }
  EXPECT_EQ(moving.size(), 5'000u);
  EXPECT_EQ(membership.Release("a", moving).grants.size(), 5'000u);
  EXPECT_EQ(membership.generation(), 2) << "one step, one generation";
}

TEST(Membership, AMemberThatLeavesHandsItsPartitionsOverAtOnce) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  for (const Revoke& revoke : membership.Join("b", {{kTopic, 4}}).revokes) {
    membership.Release("a", {revoke.partition});
  }
  const auto actions = membership.Leave("a");
  EXPECT_EQ(actions.grants.size(), 2u);
  for (const Grant& grant : actions.grants) EXPECT_EQ(grant.member, "b");
}

TEST(Membership, ARevokedPartitionGoesBackIfItsNewHolderDies) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const PartitionId moving = membership.Join("b", {{kTopic, 2}}).revokes.at(0).partition;
  EXPECT_TRUE(membership.Leave("b").grants.empty());
  const auto actions = membership.Release("a", {moving});
  ASSERT_EQ(actions.grants.size(), 1u);
  EXPECT_EQ(actions.grants[0].member, "a");
}

TEST(Membership, ASeekMakesOlderCommitsStale) {
  Membership membership;
  membership.Join("a", {{kTopic, 1}});
  const auto actions = membership.Regrant({{kTopic, 0}});
  ASSERT_EQ(actions.grants.size(), 1u);
  EXPECT_EQ(actions.grants[0].generation, 2);
  EXPECT_EQ(membership.CheckCommit("a", {kTopic, 0}, 1).error().code, ErrorCode::STALE_GENERATION);
  EXPECT_TRUE(membership.CheckCommit("a", {kTopic, 0}, 2));
}

TEST(Membership, ASeekTakesAPartitionThatIsBeingRevokedFromItsHolder) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const PartitionId moving = membership.Join("b", {{kTopic, 2}}).revokes.at(0).partition;
  const auto actions = membership.Regrant({moving});
  ASSERT_EQ(actions.loses.size(), 1u);
  EXPECT_EQ(actions.loses[0].member, "a");
  ASSERT_EQ(actions.grants.size(), 1u);
  EXPECT_EQ(actions.grants[0].member, "b");
}

TEST(Membership, PartitionsThatAreAddedAreGrantedWithoutTouchingTheOthers) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const auto actions = membership.SetTopic(kTopic, 3);
  ASSERT_EQ(actions.grants.size(), 1u);
  EXPECT_EQ(actions.grants[0].partition, (PartitionId{kTopic, 2}));
  EXPECT_TRUE(actions.revokes.empty());
}

TEST(Membership, WhatAJoinBringsIsSharedOutOnceWithTheNewMember) {
  Membership membership;
  membership.Join("a", {{kTopic, 1}});
  const auto actions = membership.Join("b", {{kTopic, 2}});
  ASSERT_EQ(actions.grants.size(), 1u);
  EXPECT_EQ(actions.grants[0].member, "b");
  EXPECT_EQ(actions.grants[0].partition, (PartitionId{kTopic, 1}));
  EXPECT_TRUE(actions.revokes.empty());
}

TEST(Membership, AJoinThatKnowsOfFewerPartitionsTakesNoneAway) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  const auto actions = membership.Join("b", {{kTopic, 1}});
  EXPECT_TRUE(actions.loses.empty());
  EXPECT_EQ(actions.revokes.size(), 2u);
}

TEST(Membership, ADeletedTopicIsLostByItsHolders) {
  Membership membership;
  membership.Join("a", {{kTopic, 2}});
  const auto actions = membership.SetTopic(kTopic, 0);
  EXPECT_EQ(actions.loses.size(), 2u);
  EXPECT_TRUE(membership.holdings().empty());
}

TEST(Membership, GenerationsContinueAboveTheOneGiven) {
  Membership membership(41);
  EXPECT_EQ(membership.Join("a", {{kTopic, 1}}).grants.at(0).generation, 42);
}

}  // namespace
}  // namespace strata::broker
