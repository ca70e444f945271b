#include "client/lib/consume/held_partitions.h"

#include <functional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/client/support/memory_log.h"

namespace strata {
namespace {

using ::testing::ElementsAre;

const TopicPartition kFirst{"t", 0};
const TopicPartition kSecond{"t", 1};

Delivery Of(const TopicPartition& partition, std::int64_t generation, Offset base, int records) {
  const std::vector<std::string> values(static_cast<std::size_t>(records), "v");
  return {.partition = partition,
          .generation = generation,
          .next_offset = base + records,
          .stable = base + records,
          .batches = {SharedBytes::FromString(testing::EncodeBatchAt(base, values))}};
}

class HeldPartitionsTest : public ::testing::Test {
 protected:
  void Assign(const TopicPartition& partition, std::int64_t generation, Offset current = 0) {
    held_.Assign({partition, current, generation, /*stable=*/0});
  }
  HeldPartitions held_;
};

TEST_F(HeldPartitionsTest, HandsOutInOrderAndOnePartitionAfterTheOther) {
  Assign(kFirst, 1);
  Assign(kSecond, 1);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 2)));
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 2, 2)));
  ASSERT_TRUE(held_.Deliver(Of(kSecond, 1, 0, 1)));
  std::vector<std::pair<int, Offset>> order;
  while (const auto next = held_.TakeNext()) {
    order.emplace_back(next->partition.partition, next->batch.next_offset);
  }
  EXPECT_THAT(order, ElementsAre(std::pair(0, 2), std::pair(1, 1), std::pair(0, 4)));
}

TEST_F(HeldPartitionsTest, DropsWhatCameUnderAnotherGenerationOrForNobody) {
  Assign(kFirst, 2);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  ASSERT_TRUE(held_.Deliver(Of(kSecond, 2, 0, 4)));
  EXPECT_FALSE(held_.TakeNext());
  EXPECT_EQ(held_.TakeDropped().records, 7);
  EXPECT_EQ(held_.TakeDropped().records, 0);
}

TEST_F(HeldPartitionsTest, AnAssignmentAnewVoidsWhatWaits) {
  Assign(kFirst, 1);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  EXPECT_EQ(held_.Assign({kFirst, 10, 2, 20}), HeldPartitions::Change::kMoved);
  EXPECT_FALSE(held_.TakeNext());
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 2, 10, 1)));
  EXPECT_EQ(held_.TakeNext()->from, 10);
}

TEST_F(HeldPartitionsTest, WhileAMoveIsExpectedNothingIsHandedOut) {
  Assign(kFirst, 1);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  held_.ExpectMove(kFirst, true);
  EXPECT_FALSE(held_.TakeNext());
  held_.ExpectMove(kFirst, false);
  EXPECT_TRUE(held_.TakeNext());
}

TEST_F(HeldPartitionsTest, ARetiredPartitionCanBeCommittedButHandsOutNothing) {
  Assign(kFirst, 1);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  ASSERT_TRUE(held_.TakeNext());
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 3, 3)));
  held_.Retire(kFirst);
  EXPECT_FALSE(held_.TakeNext());
  const auto progress = held_.TakeProgress();
  ASSERT_EQ(progress.size(), 1U);
  EXPECT_EQ(progress[0].offset, 3);
}

TEST_F(HeldPartitionsTest, PausedPartitionsKeepWhatWaitsButGiveItsCreditBack) {
  Assign(kFirst, 1);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  held_.SetPaused(kFirst, true);
  EXPECT_FALSE(held_.TakeNext());
  EXPECT_EQ(held_.TakeDropped().records, 3);
  held_.SetPaused(kFirst, false);
  EXPECT_TRUE(held_.TakeNext());
  EXPECT_EQ(held_.TakeDropped().records, 0) << "credit must not be returned twice";
}

TEST_F(HeldPartitionsTest, RecordsOfABatchBeforeTheCurrentOffsetWereNotCharged) {
  Assign(kFirst, 1, /*current=*/8);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 5, 10)));
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 15, 2)));
  held_.TakeNext();
  EXPECT_EQ(held_.TakeDropped().records, 7);
  held_.TakeNext();
  EXPECT_EQ(held_.TakeDropped().records, 2);
}

TEST_F(HeldPartitionsTest, WhatComesForAPausedPartitionGivesItsCreditBackAtOnce) {
  Assign(kFirst, 1);
  held_.SetPaused(kFirst, true);
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  EXPECT_EQ(held_.TakeDropped().records, 3);
  held_.SetPaused(kFirst, false);
  EXPECT_TRUE(held_.TakeNext());
  EXPECT_EQ(held_.TakeDropped().records, 0) << "credit must not be returned twice";
}

