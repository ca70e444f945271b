#include "broker/delivery/held_partitions.h"

#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

constexpr PartitionId kFirst{1, 0};
constexpr PartitionId kSecond{1, 1};
constexpr PartitionId kThird{1, 2};
constexpr Generation kNow = 7;
constexpr Generation kBefore = 6;

class HeldPartitionsTest : public ::testing::Test {
 protected:
  HeldPartitionsTest() {
    topic_->id = 1;
    topic_->name = "orders";
    topic_->partition_count = 3;
  }

  void Add(PartitionId partition, Offset current = 10) {
    held_.Add({topic_, partition, current, kNoOffset, kNow});
  }
  // The partitions that are served in the next turns.
  std::vector<PartitionId> Serve(int turns) {
    std::vector<PartitionId> served;
    for (int i = 0; i < turns; ++i) {
      if (const auto next = held_.Next()) served.push_back(next->partition);
    }
    return served;
  }

  std::shared_ptr<Topic> topic_ = std::make_shared<Topic>();
  HeldPartitions held_;
};

TEST_F(HeldPartitionsTest, ServesThemInTurn) {
  EXPECT_FALSE(held_.Next());
  Add(kFirst);
  Add(kSecond);
  Add(kThird);
  EXPECT_EQ(Serve(4), (std::vector<PartitionId>{kFirst, kSecond, kThird, kFirst}));
}

TEST_F(HeldPartitionsTest, GoesOnWhereDeliveryCameTo) {
  Add(kFirst);
  EXPECT_EQ(held_.Next()->from, 10);
  EXPECT_TRUE(held_.Delivered(kFirst, kNow, 15, 14));
  EXPECT_EQ(held_.Next()->from, 15);
  held_.SkipTo(kFirst, kNow, 40);
  EXPECT_EQ(held_.Next()->from, 40);
}

TEST_F(HeldPartitionsTest, ThosePausedStoppedOrWaitingAreNotServed) {
  Add(kFirst);
  Add(kSecond);
  Add(kThird);
  held_.SetPaused(kFirst, true);
  held_.Stop(kSecond);
  EXPECT_TRUE(held_.BeginWait(kThird, kNow));
  EXPECT_FALSE(held_.Next());
  held_.SetPaused(kFirst, false);
  held_.SetPaused(kSecond, false);
  EXPECT_TRUE(held_.EndWait(kThird, kNow));
  EXPECT_EQ(Serve(3), (std::vector<PartitionId>{kFirst, kThird, kFirst}));
}

TEST_F(HeldPartitionsTest, APausedOneIsNotServedWhenItsLogGrows) {
  Add(kFirst);
  EXPECT_TRUE(held_.BeginWait(kFirst, kNow));
  held_.SetPaused(kFirst, true);
  EXPECT_TRUE(held_.EndWait(kFirst, kNow));
  EXPECT_FALSE(held_.Next());
}

TEST_F(HeldPartitionsTest, IsUnfinishedUntilEverythingSentIsFinished) {
  Add(kFirst);
  Add(kSecond);
  EXPECT_TRUE(held_.Delivered(kFirst, kNow, 12, 0)) << "it was sent no record";
  EXPECT_FALSE(held_.AnyUnfinished());
  EXPECT_TRUE(held_.Delivered(kFirst, kNow, 20, 15));
  EXPECT_TRUE(held_.Delivered(kSecond, kNow, 20, 20));
  held_.Finished(kFirst, kNow, 14);
  held_.Finished(kSecond, kNow, 20);
  EXPECT_TRUE(held_.AnyUnfinished());
  held_.Finished(kFirst, kNow, 15);
  EXPECT_FALSE(held_.AnyUnfinished());
}

TEST_F(HeldPartitionsTest, NothingIsExpectedForWhatIsDroppedOrAbandoned) {
  Add(kFirst);
  Add(kSecond);
  EXPECT_TRUE(held_.Delivered(kFirst, kNow, 20, 20));
  EXPECT_TRUE(held_.Delivered(kSecond, kNow, 20, 20));
  EXPECT_EQ(held_.Drop(kFirst), std::nullopt);
  EXPECT_TRUE(held_.AnyUnfinished());
  EXPECT_TRUE(held_.Abandon(kSecond, kNow));
  EXPECT_FALSE(held_.AnyUnfinished());
  EXPECT_TRUE(held_.IsStopped(kSecond));
  EXPECT_FALSE(held_.Next());
}

TEST_F(HeldPartitionsTest, WhatBeganUnderAnotherGenerationChangesNothing) {
  Add(kFirst);
  EXPECT_FALSE(held_.Delivered(kFirst, kBefore, 20, 20));
  held_.SkipTo(kFirst, kBefore, 20);
  EXPECT_FALSE(held_.Abandon(kFirst, kBefore));
  EXPECT_FALSE(held_.BeginWait(kFirst, kBefore));
  ASSERT_TRUE(held_.Next());
  EXPECT_EQ(held_.Next()->from, 10);
  EXPECT_FALSE(held_.AnyUnfinished());
  EXPECT_TRUE(held_.Delivered(kFirst, kNow, 20, 20));
  held_.Finished(kFirst, kBefore, 20);
  EXPECT_TRUE(held_.AnyUnfinished());
}

TEST_F(HeldPartitionsTest, NothingIsDeliveredOfOneThatWasStoppedMeanwhile) {
  Add(kFirst);
  held_.Stop(kFirst);
  EXPECT_FALSE(held_.Delivered(kFirst, kNow, 20, 20));
  EXPECT_FALSE(held_.AnyUnfinished());
}

TEST_F(HeldPartitionsTest, ADropHandsOutTheTicketOfAWaitThatIsNotOver) {
  Add(kFirst);
  Add(kSecond);
  EXPECT_TRUE(held_.BeginWait(kFirst, kNow));
  EXPECT_TRUE(held_.SetTicket(kFirst, kNow, 3));
  EXPECT_TRUE(held_.BeginWait(kSecond, kNow));
  EXPECT_TRUE(held_.EndWait(kSecond, kNow));
  EXPECT_FALSE(held_.SetTicket(kSecond, kNow, 4)) << "the log grew before the ticket was known";
  EXPECT_EQ(held_.Drop(kFirst), 3u);
  EXPECT_EQ(held_.Drop(kFirst), std::nullopt);
  EXPECT_EQ(held_.Drop(kSecond), std::nullopt);
}

TEST_F(HeldPartitionsTest, FindsThoseThatAreHeldByName) {
  Add(kFirst);
  Add(kSecond);
  held_.Drop(kSecond);
  EXPECT_EQ(held_.Find("orders", 0), kFirst);
  EXPECT_EQ(held_.Find("orders", 1), std::nullopt);
  EXPECT_EQ(held_.Find("others", 0), std::nullopt);
  EXPECT_EQ(held_.TopicOf(kFirst), topic_);
  EXPECT_EQ(held_.TopicOf(kSecond), nullptr);
  EXPECT_EQ(held_.All(), std::vector<PartitionId>{kFirst});
}

}  // namespace
}  // namespace strata::broker
