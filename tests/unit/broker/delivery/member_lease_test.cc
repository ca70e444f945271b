// How long a member may hold records without a sign of progress.
#include <gtest/gtest.h>

#include "proto/batch/batch_filter.h"
#include "proto/batch/record_batch.h"
#include "tests/support/gate.h"
#include "tests/unit/broker/delivery/member_session_test.h"

namespace strata::broker {
namespace {

constexpr std::chrono::milliseconds kLength = std::chrono::minutes(5);
constexpr std::chrono::milliseconds kMoment{1};

class MemberLeaseTest : public MemberSessionTest {
 protected:
  // Whether a member that says nothing more for so long is late.
  bool FailsWithin(TestTransport& transport, std::chrono::milliseconds time) {
    Settle();
    timers_.Advance(time);
    Settle();
    return transport.HasFailed() && transport.WaitForFailure().code == ErrorCode::NO_PROGRESS;
  }
};

TEST_F(MemberLeaseTest, AMemberThatHoldsRecordsAndStandsStillLosesThemToTheOthers) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  auto group = MakeGroup();
  TestTransport& to_a = NewTransport();
  TestTransport& to_b = NewTransport();
  auto a = Start(group, "a", topic, to_a, {.max_processing = kLength});
  to_a.Take(*a);
  ASSERT_TRUE(a->OnCredit(Credit(100)));
  EXPECT_EQ(to_a.Take(*a).records().records_size(), 5);
  auto b = Start(group, "b", topic, to_b);
  EXPECT_EQ(to_b.Take(*b).assigned().partitions_size(), 0);
  EXPECT_FALSE(FailsWithin(to_a, kLength - kMoment));
  EXPECT_TRUE(FailsWithin(to_a, kMoment));
  const Error failure = to_a.WaitForFailure();
  EXPECT_EQ(failure.code, ErrorCode::NO_PROGRESS);
  a->Finish(failure);
  EXPECT_EQ(to_b.Take(*b).assigned().partitions_size(), 1);
  EXPECT_EQ(to_a.WaitForEnd()->code, ErrorCode::NO_PROGRESS);
}

TEST_F(MemberLeaseTest, AStaticMemberThatStandsStillHasNoPlaceToComeBackTo) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = std::make_shared<MemberSession>(
      group, "a", MemberSession::Options{.max_processing = kLength},
      MemberSession::Environment{logs_, executor_, metrics_, budget_, timers_}, &transport);
  sessions_.push_back(session);
  MemberOptions options;
  options.return_within = std::chrono::hours(1);
  ASSERT_TRUE(session->Start({"a", "", "", "instance"}, options, {topic}));
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  for (int i = 0; i < 3; ++i) transport.Take(*session);
  timers_.Advance(kLength);
  session->Finish(transport.WaitForFailure());
  EXPECT_EQ(group->member_count(), 0);
}

TEST_F(MemberLeaseTest, WhoHoldsNothingIsNeverLate) {
  const TopicPtr topic = MakeTopic(1, 1);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.max_processing = kLength});
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  EXPECT_FALSE(FailsWithin(transport, 3 * kLength)) << "it was sent nothing yet";
  Append({1, 0}, 5);
  EXPECT_EQ(transport.Take(*session).records().records_size(), 5);
  ASSERT_TRUE(session->OnCommit(Commit(1, 5, generation)));
  transport.Take(*session);
  EXPECT_FALSE(FailsWithin(transport, 3 * kLength)) << "it has committed all";
}

// A commit of some is a sign of life, but the rest is held still.
TEST_F(MemberLeaseTest, WhoHasCommittedOnlyAPartIsLateAllTheSame) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.max_processing = kLength});
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  transport.Take(*session);
  ASSERT_TRUE(session->OnCommit(Commit(1, 3, generation)));
  EXPECT_FALSE(FailsWithin(transport, kLength - kMoment));
  EXPECT_TRUE(FailsWithin(transport, kMoment));
}

TEST_F(MemberLeaseTest, WhoSaysThatItIsAtWorkKeepsItsPartitionsForAsLongAsItDoes) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.max_processing = kLength});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  transport.Take(*session);
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(FailsWithin(transport, kLength - kMoment));
    session->OnWorking();
  }
  EXPECT_TRUE(FailsWithin(transport, kLength));
}

// A disk that takes longer than the member has time is no fault of the member.
TEST_F(MemberLeaseTest, WhoWaitsForItsCommitIsNotLateAndThenHasItsWholeTimeAgain) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.max_processing = kLength});
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  transport.Take(*session);
  testing::Gate disk;
  cursors_.Write({}, /*durable=*/true, [&](auto) { disk.Pass(); });
  ASSERT_TRUE(session->OnCommit(Commit(1, 3, generation)));
  timers_.Advance(3 * kLength);
  SettleExecutor();
  const bool failed = transport.HasFailed();
  disk.Open();
  ASSERT_FALSE(failed);
  EXPECT_EQ(transport.Take(*session).committed().failures_size(), 0);
  EXPECT_FALSE(FailsWithin(transport, kLength - kMoment));
  EXPECT_TRUE(FailsWithin(transport, kMoment));
}

