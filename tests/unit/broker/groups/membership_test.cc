#include "broker/groups/membership.h"

#include <algorithm>

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

// Lets every member give back what is revoked from it, until nothing is.
void ReleaseAll(Membership& membership) {
  std::vector<std::pair<MemberId, PartitionId>> revoking;
  for (const auto& [partition, holding] : membership.holdings()) {
    if (holding.revoking) revoking.emplace_back(holding.member, partition);
  }
  for (const auto& [member, partition] : revoking) membership.Release(member, {partition});
}

std::vector<std::int32_t> HeldBy(const Membership& membership, const MemberId& member,
                                 TopicId topic = kTopic) {
  std::vector<std::int32_t> held;
  for (const auto& [partition, holding] : membership.holdings()) {
    if (holding.member == member && partition.topic == topic) held.push_back(partition.partition);
  }
  return held;
}

TEST(Membership, ASuspendedMemberKeepsWhatItHoldsAndTheOthersTheirs) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  membership.Join("b", {{kTopic, 4}});
  ReleaseAll(membership);
  const auto actions = membership.Suspend("a");
  EXPECT_TRUE(actions.grants.empty() && actions.revokes.empty() && actions.loses.empty());
  EXPECT_EQ(HeldBy(membership, "a").size(), 2u);
}

TEST(Membership, WhatASuspendedMemberShouldGiveBackIsFreeAtOnce) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  membership.Join("b", {{kTopic, 4}});
  EXPECT_EQ(membership.Suspend("a").grants.size(), 2u) << "was being revoked";
  const auto joined = membership.Join("c", {{kTopic, 4}});
  for (const Revoke& revoke : joined.revokes) EXPECT_NE(revoke.member, "a") << "nobody answers";
}

TEST(Membership, WhoReplacesASuspendedMemberHoldsTheSameUnderNewGenerations) {
  Membership membership;
  membership.Join("a1", {{kTopic, 4}});
  membership.Join("b", {{kTopic, 4}});
  ReleaseAll(membership);
  const auto before = HeldBy(membership, "a1");
  const Generation newest = membership.generation();
  membership.Suspend("a1");
  const auto actions = membership.Replace("a1", "a2", {{kTopic, 4}});
  EXPECT_EQ(HeldBy(membership, "a2"), before);
  EXPECT_TRUE(actions.revokes.empty() && actions.loses.empty());
  ASSERT_EQ(actions.grants.size(), before.size());
  for (const Grant& grant : actions.grants) {
    EXPECT_EQ(grant.member, "a2");
    EXPECT_GT(grant.generation, newest);
  }
  EXPECT_EQ(membership.CheckCommit("a1", {kTopic, before[0]}, newest).error().code,
            ErrorCode::NOT_ASSIGNED);
}

TEST(Membership, WhoReplacesAMemberThatIsThereHoldsTheSame) {
  Membership membership;
  membership.Join("a1", {{kTopic, 3}});
  EXPECT_EQ(membership.Replace("a1", "a2", {{kTopic, 3}}).grants.size(), 3u);
  EXPECT_TRUE(HeldBy(membership, "a1").empty());
  EXPECT_FALSE(membership.IsSuspended("a2"));
}

TEST(Membership, WhoReplacesAMemberAndReadsLessHoldsLess) {
  constexpr TopicId kOther = 8;
  Membership membership;
  membership.Join("a1", {{kTopic, 2}, {kOther, 2}});
  membership.Suspend("a1");
  membership.Replace("a1", "a2", {{kOther, 2}});
  EXPECT_TRUE(HeldBy(membership, "a2").empty());
  EXPECT_EQ(HeldBy(membership, "a2", kOther).size(), 2u);
}

TEST(Membership, ASuspendedMemberThatLeavesHandsEverythingOver) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  membership.Join("b", {{kTopic, 4}});
  ReleaseAll(membership);
  membership.Suspend("a");
  EXPECT_EQ(membership.Leave("a").grants.size(), 2u);
  EXPECT_EQ(HeldBy(membership, "b").size(), 4u);
}

