// What a consumer does by itself while it is polled: commits where it was asked to, and says that
// the program is at work.

#include <future>
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/consumer.h"
#include "client/lib/record_loop.h"
#include "tests/unit/client/support/consumer_fixture.h"

namespace strata {
namespace {

using std::chrono::milliseconds;
using testing::Assigned;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RecordsOf;
using testing::Revoked;

class ConsumerDuties : public testing::ConsumerFixture {
 protected:
  void OpenWithAutoCommit(milliseconds every = milliseconds(1)) {
    ConsumerOptions options;
    options.auto_commit_every = every;
    Open(std::move(options));
  }

  // Polls until the records of a batch have come; the value of the first.
  std::string PollRecords() {
    while (true) {
      const auto records = consumer_->Poll(std::chrono::seconds(20));
      if (!records) return records.error().message;
      if (!records->empty()) return std::string(*records->front().record.value);
    }
  }

  // The assignment of a partition, with its first record.
  void ReceiveOneRecord() {
    session_->Send(Assigned(3, kTopic, {0}));
    session_->Send(RecordsOf(3, kTopic, 0, 0, {"a"}));
    EXPECT_EQ(PollRecords(), "a");
  }

  // Polls, though nothing comes, while this thread does `play`.
  template <class Play>
  void WhilePolling(Play play) {
    While([this] { EXPECT_TRUE(consumer_->Poll(std::chrono::hours(1))); },
          [&] {
            play();
            consumer_->Wakeup();
          });
  }