// Meanwhile nothing that the member says is read.
TEST_F(MemberLeaseTest, WhoWaitsForItsSeekIsNotLateAndThenHasItsWholeTimeAgain) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.max_processing = kLength});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  transport.Take(*session);
  Settle();
  timers_.Advance(kLength - kMoment);
  const auto begun = session->OnSeekBegun();
  ASSERT_FALSE(FailsWithin(transport, 3 * kLength));
  session->OnSeek(begun, 7, Fail(ErrorCode::OFFSET_OUT_OF_RANGE, "there is no such place"));
  EXPECT_EQ(transport.Take(*session).seek_failed().correlation_id(), 7u);
  EXPECT_FALSE(FailsWithin(transport, kLength - kMoment));
  EXPECT_TRUE(FailsWithin(transport, kMoment));
}

TEST_F(MemberLeaseTest, ACommitThatCannotBeAnsweredAnyMoreIsNotMade) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = Start(group, "a", topic, transport, {.max_processing = kLength});
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  transport.Take(*session);
  ASSERT_TRUE(FailsWithin(transport, kLength));
  EXPECT_TRUE(session->OnCommit(Commit(1, 3, generation)));
  Settle();
  EXPECT_EQ(group->Committed({1, 0}), kNoOffset);
}

// What compaction leaves of a batch of five whose records from `kept` on it has taken, and then of
// a batch all of whose records it has.
class CompactedLeaseTest : public MemberLeaseTest, public ::testing::WithParamInterface<bool> {
 protected:
  void AppendCompacted(int kept) {
    const std::string batch = testing::NumberedBatch("v", 5);
    const auto keep = [kept](const RecordKey& record) { return record.offset < kept; };
    AppendBatch(FilterBatch(batch, 1 << 20, keep)->bytes);
    AppendBatch(EmptyBatch(0, 5, 1));
  }
  void AppendBatch(const std::string& batch) {
    logs_.Append({1, 0}, *ParseBatchHeader(batch), {SharedBytes::FromString(batch)},
                 Durability::kFsync, [](auto result) { EXPECT_TRUE(result); });
    logs_.DrainCallbacks();
  }

  const MemberSession::Options options_{.as_batches = GetParam(), .max_processing = kLength};
};

TEST_P(CompactedLeaseTest, WhoHasCommittedTheLastRecordThatIsLeftIsNeverLate) {
  const TopicPtr topic = MakeTopic(1, 1);
  AppendCompacted(3);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, options_);
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 10);
  ASSERT_TRUE(session->OnCommit(Commit(1, 2, generation)));
  transport.Take(*session);
  EXPECT_FALSE(FailsWithin(transport, kLength - kMoment));
  ASSERT_TRUE(session->OnCommit(Commit(2, 3, generation)));
  transport.Take(*session);
  EXPECT_FALSE(FailsWithin(transport, 3 * kLength));

  AppendBatch(EmptyBatch(0, 5, 1));
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 15);
  EXPECT_FALSE(FailsWithin(transport, 3 * kLength)) << "there is nothing in it to commit";
}

TEST_P(CompactedLeaseTest, WhoHoldsTheLastRecordThatIsLeftIsLate) {
  const TopicPtr topic = MakeTopic(1, 1);
  AppendCompacted(3);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, options_);
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  transport.Take(*session);
  ASSERT_TRUE(session->OnCommit(Commit(1, 2, generation)));
  transport.Take(*session);
  EXPECT_TRUE(FailsWithin(transport, kLength));
}

INSTANTIATE_TEST_SUITE_P(As, CompactedLeaseTest, ::testing::Bool(),
                         [](const auto& param) { return param.param ? "batches" : "records"; });

// The records that it holds still count; those that retention has taken from under it do not.
TEST_F(MemberLeaseTest, WhatRetentionPassesOverNeedsNoCommit) {
  const TopicPtr topic = MakeTopic(1, 1);
  for (int i = 0; i < 3; ++i) Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.max_processing = kLength});
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCredit(Credit(5)));
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 5);
  ASSERT_TRUE(logs_.Trim({1, 0}, 15));
  ASSERT_TRUE(session->OnCredit(Credit(5)));
  Settle();
  ASSERT_TRUE(session->OnCommit(Commit(1, 5, generation)));
  transport.Take(*session);
  EXPECT_FALSE(FailsWithin(transport, 3 * kLength));
  Append({1, 0}, 5);
  EXPECT_EQ(transport.Take(*session).records().records(0).offset(), 15);
  EXPECT_TRUE(FailsWithin(transport, kLength));
}

}  // namespace
}  // namespace strata::broker