TEST(Membership, WhileNobodyIsHereWhatBecomesFreeStaysFree) {
  Membership membership;
  for (const char* id : {"a", "b", "c"}) membership.Join(id, {{kTopic, 12}});
  ReleaseAll(membership);
  const auto before = HeldBy(membership, "b");
  membership.Suspend("b");
  membership.Leave("a");
  EXPECT_TRUE(membership.Leave("c").grants.empty());
  EXPECT_EQ(HeldBy(membership, "b"), before);
  EXPECT_EQ(membership.Join("d", {{kTopic, 12}}).grants.size(), 8u);
  membership.Replace("b", "b2", {{kTopic, 12}});
  ReleaseAll(membership);
  const auto after = HeldBy(membership, "b2");
  EXPECT_EQ(after.size(), 6u);
  EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
}

TEST(Membership, WhoComesBackAloneTakesWhatIsFree) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  membership.Join("b", {{kTopic, 4}});
  ReleaseAll(membership);
  membership.Suspend("a");
  membership.Leave("b");
  membership.SetTopic(kTopic, 6);
  EXPECT_EQ(HeldBy(membership, "a").size(), 2u);
  EXPECT_EQ(membership.Replace("a", "a2", {{kTopic, 6}}).grants.size(), 6u);
}

TEST(Membership, RangesKeepPartitionsWithTheSameNumberTogether) {
  constexpr TopicId kOther = 8;
  Membership membership;
  membership.set_strategy(AssignmentStrategy::kRange);
  for (const char* id : {"a", "b", "c"}) membership.Join(id, {{kTopic, 7}, {kOther, 7}});
  ReleaseAll(membership);
  EXPECT_EQ(HeldBy(membership, "a"), (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(HeldBy(membership, "b"), (std::vector<std::int32_t>{3, 4}));
  EXPECT_EQ(HeldBy(membership, "c"), (std::vector<std::int32_t>{5, 6}));
  for (const char* id : {"a", "b", "c"}) {
    EXPECT_EQ(HeldBy(membership, id, kOther), HeldBy(membership, id));
  }
}

TEST(Membership, WhoSubscribesToATopicThatAppearsSharesIt) {
  constexpr TopicId kOther = 8;
  Membership membership;
  membership.Join("a", {{kTopic, 1}});
  membership.Join("b", {});
  const auto actions = membership.Subscribe({"b", "nobody"}, kOther, 2);
  ASSERT_EQ(actions.grants.size(), 2u);
  for (const Grant& grant : actions.grants) EXPECT_EQ(grant.member, "b");
}

// Its new id sorts elsewhere than its old one, and so would its name with the id glued to it.
TEST(Membership, ARangeMemberThatComesBackUnderItsInstanceIdStandsWhereItStood) {
  Membership membership;
  membership.set_strategy(AssignmentStrategy::kRange);
  membership.Join("billing-3f", {{kTopic, 4}}, "billing");
  membership.Join("billing-b-7", {{kTopic, 4}}, "billing-b");
  membership.Release("billing-3f", {{kTopic, 2}, {kTopic, 3}});
  const auto actions = membership.Replace("billing-3f", "billing-e1", {{kTopic, 4}}, "billing");
  EXPECT_TRUE(actions.revokes.empty());
  ASSERT_EQ(actions.grants.size(), 2u);
  for (const Grant& grant : actions.grants) {
    EXPECT_EQ(grant.member, "billing-e1");
    EXPECT_LT(grant.partition.partition, 2);
  }
}

TEST(Membership, NobodyKeepsATopicThatIsGoneInMind) {
  Membership membership;
  membership.Join("a", {{kTopic, 4}});
  for (TopicId topic = 10; topic < 20; ++topic) {
    membership.Subscribe({"a"}, topic, 1);
    membership.SetTopic(topic, 0);
  }
  EXPECT_EQ(membership.members().at("a"), std::set<TopicId>{kTopic});
}

}  // namespace
}  // namespace strata::broker