TEST_F(HeldPartitionsTest, ProgressIsTakenOnceUnlessItIsPutBack) {
  Assign(kFirst, 1);
  EXPECT_TRUE(held_.TakeProgress().empty());
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  held_.TakeNext();
  const auto progress = held_.TakeProgress();
  ASSERT_EQ(progress.size(), 1U);
  EXPECT_EQ(progress[0].generation, 1);
  EXPECT_TRUE(held_.TakeProgress().empty());
  held_.PutBack(progress[0]);
  EXPECT_EQ(held_.TakeProgress().size(), 1U);
  Assign(kFirst, 2);
  held_.PutBack(progress[0]);
  EXPECT_TRUE(held_.TakeProgress().empty()) << "progress under an older generation is void";
}

TEST_F(HeldPartitionsTest, TheEndIsReachedWhenAllThatIsVisibleWasHandedOut) {
  EXPECT_TRUE(held_.AtEnd()) << "nothing is held";
  held_.Assign({kFirst, 0, 1, 3});
  EXPECT_FALSE(held_.AtEnd());
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  EXPECT_FALSE(held_.AtEnd());
  held_.TakeNext();
  EXPECT_TRUE(held_.AtEnd());
  held_.Assign({kSecond, 5, 1, 5});
  EXPECT_TRUE(held_.AtEnd());
}

TEST_F(HeldPartitionsTest, TheEndIsWhereItWasAtFirst) {
  held_.Assign({kFirst, 0, 1, 3});
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 3, 3)));
  held_.TakeNext();
  EXPECT_TRUE(held_.AtEnd()) << "what came since is more than was asked for";
  held_.Assign({kFirst, 1, 2, 6});
  EXPECT_FALSE(held_.AtEnd()) << "it was moved back";
  held_.Remove(kFirst);
  held_.Assign({kFirst, 3, 3, 9});
  EXPECT_TRUE(held_.AtEnd());
  held_.Assign({kFirst, 0, 4, 0});
  EXPECT_TRUE(held_.AtEnd()) << "the topic was made anew, and is empty";
}

TEST_F(HeldPartitionsTest, ADeliveryWithoutBatchesMovesThePosition) {
  held_.Assign({kFirst, 0, 1, 3});
  ASSERT_TRUE(held_.Deliver(
      {.partition = kFirst, .generation = 1, .next_offset = 3, .stable = 3, .batches = {}}));
  ASSERT_TRUE(held_.TakeNext());
  EXPECT_TRUE(held_.AtEnd());
}

TEST_F(HeldPartitionsTest, RefusesWhatIsNotWholeBatches) {
  Assign(kFirst, 1);
  Delivery delivery = Of(kFirst, 1, 0, 3);
  SharedBytes& bytes = delivery.batches.front();
  bytes = bytes.Slice(0, bytes.size() - 1);
  EXPECT_FALSE(held_.Deliver(delivery));
}

TEST(CreditLedger, GrantsWhenHalfOfItIsOwed) {
  CreditLedger ledger({.records = 100, .bytes = 1'000});
  ledger.Return({.records = 49, .bytes = 10});
  EXPECT_FALSE(ledger.TakeGrant());
  ledger.Return({.records = 1, .bytes = 10});
  const auto grant = ledger.TakeGrant();
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->records, 50);
  EXPECT_EQ(grant->bytes, 20);
  EXPECT_FALSE(ledger.TakeGrant());
}

TEST(CreditLedger, GrantsForBytesAlone) {
  CreditLedger ledger({.records = 100, .bytes = 1'000});
  ledger.Return({.records = 1, .bytes = 500});
  EXPECT_TRUE(ledger.TakeGrant());
}

TEST_F(HeldPartitionsTest, KnowsWhetherAnythingCameThatIsNotCommitted) {
  Assign(kFirst, 1);
  EXPECT_FALSE(held_.HasUncommitted());
  ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
  EXPECT_TRUE(held_.HasUncommitted()) << "it waits";
  held_.TakeNext();
  held_.SetCommitted({kFirst, 2, 1});
  EXPECT_TRUE(held_.HasUncommitted());
  held_.SetCommitted({kFirst, 3, 0});
  EXPECT_TRUE(held_.HasUncommitted()) << "that was under an older generation";
  held_.SetCommitted({kFirst, 3, 1});
  EXPECT_FALSE(held_.HasUncommitted());
  EXPECT_TRUE(held_.IsCommitted({kFirst, 3, 1}));
  EXPECT_FALSE(held_.IsCommitted({kFirst, 4, 1}));
}

TEST_F(HeldPartitionsTest, OwesNoCommitOfWhatIsGoneOrAssignedAnew) {
  const std::vector<std::function<void()>> endings = {
      [&] { held_.Remove(kFirst); }, [&] { held_.RemoveAll(); }, [&] { Assign(kFirst, 2); }};
  for (const auto& end : endings) {
    Assign(kFirst, 1);
    Assign(kSecond, 1);
    ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 0, 3)));
    ASSERT_TRUE(held_.Deliver(Of(kFirst, 1, 3, 3)));
    EXPECT_TRUE(held_.HasUncommitted());
    end();
    EXPECT_FALSE(held_.HasUncommitted());
  }
}

}  // namespace
}  // namespace strata
