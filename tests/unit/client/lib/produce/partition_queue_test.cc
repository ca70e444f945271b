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

TEST_F(PartitionQueueTest, WhatWasRefusedForCertainExpiresWithTheLastRefusal) {
  const TimePoint start;
  for (const std::uint64_t ticket : {1, 2}) Push(ticket, start);
  for (const std::uint64_t id : {11, 12}) Send(id);
  EXPECT_EQ(queue_.Answered(11, Fail(ErrorCode::DISK_FULL, "full")), Verdict::kResend);
  queue_.Expire(start + std::chrono::seconds(5), Error{ErrorCode::TIMEOUT, "late"},
                ErrorCode::DISK_FULL);
  const auto finished = queue_.TakeFinished();
  ASSERT_EQ(finished.size(), 2U);
  EXPECT_EQ(finished[0]->outcome->error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(finished[0]->outcome->error().message, "late");
}

TEST_F(PartitionQueueTest, WhatMayBeStoredExpiresWithATimeout) {
  const TimePoint start;
  Push(1, start);
  Send(11);
  queue_.ForgetAttempts();
  Send(12);
  EXPECT_EQ(queue_.Answered(12, Fail(ErrorCode::DISK_FULL, "full")), Verdict::kResend);
  Push(2, start);
  queue_.Expire(start + std::chrono::seconds(5), Error{ErrorCode::TIMEOUT, "late"},
                ErrorCode::DISK_FULL);
  EXPECT_EQ(queue_.TakeFinished().front()->outcome->error().code, ErrorCode::TIMEOUT);
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

// Batches that are numbered, as the Sender numbers them: when they are first sent, and again after
// the partition has lost its place.
class NumberedQueueTest : public PartitionQueueTest {
 protected:
  std::uint64_t SendNumbered(std::uint64_t correlation_id) {
    PendingBatch* batch = queue_.NextUnsent();
    if (batch == nullptr) return 0;
    if (!batch->numbers) batch->numbers = BatchNumbers{7, epoch_, next_sequence_++};
    return Send(correlation_id);
  }

  // Pushes, numbers and sends batches 1 to `count` as 11, 12, ...
  void PushAndSend(std::uint64_t count) {
    for (std::uint64_t i = 1; i <= count; ++i) {
      Push(i);
      ASSERT_EQ(SendNumbered(10 + i), i);
    }
  }

  void Renumber() {
    queue_.Renumber(kGap);
    ++epoch_;
    next_sequence_ = 0;
  }

  // The code of a finished batch, or "stored".
  std::string OutcomeOf(const PendingBatch& batch) {
    return *batch.outcome ? "stored" : std::string(ErrorName(batch.outcome->error().code));
  }

  std::vector<std::string> FinishedOutcomes() {
    std::vector<std::string> outcomes;
    for (const auto& batch : queue_.TakeFinished()) outcomes.push_back(OutcomeOf(*batch));
    return outcomes;
  }

  const Error kGap{ErrorCode::OUT_OF_ORDER_SEQUENCE, "a batch is missing"};
  std::int16_t epoch_ = 0;
  std::int32_t next_sequence_ = 0;
};

TEST_F(NumberedQueueTest, WhatIsStoredIsNotSentAgain) {
  PushAndSend(3);
  queue_.Answered(12, At(7));
  EXPECT_EQ(queue_.Answered(11, Fail(kPassing)), Verdict::kResend);
  EXPECT_EQ(SendNumbered(21), 1U);
  EXPECT_EQ(SendNumbered(23), 3U);
  queue_.Answered(21, At(6));
  queue_.Answered(23, At(8));
  EXPECT_THAT(FinishedOutcomes(), ElementsAre("stored", "stored", "stored"));
}

TEST_F(NumberedQueueTest, ARetryKeepsItsNumbers) {
  PushAndSend(2);
  queue_.ForgetAttempts();
  EXPECT_EQ(SendNumbered(21), 1U);
  EXPECT_EQ(SendNumbered(22), 2U);
  EXPECT_EQ(next_sequence_, 2);
}

TEST_F(NumberedQueueTest, WhatIsCertainlyNotStoredIsNumberedAnewAndGoesOn) {
  PushAndSend(3);
  EXPECT_EQ(queue_.Answered(11, Fail(kFinal)), Verdict::kDone);
  EXPECT_EQ(queue_.Answered(12, Fail(kGap)), Verdict::kLostItsPlace);
  Renumber();
  EXPECT_EQ(queue_.Answered(13, Fail(kGap)), Verdict::kForgotten);
  EXPECT_EQ(SendNumbered(22), 2U);
  EXPECT_EQ(SendNumbered(23), 3U);
  EXPECT_EQ(next_sequence_, 2) << "both have got new numbers";
  queue_.Answered(22, At(0));
  queue_.Answered(23, At(1));
  EXPECT_THAT(FinishedOutcomes(), ElementsAre("RECORD_TOO_LARGE", "stored", "stored"));
}

TEST_F(NumberedQueueTest, WhatMayBeStoredIsNotSentUnderOtherNumbers) {
  PushAndSend(2);
  queue_.ForgetAttempts();
  Push(3);
  EXPECT_EQ(SendNumbered(21), 1U);
  EXPECT_EQ(SendNumbered(22), 2U);
  EXPECT_EQ(SendNumbered(23), 3U);
  EXPECT_EQ(queue_.Answered(21, Fail(kGap)), Verdict::kLostItsPlace);
  Renumber();
  EXPECT_THAT(FinishedOutcomes(), ElementsAre("UNAVAILABLE", "UNAVAILABLE"));
  EXPECT_EQ(SendNumbered(33), 3U);
  EXPECT_EQ(next_sequence_, 1);
}

TEST_F(NumberedQueueTest, ABatchLosesItsPlaceOnlyWhenThoseBeforeItHaveTheirAnswers) {
  PushAndSend(3);
  queue_.Answered(12, Fail(kFinal));
  EXPECT_EQ(queue_.Answered(13, Fail(kGap)), Verdict::kDone);
  Push(4);
  EXPECT_EQ(SendNumbered(23), 0U) << "the first one is still under way";
  queue_.Answered(11, At(0));
  EXPECT_EQ(SendNumbered(23), 3U);
  EXPECT_EQ(queue_.Answered(23, Fail(kGap)), Verdict::kLostItsPlace);
  Renumber();
  EXPECT_EQ(SendNumbered(33), 3U);
  EXPECT_EQ(SendNumbered(34), 4U);
}

TEST_F(NumberedQueueTest, ARefusalThatPassesLeavesNoDoubt) {
  PushAndSend(2);
  queue_.Answered(11, Fail(kPassing));
  EXPECT_EQ(SendNumbered(21), 1U);
  EXPECT_EQ(SendNumbered(22), 2U);
  EXPECT_EQ(queue_.Answered(21, Fail(kGap)), Verdict::kLostItsPlace);
  Renumber();
  EXPECT_THAT(FinishedOutcomes(), ElementsAre());
  EXPECT_EQ(SendNumbered(31), 1U);
  EXPECT_EQ(SendNumbered(32), 2U);
}

TEST_F(NumberedQueueTest, AnAnswerThatDoesNotKnowLeavesDoubt) {
  PushAndSend(2);
  queue_.Answered(11, Fail(ErrorCode::UNAVAILABLE, "somewhere on the way"));
  EXPECT_EQ(SendNumbered(21), 1U);
  EXPECT_EQ(SendNumbered(22), 2U);
  EXPECT_EQ(queue_.Answered(21, Fail(kGap)), Verdict::kLostItsPlace);
  Renumber();
  EXPECT_THAT(FinishedOutcomes(), ElementsAre("UNAVAILABLE", "UNAVAILABLE"));
}

TEST_F(NumberedQueueTest, AFinalErrorOfARetrySaysThatTheFirstAttemptMayBeStored) {
  PushAndSend(1);
  queue_.ForgetAttempts();
  EXPECT_EQ(SendNumbered(21), 1U);
  queue_.Answered(21, Fail(kFinal));
  EXPECT_THAT(FinishedOutcomes(), ElementsAre("UNAVAILABLE"));
}

TEST_F(NumberedQueueTest, TheEndTellsWhatMayBeStoredFromWhatIsNot) {
  PushAndSend(2);
  Push(3);
  queue_.Answered(11, Fail(kPassing));
  EXPECT_EQ(SendNumbered(21), 1U);
  queue_.FailAll({ErrorCode::STALE_PRODUCER_EPOCH, "a newer one is there"});
  EXPECT_THAT(FinishedOutcomes(),
              ElementsAre("UNAVAILABLE", "STALE_PRODUCER_EPOCH", "STALE_PRODUCER_EPOCH"));
}

TEST(PartitionQueue, SendsNoMoreThanTheBrokerRemembers) {
  PartitionQueue queue(/*max_sent=*/2);
  for (int i = 0; i < 3; ++i) {
    auto batch = std::make_unique<PendingBatch>(Compression::kNone);
    batch->encoded = SharedBytes::FromString("0123456789");
    queue.Push(std::move(batch));
  }
  for (const std::uint64_t id : {11, 12}) {
    ASSERT_NE(queue.NextUnsent(), nullptr);
    queue.MarkSent(id);
  }
  EXPECT_EQ(queue.NextUnsent(), nullptr);
  queue.Answered(12, At(1));
  EXPECT_EQ(queue.NextUnsent(), nullptr) << "the first one may have to be sent again";
  queue.Answered(11, At(0));
  queue.TakeFinished();
  EXPECT_NE(queue.NextUnsent(), nullptr);
}

}  // namespace
}  // namespace strata
