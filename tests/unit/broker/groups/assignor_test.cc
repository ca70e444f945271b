#include "broker/groups/assignor.h"

#include <ctime>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace strata::broker {
namespace {

std::vector<PartitionId> Partitions(TopicId topic, std::int32_t count) {
  std::vector<PartitionId> partitions;
  for (std::int32_t i = 0; i < count; ++i) partitions.push_back({topic, i});
  return partitions;
}

std::map<MemberId, int> Loads(const std::map<PartitionId, MemberId>& assignment) {
  std::map<MemberId, int> loads;
  for (const auto& [partition, member] : assignment) ++loads[member];
  return loads;
}

int Moves(const std::map<PartitionId, MemberId>& from, const std::map<PartitionId, MemberId>& to) {
  int moves = 0;
  for (const auto& [partition, member] : from) {
    if (to.contains(partition) && to.at(partition) != member) ++moves;
  }
  return moves;
}

TEST(AssignPartitions, WithoutMembersAssignsNothing) {
  EXPECT_TRUE(
      AssignPartitions({.members = {}, .partitions = Partitions(1, 3), .holders = {}}).empty());
}

TEST(AssignPartitions, OneMemberGetsEverythingItSubscribesTo) {
  AssignorInput input{.members = {{"a", {1}}}, .partitions = Partitions(1, 3), .holders = {}};
  input.partitions.push_back({2, 0});
  const auto assignment = AssignPartitions(input);
  EXPECT_EQ(assignment.size(), 3u);
  EXPECT_FALSE(assignment.contains({2, 0}));
}

TEST(AssignPartitions, SpreadsEvenlyWithinOne) {
  const auto loads = Loads(AssignPartitions({.members = {{"a", {1}}, {"b", {1}}, {"c", {1}}},
                                             .partitions = Partitions(1, 8),
                                             .holders = {}}));
  EXPECT_EQ(loads, (std::map<MemberId, int>{{"a", 3}, {"b", 3}, {"c", 2}}));
}

TEST(AssignPartitions, ANewMemberTakesOnlyItsFairShare) {
  AssignorInput input{
      .members = {{"a", {1}}, {"b", {1}}}, .partitions = Partitions(1, 12), .holders = {}};
  const auto before = AssignPartitions(input);
  input.members["c"] = {1};
  input.holders = before;
  const auto after = AssignPartitions(input);
  EXPECT_EQ(Loads(after), (std::map<MemberId, int>{{"a", 4}, {"b", 4}, {"c", 4}}));
  EXPECT_EQ(Moves(before, after), 4);
}

TEST(AssignPartitions, OnlyThePartitionsOfAMemberThatLeftMove) {
  AssignorInput input{.members = {{"a", {1}}, {"b", {1}}, {"c", {1}}},
                      .partitions = Partitions(1, 9),
                      .holders = {}};
  const auto before = AssignPartitions(input);
  input.members.erase("b");
  input.holders = before;
  const auto after = AssignPartitions(input);
  for (const auto& [partition, member] : before) {
    if (member != "b") {
      EXPECT_EQ(after.at(partition), member);
    }
  }
  EXPECT_EQ(after.size(), 9u);
}

TEST(AssignPartitions, MoreMembersThanPartitionsLeavesSomeIdle) {
  const auto assignment = AssignPartitions({.members = {{"a", {1}}, {"b", {1}}, {"c", {1}}},
                                            .partitions = Partitions(1, 2),
                                            .holders = {}});
  EXPECT_EQ(assignment.size(), 2u);
  EXPECT_NE(assignment.at({1, 0}), assignment.at({1, 1}));
}

TEST(AssignPartitions, DifferentSubscriptionsAreBalancedAsFarAsTheyAllow) {
  AssignorInput input{
      .members = {{"a", {1, 2}}, {"b", {2}}}, .partitions = Partitions(1, 4), .holders = {}};
  for (PartitionId p : Partitions(2, 4)) input.partitions.push_back(p);
  const auto assignment = AssignPartitions(input);
  for (PartitionId p : Partitions(1, 4)) EXPECT_EQ(assignment.at(p), "a");
  for (PartitionId p : Partitions(2, 4)) EXPECT_EQ(assignment.at(p), "b");
}

TEST(AssignPartitions, WhoHoldsTheMostGivesFirstWhetherItIsHereOrAway) {
  AssignorInput input{.members = {{"a", {1}}, {"b", {1}}, {"gone", {1}}},
                      .away = {"gone"},
                      .partitions = Partitions(1, 16)};
  for (PartitionId p : input.partitions) {
    input.holders[p] = p.partition < 9 ? "a" : p.partition < 14 ? "gone" : "b";
  }
  const auto after = AssignPartitions(input);
  EXPECT_EQ(Loads(after), (std::map<MemberId, int>{{"a", 6}, {"b", 5}, {"gone", 5}}));
  EXPECT_EQ(Moves(input.holders, after), 3);
}

// In processor time, which does not depend on what else the machine does.
TEST(AssignPartitions, MembersThatAreAwayAndHoldNothingCostLittle) {
  AssignorInput input{.members = {{"a", {1}}, {"b", {1}}}, .partitions = Partitions(1, 4'000)};
  for (PartitionId p : input.partitions) input.holders[p] = "a";
  const auto cost = [&] {
    const std::clock_t begin = std::clock();
    EXPECT_EQ(Moves(input.holders, AssignPartitions(input)), 2'000);
    return std::clock() - begin;
  };
  const std::clock_t alone = cost();
  for (int i = 0; i < 998; ++i) {
    const MemberId gone = fmt::format("gone-{}", i);
    input.members[gone] = {1};
    input.away.insert(gone);
  }
  EXPECT_LT(cost(), 10 * alone);
}

}  // namespace
}  // namespace strata::broker
