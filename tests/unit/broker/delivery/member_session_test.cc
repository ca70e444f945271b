#include "tests/unit/broker/delivery/member_session_test.h"

#include <set>

#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "tests/support/gate.h"

namespace strata::broker {
namespace {

TEST_F(MemberSessionTest, DeliversNothingWithoutCredit) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  EXPECT_EQ(transport.Take(*session).assigned().partitions_size(), 1);
  Settle();
  EXPECT_FALSE(transport.HasSent());
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  EXPECT_EQ(transport.Take(*session).records().records_size(), 5);
}

TEST_F(MemberSessionTest, DeliversExactlyTheRecordsThatTheCreditAllows) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 10);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(3)));
  const auto first = transport.Take(*session).records();
  ASSERT_EQ(first.records_size(), 3);
  EXPECT_EQ(first.next_offset(), 3);
  Settle();
  EXPECT_FALSE(transport.HasSent());
  ASSERT_TRUE(session->OnCredit(Credit(4)));
  const auto second = transport.Take(*session).records();
  ASSERT_EQ(second.records_size(), 4);
  EXPECT_EQ(second.records(0).offset(), 3);
}

TEST_F(MemberSessionTest, DeliversARecordThatIsBiggerThanTheCreditAlone) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 2, std::string(1000, 'x'));
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(100, 10)));
  EXPECT_EQ(transport.Take(*session).records().records_size(), 1);
  Settle();
  EXPECT_FALSE(transport.HasSent());
}

TEST_F(MemberSessionTest, SendsWholeBatchesAsTheyAreStored) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 4);
  Append({1, 0}, 4);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.as_batches = true});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(1)));
  const auto records = transport.Take(*session).records();
  EXPECT_EQ(records.records_size(), 0);
  EXPECT_EQ(records.next_offset(), 4);
  std::string_view rest = records.batches();
  const auto batch = TakeBatch(rest);
  ASSERT_TRUE(batch);
  EXPECT_TRUE(rest.empty());
  EXPECT_TRUE(BatchCrcMatches(*batch));
  Settle();
  EXPECT_FALSE(transport.HasSent());
}

TEST_F(MemberSessionTest, GetsLessAtATimeWhileOthersHoldTheMemory) {
  const TopicPtr topic = MakeTopic(1, 1);
  for (int i = 0; i < 4; ++i) Append({1, 0}, 1, std::string(40 << 10, 'x'));
  BudgetUse others(budget_);
  others.Set(64 << 20);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.as_batches = true});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 1);
  Settle();
  others.Set(0);
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 2);
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 4);
}

TEST_F(MemberSessionTest, HoldsMemoryUntilItsRecordsAreWritten) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 1, std::string(40 << 10, 'x'));
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  EXPECT_EQ(budget_.used(), 0u);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  Settle();
  EXPECT_GT(budget_.used(), std::size_t{40 << 10});
  transport.Take(*session);
  EXPECT_EQ(budget_.used(), 0u);
}

TEST_F(MemberSessionTest, WaitsAtTheEndAndGoesOnWhenTheLogGrows) {
  const TopicPtr topic = MakeTopic(1, 1);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  Settle();
  EXPECT_FALSE(transport.HasSent());
  Append({1, 0}, 2);
  EXPECT_EQ(transport.Take(*session).records().records_size(), 2);
}

TEST_F(MemberSessionTest, ServesPartitionsInTurn) {
  const TopicPtr topic = MakeTopic(1, 3);
  for (int i = 0; i < 3; ++i) Append({1, i}, 10);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.as_batches = false, .max_bytes = 4});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(1'000)));
  std::map<std::int32_t, int> turns;
  for (int i = 0; i < 9; ++i) ++turns[transport.Take(*session).records().partition()];
  EXPECT_EQ(turns, (std::map<std::int32_t, int>{{0, 3}, {1, 3}, {2, 3}}));
}

