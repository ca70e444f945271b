#include "broker/groups/revoke_deadlines.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using std::chrono::seconds;

const RevokeDeadlines::Clock::time_point kStart{};

TEST(RevokeDeadlines, HandsOutWhatIsOverOnceAndKnowsTheNext) {
  RevokeDeadlines deadlines;
  EXPECT_FALSE(deadlines.next());
  deadlines.Add({{"a", {1, 0}, 7}}, kStart + seconds(1));
  deadlines.Add({{"b", {1, 1}, 8}}, kStart + seconds(2));
  EXPECT_EQ(deadlines.next(), kStart + seconds(1));
  EXPECT_TRUE(deadlines.TakeDue(kStart).empty());
  const auto due = deadlines.TakeDue(kStart + seconds(1));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].member, "a");
  EXPECT_EQ(due[0].generation, 7);
  EXPECT_EQ(deadlines.next(), kStart + seconds(2));
}

TEST(RevokeDeadlines, DoNotGrowWithTheNumberOfRebalances) {
  RevokeDeadlines deadlines;
  for (Generation generation = 1; generation <= 1'000; ++generation) {
    deadlines.Add({{"a", {1, 0}, generation}}, kStart + seconds(generation));
  }
  EXPECT_EQ(deadlines.size(), 1u);
  EXPECT_EQ(deadlines.TakeDue(kStart + seconds(1'000)).at(0).generation, 1'000);
}

TEST(RevokeDeadlines, APartitionThatIsRevokedAgainGoesBehindTheOthers) {
  RevokeDeadlines deadlines;
  deadlines.Add({{"a", {1, 0}, 7}, {"a", {1, 1}, 7}}, kStart + seconds(1));
  deadlines.Add({{"b", {1, 0}, 8}}, kStart + seconds(2));
  const auto due = deadlines.TakeDue(kStart + seconds(1));
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].partition, (PartitionId{1, 1}));
  EXPECT_EQ(deadlines.next(), kStart + seconds(2));
}

}  // namespace
}  // namespace strata::broker