  // The offset of the next commit, which has one.
  Offset NextCommit() {
    const auto commit = session_->Expect(Kind::kCommit).commit();
    EXPECT_EQ(commit.offsets_size(), 1);
    session_->Confirm(commit);
    return commit.offsets_size() == 1 ? commit.offsets(0).offset() : kNoOffset;
  }
};

TEST_F(ConsumerDuties, AutoCommitCommitsOnlyWhatTheProgramHasGivenBack) {
  OpenWithAutoCommit();
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b"}));
  session_->Send(RecordsOf(3, kTopic, 0, 2, {"c"}));
  EXPECT_EQ(PollRecords(), "a");
  EXPECT_EQ(PollRecords(), "c");
  // Time enough for it to commit c as well, if it took c for processed.
  std::thread closer([&] { consumer_->Close(); });
  EXPECT_EQ(NextCommit(), 2);
  EXPECT_TRUE(session_->AwaitLeave());
  closer.join();
}

TEST_F(ConsumerDuties, AutoCommitGoesOnWhilePollWaits) {
  OpenWithAutoCommit();
  ReceiveOneRecord();
  WhilePolling([&] { EXPECT_EQ(NextCommit(), 1); });
}

TEST_F(ConsumerDuties, ARefusedAutoCommitIsTriedAgain) {
  OpenWithAutoCommit();
  ReceiveOneRecord();
  WhilePolling([&] {
    session_->Refuse(session_->Expect(Kind::kCommit).commit(), "IO_ERROR");
    EXPECT_EQ(NextCommit(), 1);
  });
}

TEST_F(ConsumerDuties, TheProgramIsToldThatAnAutoCommitHasFailed) {
  std::vector<ErrorCode> told;
  ConsumerOptions options;
  options.auto_commit_every = milliseconds(1);
  options.auto_commit_failed = [&](const Error& why) {
    told.push_back(why.code);
    consumer_->Wakeup();
  };
  Open(std::move(options));
  ReceiveOneRecord();
  WhilePolling([&] { session_->Refuse(session_->Expect(Kind::kCommit).commit(), "IO_ERROR"); });
  for (int i = 0; told.empty() && i < 2'000; ++i) ASSERT_TRUE(consumer_->Poll(milliseconds(10)));
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front(), ErrorCode::IO_ERROR);
  const std::size_t told_before = told.size();
  consumer_->Close();
  EXPECT_GT(told.size(), told_before) << "of the next one, which nobody has answered";
}

TEST_F(ConsumerDuties, AutoCommitComesBeforeARevokedPartitionIsReleased) {
  OpenWithAutoCommit(std::chrono::hours(1));
  session_->Send(Assigned(3, kTopic, {0, 1}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a"}));
  EXPECT_EQ(PollRecords(), "a");
  session_->Send(Revoked(kTopic, 0, 1'000));
  WhilePolling([&] {
    EXPECT_EQ(NextCommit(), 1);
    EXPECT_EQ(session_->Expect(Kind::kRelease).release().partitions(0).partition(), 0);
  });
}

TEST_F(ConsumerDuties, CloseCommitsAsFarAsTheProgramHasGivenBack) {
  OpenWithAutoCommit(std::chrono::hours(1));
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b", "c"}));
  EXPECT_EQ(PollRecords(), "a");
  ConsumedRecord second{.topic = kTopic, .partition = 0, .generation = 3};
  second.record.offset = 1;
  consumer_->GiveBack(second);
  std::thread closer([&] { consumer_->Close(); });
  EXPECT_EQ(NextCommit(), 2);
  closer.join();
}

TEST_F(ConsumerDuties, AnEarlierRecordOfAnotherPartitionGivesNothingBack) {
  OpenWithAutoCommit(std::chrono::hours(1));
  session_->Send(Assigned(3, kTopic, {0, 1}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b", "c"}));
  EXPECT_EQ(PollRecords(), "a");
  session_->Send(RecordsOf(3, kTopic, 1, 0, {"d", "e", "f"}));
  EXPECT_EQ(PollRecords(), "d");
  ConsumedRecord earlier{.topic = kTopic, .partition = 0, .generation = 3};
  earlier.record.offset = 2;
  consumer_->GiveBack(earlier);
  std::thread closer([&] { consumer_->Close(); });
  const auto commit = session_->Expect(Kind::kCommit).commit();
  session_->Confirm(commit);
  closer.join();
  ASSERT_EQ(commit.offsets_size(), 1);
  EXPECT_EQ(commit.offsets(0).partition(), 0);
}

TEST_F(ConsumerDuties, WithoutAutoCommitNothingIsCommitted) {
  Open();
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a"}));
  session_->Send(RecordsOf(3, kTopic, 0, 1, {"b"}));
  EXPECT_EQ(PollRecords(), "a");
  EXPECT_EQ(PollRecords(), "b");
  consumer_->Close();
  EXPECT_TRUE(session_->AwaitLeave());
  EXPECT_FALSE(session_->HasReceived(Kind::kCommit));
}

TEST_F(ConsumerDuties, APollThatWaitsSaysAgainAndAgainThatRecordsAreWorkedOn) {
  ConsumerOptions options;
  options.max_processing = milliseconds(40);
  Open(std::move(options));
  ReceiveOneRecord();
  WhilePolling([&] {
    for (int i = 0; i < 3; ++i) session_->Expect(Kind::kWorking);
  });
}

TEST_F(ConsumerDuties, WhoHasCommittedEverythingOwesNoSign) {
  ConsumerOptions options;
  options.max_processing = std::chrono::hours(1);
  Open(std::move(options));
  session_->Send(Assigned(3, kTopic, {0}));
  EXPECT_TRUE(consumer_->Poll(std::chrono::seconds(20))) << "told of the assignment";
  EXPECT_TRUE(consumer_->Poll(milliseconds(0)));
  consumer_->Close();
  EXPECT_TRUE(session_->AwaitLeave());
  EXPECT_FALSE(session_->HasReceived(Kind::kWorking));
}

TEST_F(ConsumerDuties, TheProgramMaySayItself) {
  Open();
  session_->Send(Assigned(3, kTopic, {0}));
  consumer_->StillWorking();
  session_->Expect(Kind::kWorking);
}

TEST_F(ConsumerDuties, WhoSaysSoWithEachRecordIsNotHeardEachTime) {
  Open();
  session_->Send(Assigned(3, kTopic, {0}));
  for (int i = 0; i < 1'000; ++i) consumer_->StillWorking();
  consumer_->Close();
  EXPECT_TRUE(session_->AwaitLeave());
  EXPECT_GE(session_->CountOf(Kind::kWorking), 1U);
  EXPECT_LT(session_->CountOf(Kind::kWorking), 100U);
}

TEST_F(ConsumerDuties, ASignThatIsNotSentCostsTheProgramNothing) {
  ConsumerOptions options;
  options.max_processing = milliseconds(160);
  Open(std::move(options));
  const auto join = session_->Expect(Kind::kJoin).join();
  const milliseconds more(join.max_processing_ms() - 160);
  EXPECT_LE(more, milliseconds(10));
  consumer_->StillWorking();
  EXPECT_TRUE(consumer_->Poll(more)) << "nothing is there to come";
  consumer_->StillWorking();
  consumer_->Close();
  EXPECT_TRUE(session_->AwaitLeave());
  EXPECT_EQ(session_->CountOf(Kind::kWorking), 2U);
}

TEST_F(ConsumerDuties, RecordsThatPollReturnsMayHaveComeLongBefore) {
  Open();
  session_->Send(Assigned(3, kTopic, {0}));
  EXPECT_TRUE(consumer_->Poll(std::chrono::seconds(20))) << "told of the assignment";
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a"}));
  EXPECT_EQ(PollRecords(), "a");
  session_->Expect(Kind::kWorking);
}

TEST_F(ConsumerDuties, EvenTheShortestTimeMakesNoSignsWithoutABreak) {
  ConsumerOptions options;
  options.max_processing = milliseconds(1);
  Open(std::move(options));
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a"}));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(PollRecords(), "a");
  EXPECT_TRUE(consumer_->Poll(milliseconds(20)));
  consumer_->Close();
  EXPECT_TRUE(session_->AwaitLeave());
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_LE(session_->CountOf(Kind::kWorking), 1U + took / milliseconds(1));
}

TEST_F(ConsumerDuties, AMemberThatWasTooSlowIsToldAndJoinsAgain) {
  std::optional<Error> why_lost;
  ConsumerOptions options;
  options.listener.lost = [&](const auto&, const Error& why) { why_lost = why; };
  Open(std::move(options));
  session_->Send(Assigned(3, kTopic, {0}));
  session_->End(testing::StatusOf(ErrorCode::NO_PROGRESS, "too slow"));
  while (!why_lost) ASSERT_TRUE(consumer_->Poll(milliseconds(10)));
  EXPECT_EQ(why_lost->code, ErrorCode::NO_PROGRESS);
  WhilePolling([&] {
    const auto again = broker_.NextSession();
    ASSERT_TRUE(again);
    again->Expect(Kind::kJoin);
  });
}

TEST_F(ConsumerDuties, TheProgramHearsOfEachAttemptToReachABrokerThatIsNotThere) {
  std::vector<ErrorCode> heard;
  ConsumerOptions options;
  options.listener.disconnected = [&](const Error& why) { heard.push_back(why.code); };
  options.listener.lost = [](const auto&, const Error&) { FAIL() << "it held nothing"; };
  Open(std::move(options));
  broker_.Stop();
  while (heard.size() < 3) ASSERT_TRUE(consumer_->Poll(milliseconds(10)));
  EXPECT_THAT(heard, Each(ErrorCode::UNAVAILABLE));
}

TEST_F(ConsumerDuties, WithNobodyToHearOfItPollWaitsForTheBroker) {
  Open();
  broker_.Stop();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(*consumer_->Poll(milliseconds(300)), IsEmpty());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(300));
}

TEST_F(ConsumerDuties, ACommitAndASeekOfAMemberThatWasTooSlowSaySo) {
  Open();
  for (const bool commits : {true, false}) {
    session_->Send(Assigned(3, kTopic, {0}));
    session_->Send(RecordsOf(3, kTopic, 0, 0, {"a"}));
    EXPECT_EQ(PollRecords(), "a");
    const Result<void> result = While(
        [&] {
          return commits ? consumer_->Commit() : consumer_->Seek({kTopic, 0}, Position::End());
        },
        [&] {
          session_->Expect(commits ? Kind::kCommit : Kind::kSeek);
          session_->End(testing::StatusOf(ErrorCode::NO_PROGRESS, "too slow"));
        });
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::NO_PROGRESS);
    EXPECT_TRUE(consumer_->Commit()) << "nothing is left to commit";
    EXPECT_TRUE(consumer_->Poll(milliseconds(0))) << "tells that all is lost";
    WhilePolling([&] { session_ = broker_.NextSession(); });
  }
}

TEST_F(ConsumerDuties, AMemberWhoseInstanceWasReplacedDoesNot) {
  Open();
  session_->End(testing::StatusOf(ErrorCode::INSTANCE_REPLACED, "another came"));
  EXPECT_EQ(PollRecords(), "another came");
}

TEST_F(ConsumerDuties, ACommitThatWasAnsweredIsMadeThoughTheStreamHasEndedBehindIt) {
  Open();
  ReceiveOneRecord();
  consumer_->CommitAsync([](const Result<void>&) {});
  session_->Confirm(session_->Expect(Kind::kCommit).commit());
  session_->End(testing::StatusOf(ErrorCode::INSTANCE_REPLACED, "another came"));
  // Until another member has joined the end has most likely come, too.
  const auto other = Consumer::Open(broker_.Connect(), {.group = "billing", .topics = {kTopic}});
  broker_.NextSession()->Expect(Kind::kJoin);
  ASSERT_TRUE(consumer_->Commit());
  EXPECT_EQ(PollRecords(), "another came");
}

TEST_F(ConsumerDuties, NobodyKnowsOfACommitThatWasUnderWayWhenADamagedBatchCame) {
  Open();
  ReceiveOneRecord();
  std::optional<ErrorCode> told;
  consumer_->CommitAsync([&](const Result<void>& result) {
    if (!result) told = result.error().code;
  });
  session_->Expect(Kind::kCommit);
  auto damaged = RecordsOf(3, kTopic, 0, 1, {"b"});
  damaged.mutable_records()->mutable_batches()->back() ^= 1;
  session_->Send(damaged);
  const auto polled = consumer_->Poll(std::chrono::seconds(20));
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().code, ErrorCode::CORRUPT_BATCH);
  consumer_->Close();
  EXPECT_EQ(told, ErrorCode::UNAVAILABLE);
}

TEST_F(ConsumerDuties, JoinsWithItsPatternStrategyInstanceAndTimes) {
  ConsumerOptions options;
  options.topic_pattern = "logs.*";
  options.strategy = AssignmentStrategy::kRange;
  options.instance_id = "worker-7";
  options.return_within = milliseconds(1'000);
  options.max_processing = milliseconds(2'000);
  Open(std::move(options));
  const auto join = session_->Expect(Kind::kJoin).join();
  EXPECT_EQ(join.topic_pattern(), "logs.*");
  EXPECT_EQ(join.strategy(), v1::ASSIGNMENT_STRATEGY_RANGE);
  EXPECT_EQ(join.instance_id(), "worker-7");
  EXPECT_EQ(join.return_within_ms(), 1'000);
  EXPECT_GE(join.max_processing_ms(), 2'000);
}

TEST_F(ConsumerDuties, JoinsWithNoTimeThatTheBrokerWouldRefuse) {
  ConsumerOptions options;
  options.max_processing = std::chrono::hours(24);
  Open(std::move(options));
  EXPECT_EQ(session_->Expect(Kind::kJoin).join().max_processing_ms(), 86'400'000);
}

TEST_F(ConsumerDuties, WhoSaysNoTimeJoinsWithTheBrokers) {
  Open();
  EXPECT_EQ(session_->Expect(Kind::kJoin).join().max_processing_ms(), 0);
}

class RecordLoopTest : public ConsumerDuties {
 protected:
  RecordLoop* loop_ = nullptr;  // for its function to stop
};

TEST_F(RecordLoopTest, CallsBackForEachRecordInOrderUntilItIsStopped) {
  OpenWithAutoCommit(std::chrono::hours(1));
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b"}));
  session_->Send(RecordsOf(3, kTopic, 0, 2, {"c"}));
  std::vector<std::string> seen;
  std::promise<void> all_seen;
  RecordLoop loop(*consumer_, [&](const ConsumedRecord& record) -> Result<void> {
    seen.emplace_back(*record.record.value);
    if (seen.size() == 3) all_seen.set_value();
    return Ok();
  });
  auto running = std::async(std::launch::async, [&] { return loop.Run(); });
  all_seen.get_future().get();
  loop.Stop();
  EXPECT_TRUE(running.get());
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
  std::thread closer([&] { consumer_->Close(); });
  EXPECT_EQ(NextCommit(), 3);
  closer.join();
}

TEST_F(RecordLoopTest, SaysBetweenTheRecordsOfABatchThatTheyAreWorkedOn) {
  ConsumerOptions options;
  options.max_processing = milliseconds(1);
  Open(std::move(options));
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b"}));
  RecordLoop loop(*consumer_, [&](const ConsumedRecord& record) -> Result<void> {
    session_->Expect(Kind::kWorking);  // of Poll, then between the two
    if (*record.record.value == "b") loop_->Stop();
    const auto done = std::chrono::steady_clock::now() + milliseconds(1);
    while (std::chrono::steady_clock::now() < done) {
    }
    return Ok();
  });
  loop_ = &loop;
  EXPECT_TRUE(loop.Run());
}

TEST_F(RecordLoopTest, EndsWhenTheFunctionFailsAndKeepsThatRecordUncommitted) {
  OpenWithAutoCommit(std::chrono::hours(1));
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b", "c"}));
  RecordLoop loop(*consumer_, [&](const ConsumedRecord& record) -> Result<void> {
    if (*record.record.value == "b") return Fail(ErrorCode::INTERNAL, "no");
    return Ok();
  });
  const auto ended = loop.Run();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message, "no");
  std::thread closer([&] { consumer_->Close(); });
  EXPECT_EQ(NextCommit(), 1);
  closer.join();
}

TEST_F(RecordLoopTest, RunAgainGoesOnWithTheRecordAtWhichTheFunctionFailed) {
  OpenWithAutoCommit();
  session_->Send(Assigned(3, kTopic, {0}));
  session_->Send(RecordsOf(3, kTopic, 0, 0, {"a", "b", "c"}));
  session_->Send(RecordsOf(3, kTopic, 0, 3, {"d"}));
  std::vector<std::string> seen;
  RecordLoop loop(*consumer_, [&](const ConsumedRecord& record) -> Result<void> {
    seen.emplace_back(*record.record.value);
    if (seen.size() == 2) return Fail(ErrorCode::INTERNAL, "once");
    if (seen.back() == "d") loop_->Stop();
    return Ok();
  });
  loop_ = &loop;
  EXPECT_FALSE(loop.Run());
  EXPECT_TRUE(loop.Run());
  EXPECT_THAT(seen, ElementsAre("a", "b", "b", "c", "d"));
}

}  // namespace
}  // namespace strata