TEST_F(MemberSessionTest, APausedPartitionIsNotDelivered) {
  const TopicPtr topic = MakeTopic(1, 1);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  session->OnPause({{1, 0}}, true);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  Append({1, 0}, 2);
  Settle();
  EXPECT_FALSE(transport.HasSent());
  session->OnPause({{1, 0}}, false);
  EXPECT_EQ(transport.Take(*session).records().records_size(), 2);
}

TEST_F(MemberSessionTest, AnswersCommitsWhenTheyAreOnDisk) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = Start(group, "a", topic, transport);
  const auto assigned = transport.Take(*session).assigned();
  const Generation generation = assigned.partitions(0).generation();
  ASSERT_TRUE(session->OnCommit(Commit(9, 5, generation)));
  const auto committed = transport.Take(*session).committed();
  EXPECT_EQ(committed.correlation_id(), 9u);
  EXPECT_EQ(committed.failures_size(), 0);
  EXPECT_EQ(group->Committed({1, 0}), 5);

  ASSERT_TRUE(session->OnCommit(Commit(10, 5, generation + 1)));
  const auto refused = transport.Take(*session).committed();
  EXPECT_EQ(refused.correlation_id(), 10u);
  ASSERT_EQ(refused.failures_size(), 1);
  EXPECT_EQ(refused.failures(0).error().reason(), "STALE_GENERATION");
}

TEST_F(MemberSessionTest, ACommitOfAnUnknownPartitionIsNotAssigned) {
  const TopicPtr topic = MakeTopic(1, 1);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  v1::Commit commit = Commit(1, 0, 1);
  commit.mutable_offsets(0)->set_topic("other");
  ASSERT_TRUE(session->OnCommit(commit));
  const auto committed = transport.Take(*session).committed();
  ASSERT_EQ(committed.failures_size(), 1);
  EXPECT_EQ(committed.failures(0).error().reason(), "NOT_ASSIGNED");
}

TEST_F(MemberSessionTest, KnowsOnlyThePartitionsThatItHolds) {
  const TopicPtr topic = MakeTopic(1, 1);
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = Start(group, "a", topic, transport);
  EXPECT_TRUE(session->FindPartition("topic1", 0));
  group->TopicDeleted(1);
  EXPECT_EQ(session->FindPartition("topic1", 0).error().code, ErrorCode::NOT_ASSIGNED);
}

TEST_F(MemberSessionTest, RefusesCreditThatIsNothingNegativeOrAbsurd) {
  const TopicPtr topic = MakeTopic(1, 1);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  EXPECT_FALSE(session->OnCredit(Credit(0, 0)));
  EXPECT_FALSE(session->OnCredit(Credit(-1)));
  EXPECT_FALSE(session->OnCredit(Credit(1, -1)));
  EXPECT_FALSE(session->OnCredit(Credit(1'000'000'000'000'000'000)));
}

TEST_F(MemberSessionTest, SaysThatAPartitionIsDamaged) {
  const TopicPtr topic = MakeTopic(1, 1);
  std::string batch = testing::NumberedBatch("v", 3);
  const BatchHeader header = *ParseBatchHeader(batch);
  batch[kBatchHeaderBytes] = '\x7f';  // a record of negative length
  logs_.Append({1, 0}, header, {SharedBytes::FromString(batch)}, Durability::kFsync,
               [](auto result) { EXPECT_TRUE(result); });
  logs_.DrainCallbacks();
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = Start(group, "a", topic, transport);
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(100)));
  const auto revoked = transport.Take(*session).revoked();
  ASSERT_EQ(revoked.partitions_size(), 1);
  EXPECT_EQ(revoked.finish_within_ms(), 0);
  EXPECT_EQ(revoked.error().reason(), "CORRUPT_LOG");
  EXPECT_EQ(revoked.error().message(), revoked.reason());
}

