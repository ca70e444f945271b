#include "client/lib/produce/partition_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata {
namespace {

using ::testing::ElementsAre;
using Verdict = PartitionQueue::Verdict;
using TimePoint = PartitionQueue::TimePoint;

const Error kPassing{ErrorCode::OVERLOADED, "busy"};
const Error kFinal{ErrorCode::RECORD_TOO_LARGE, "too big"};

class PartitionQueueTest : public ::testing::Test {
 protected:
  // Batches are told apart by their tickets, and each is 10 bytes long.
  void Push(std::uint64_t ticket, TimePoint begun_at = TimePoint()) {
    auto batch = std::make_unique<PendingBatch>(Compression::kNone);
    batch->ticket = ticket;
    batch->begun_at = begun_at;
    batch->encoded = SharedBytes::FromString("0123456789");
    queue_.Push(std::move(batch));
  }

  // Sends the next batch; returns its ticket, or 0 if there is none.
  std::uint64_t Send(std::uint64_t correlation_id) {
    const PendingBatch* batch = queue_.NextUnsent();
    if (batch == nullptr) return 0;
    const std::uint64_t ticket = batch->ticket;
    queue_.MarkSent(correlation_id);
    return ticket;
  }

  std::vector<std::uint64_t> TakeFinished() {
    std::vector<std::uint64_t> tickets;
    for (const auto& batch : queue_.TakeFinished()) tickets.push_back(batch->ticket);
    return tickets;
  }

  PartitionQueue queue_;
};

Result<Placed> At(Offset offset) {
  return Placed{.partition = 0, .offset = offset};
}

TEST_F(PartitionQueueTest, SendsInOrderAndFinishesInOrder) {
  for (const std::uint64_t ticket : {1, 2, 3}) Push(ticket);
  EXPECT_EQ(Send(11), 1U);
  EXPECT_EQ(Send(12), 2U);
  EXPECT_EQ(Send(13), 3U);
  EXPECT_EQ(Send(14), 0U);
  EXPECT_EQ(queue_.Answered(12, At(1)), Verdict::kDone);
  EXPECT_THAT(TakeFinished(), ElementsAre());
  EXPECT_EQ(queue_.Answered(11, At(0)), Verdict::kDone);
  EXPECT_THAT(TakeFinished(), ElementsAre(1, 2));
  EXPECT_EQ(queue_.Answered(13, At(2)), Verdict::kDone);
  EXPECT_THAT(TakeFinished(), ElementsAre(3));
  EXPECT_TRUE(queue_.empty());
}

TEST_F(PartitionQueueTest, APassingErrorResendsTheBatchAndAllBehindIt) {
  for (const std::uint64_t ticket : {1, 2, 3}) Push(ticket);
  for (const std::uint64_t id : {11, 12, 13}) Send(id);
  EXPECT_EQ(queue_.Answered(12, Fail(kPassing)), Verdict::kResend);
  EXPECT_EQ(queue_.Answered(13, At(7)), Verdict::kForgotten);
  EXPECT_EQ(Send(22), 2U);
  EXPECT_EQ(Send(23), 3U);
  EXPECT_EQ(queue_.Answered(11, At(0)), Verdict::kDone);
  EXPECT_EQ(queue_.Answered(22, At(8)), Verdict::kDone);
  EXPECT_EQ(queue_.Answered(23, At(9)), Verdict::kDone);
  EXPECT_THAT(TakeFinished(), ElementsAre(1, 2, 3));
}

TEST_F(PartitionQueueTest, WhatWasStoredOutOfTurnIsStoredAgainInTurn) {
  for (const std::uint64_t ticket : {1, 2}) Push(ticket);
  Send(11);
  Send(12);
  EXPECT_EQ(queue_.Answered(12, At(0)), Verdict::kDone);
  EXPECT_EQ(queue_.Answered(11, Fail(kPassing)), Verdict::kResend);
  EXPECT_EQ(Send(21), 1U);
  EXPECT_EQ(Send(22), 2U);
}

TEST_F(PartitionQueueTest, AFinalErrorFailsOnlyItsBatch) {
  for (const std::uint64_t ticket : {1, 2}) Push(ticket);
  Send(11);
  Send(12);
  EXPECT_EQ(queue_.Answered(11, Fail(kFinal)), Verdict::kDone);
  EXPECT_EQ(queue_.Answered(12, At(0)), Verdict::kDone);
  const auto finished = queue_.TakeFinished();
  ASSERT_EQ(finished.size(), 2U);
  EXPECT_EQ(finished[0]->outcome->error().code, ErrorCode::RECORD_TOO_LARGE);
  EXPECT_EQ((*finished[1]->outcome)->offset, 0);
}

TEST_F(PartitionQueueTest, ABrokenStreamResendsFromTheFirstWithoutAnswer) {
  for (const std::uint64_t ticket : {1, 2, 3}) Push(ticket);
  for (const std::uint64_t id : {11, 12, 13}) Send(id);
  queue_.Answered(11, At(0));
  queue_.ForgetAttempts();
  EXPECT_THAT(TakeFinished(), ElementsAre(1));
  EXPECT_EQ(Send(22), 2U);
  EXPECT_EQ(Send(23), 3U);
  EXPECT_EQ(queue_.Answered(12, At(1)), Verdict::kForgotten);
}

TEST_F(PartitionQueueTest, OldBatchesExpireAndLateAnswersAreForgotten) {
  const TimePoint start;
  Push(1, start);
  Push(2, start + std::chrono::seconds(10));
  Send(11);
  queue_.Expire(start + std::chrono::seconds(5), Error{ErrorCode::TIMEOUT, "late"});
  const auto finished = queue_.TakeFinished();
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(finished[0]->outcome->error().code, ErrorCode::TIMEOUT);
  EXPECT_EQ(queue_.Answered(11, At(0)), Verdict::kForgotten);
  EXPECT_EQ(Send(12), 2U);
}

TEST_F(PartitionQueueTest, ABatchThatExpiredBeforeItWasSentIsPassedOver) {
  const TimePoint start;
  Push(1, start);
  Push(2, start + std::chrono::seconds(10));
  queue_.Expire(start + std::chrono::seconds(5), Error{ErrorCode::TIMEOUT, "late"});
  EXPECT_EQ(Send(12), 2U);
  EXPECT_THAT(TakeFinished(), ElementsAre(1));
  EXPECT_EQ(queue_.Answered(12, At(0)), Verdict::kDone);
  EXPECT_THAT(TakeFinished(), ElementsAre(2));
}

TEST_F(PartitionQueueTest, CountsTheBytesUnderWay) {
  for (const std::uint64_t ticket : {1, 2, 3}) Push(ticket);
  for (const std::uint64_t id : {11, 12, 13}) Send(id);
  EXPECT_EQ(queue_.bytes_under_way(), 30U);
  queue_.Answered(11, At(0));
  EXPECT_EQ(queue_.bytes_under_way(), 20U);
  queue_.Answered(12, Fail(kPassing));
  EXPECT_EQ(queue_.bytes_under_way(), 0U);
  Send(22);
  EXPECT_EQ(queue_.bytes_under_way(), 10U);
  queue_.FailSent(kFinal);
  EXPECT_EQ(queue_.bytes_under_way(), 0U);
  EXPECT_THAT(TakeFinished(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace strata