TEST_F(MemberSessionTest, StopsAPartitionThatIsRevokedAndHandsItOverOnRelease) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  TestTransport& to_a = NewTransport();
  TestTransport& to_b = NewTransport();
  auto a = Start(group, "a", topic, to_a);
  to_a.Take(*a);
  ASSERT_TRUE(a->OnCredit(Credit(100)));
  auto b = Start(group, "b", topic, to_b);
  const auto revoked = to_a.Take(*a).revoked();
  ASSERT_EQ(revoked.partitions_size(), 1);
  EXPECT_GT(revoked.finish_within_ms(), 0);
  const PartitionId moving{1, revoked.partitions(0).partition()};
  Append(moving, 3);
  Settle();
  EXPECT_FALSE(to_a.HasSent());

  a->OnRelease({moving});
  const auto assigned = to_b.Take(*b).assigned();
  ASSERT_EQ(assigned.partitions_size(), 1);
  EXPECT_EQ(assigned.partitions(0).partition(), moving.partition);
  ASSERT_TRUE(b->OnCredit(Credit(100)));
  EXPECT_EQ(to_b.Take(*b).records().records_size(), 3);
}

TEST_F(MemberSessionTest, ASlowMemberHoldsUpNobodyElse) {
  const TopicPtr topic = MakeTopic(1, 2);
  auto group = MakeGroup();
  TestTransport& to_a = NewTransport();
  TestTransport& to_b = NewTransport();
  auto a = Start(group, "a", topic, to_a);
  to_a.Take(*a);
  auto b = Start(group, "b", topic, to_b);
  const PartitionId moving{1, to_a.Take(*a).revoked().partitions(0).partition()};
  a->OnRelease({moving});
  to_b.Take(*b);
  ASSERT_TRUE(a->OnCredit(Credit(1'000'000, 1 << 30)));
  ASSERT_TRUE(b->OnCredit(Credit(1'000'000, 1 << 30)));
  // a never reads what it is sent.
  Append({1, 1 - moving.partition}, 5);
  for (int i = 0; i < 20; ++i) {
    Append(moving, 5);
    EXPECT_EQ(to_b.Take(*b).records().records_size(), 5);
  }
}

// The executor is kept busy while the seek is told, so that only the credit can set delivery going.
TEST_F(MemberSessionTest, RecordsNeverComeBeforeTheirAssignment) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 3);
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = Start(group, "a", topic, transport);
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(3)));
  transport.Take(*session);
  Settle();
  std::promise<void> go_on;
  ASSERT_TRUE(executor_.Post([&] { go_on.get_future().get(); }));
  group->Seek({{{1, 0}, 0}}, [](auto) {});
  ASSERT_TRUE(session->OnCredit(Credit(3)));
  go_on.set_value();
  EXPECT_EQ(transport.Take(*session).assigned().partitions_size(), 1);
  EXPECT_EQ(transport.Take(*session).records().records_size(), 3);
}

TEST_F(MemberSessionTest, AMemberThatNeverReadsIsCutOff) {
  const TopicPtr topic = MakeTopic(1, 1'000);
  auto group = MakeGroup();
  TestTransport& transport = NewTransport();
  auto session = Start(group, "a", topic, transport);
  std::vector<SeekTarget> targets;
  for (std::int32_t i = 0; i < 1'000; ++i) targets.push_back({{1, i}, 0});
  // Each seek tells the member of a thousand partitions; it has stopped to read.
  for (int i = 0; i < 3'000; ++i) group->Seek(targets, [](auto) {});
  EXPECT_EQ(transport.WaitForFailure().code, ErrorCode::OVERLOADED);
}

TEST_F(MemberSessionTest, AnswersWhatIsUnderWayBeforeItEnds) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  ASSERT_TRUE(session->OnCommit(Commit(1, 5, generation)));
  session->Finish(std::nullopt);
  EXPECT_EQ(transport.Take(*session).committed().failures_size(), 0);
  EXPECT_FALSE(transport.WaitForEnd());
}

// Whoever takes its place begins behind that commit: it must not take it for refused.
TEST_F(MemberSessionTest, TellsAMemberThatIsReplacedWhatBecameOfItsCommitAndNothingElse) {
  const TopicPtr topic = MakeTopic(1, 1);
  Append({1, 0}, 5);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  const auto generation = transport.Take(*session).assigned().partitions(0).generation();
  testing::Gate disk;
  cursors_.Write({}, /*durable=*/true, [&](auto) { disk.Pass(); });
  ASSERT_TRUE(session->OnCommit(Commit(1, 5, generation)));
  session->OnReplaced();
  session->OnRevoked({{1, 0}}, std::chrono::milliseconds(0), "");
  const Error failure = transport.WaitForFailure();
  session->Finish(failure);
  disk.Open();
  Settle();
  ASSERT_TRUE(transport.HasSent());
  const auto answer = transport.Take(*session);
  EXPECT_EQ(answer.committed().correlation_id(), 1u);
  EXPECT_EQ(answer.committed().failures_size(), 0);
  EXPECT_EQ(transport.WaitForEnd()->code, ErrorCode::INSTANCE_REPLACED);
  EXPECT_FALSE(transport.HasSent());
}

TEST_F(MemberSessionTest, AMemberThatWasCutOffIsAnsweredNoMore) {
  const TopicPtr topic = MakeTopic(1, 1'000);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  testing::Gate disk;
  cursors_.Write({}, /*durable=*/true, [&](auto) { disk.Pass(); });
  ASSERT_TRUE(session->OnCommit(Commit(1, 0, 1)));
  std::vector<Assignment> all;
  for (std::int32_t i = 0; i < 1'000; ++i) all.push_back({topic, {1, i}});
  while (!transport.HasFailed()) session->OnAssigned(1, all, 0);
  const Error failure = transport.WaitForFailure();
  EXPECT_EQ(failure.code, ErrorCode::OVERLOADED);
  session->Finish(failure);
  disk.Open();
  EXPECT_TRUE(transport.Take(*session).has_assigned()) << "it was being written already";
  Settle();
  ASSERT_FALSE(transport.HasSent());
  EXPECT_EQ(transport.WaitForEnd()->code, ErrorCode::OVERLOADED);
}

TEST_F(MemberSessionTest, EndsWithTheReasonGiven) {
  const TopicPtr topic = MakeTopic(1, 1);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport);
  transport.Take(*session);
  session->Finish(Error{ErrorCode::SHUTTING_DOWN, "stopping"});
  EXPECT_EQ(transport.WaitForEnd()->code, ErrorCode::SHUTTING_DOWN);
}

TEST_F(MemberSessionTest, DeliversABatchThatIsBiggerThanTheCreditAlone) {
  const TopicPtr topic = MakeTopic(1, 1);
  for (int i = 0; i < 2; ++i) Append({1, 0}, 2, std::string(1000, 'x'));
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.as_batches = true});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(1, 1)));
  EXPECT_EQ(transport.Take(*session).records().next_offset(), 2);
  Settle();
  EXPECT_FALSE(transport.HasSent());
}

// A partition that always has more does not keep the others from being served.
TEST_F(MemberSessionTest, ABusyPartitionStarvesNoOther) {
  const TopicPtr topic = MakeTopic(1, 3);
  for (int i = 0; i < 50; ++i) Append({1, 1}, 10);
  TestTransport& transport = NewTransport();
  auto session = Start(MakeGroup(), "a", topic, transport, {.as_batches = true, .max_bytes = 4});
  transport.Take(*session);
  ASSERT_TRUE(session->OnCredit(Credit(1'000'000)));
  transport.Take(*session);
  for (int i = 0; i < 5; ++i) {
    Append({1, 0}, 1);
    Append({1, 2}, 1);
    std::set<std::int32_t> served;
    for (int turn = 0; turn < 4; ++turn) {
      served.insert(transport.Take(*session).records().partition());
    }
    EXPECT_EQ(served, (std::set<std::int32_t>{0, 1, 2}));
  }
}

}  // namespace
}  // namespace strata::broker
