#include "client/lib/consumer.h"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/client/support/consumer_fixture.h"

namespace strata {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Assigned;
using ::testing::ElementsAre;
using testing::RecordsOf;
using testing::Revoked;

class ConsumerTest : public testing::ConsumerFixture {
 protected:
  const TopicPartition kFirst{kTopic, 0};
  const TopicPartition kSecond{kTopic, 1};

  ConsumerOptions Options() override {
    ConsumerOptions options;
    options.listener.assigned = [this](const auto& partitions) { Note("assigned", partitions); };
    options.listener.revoked = [this](const auto& partitions, auto) {
      Note("revoked", partitions);
      if (on_revoked_) on_revoked_();
    };
    options.listener.lost = [this](const auto& partitions, const Error& why) {
      Note("lost", partitions);
      why_lost_ = why;
    };
    return options;
  }

  // Values of the next records; empty if there are none before the assignment changes.
  std::vector<std::string> Poll(std::chrono::milliseconds wait = seconds(20)) {
    std::vector<std::string> values;
    const auto records = consumer_->Poll(wait);
    EXPECT_TRUE(records) << (records ? "" : records.error().message);
    if (!records) return values;
    for (const auto& consumed : *records) values.emplace_back(*consumed.record.value);
    return values;
  }

  // Polls until the listener has heard `count` things.
  void PollUntilNoticed(std::size_t count) {
    while (notices_.size() < count) ASSERT_TRUE(Poll().empty());
  }

  void Note(const std::string& what, const std::vector<TopicPartition>& partitions) {
    std::string notice = what;
    for (const auto& partition : partitions) notice += " " + std::to_string(partition.partition);
    notices_.push_back(notice);
  }

  std::vector<std::string> notices_;
  std::function<void()> on_revoked_;
  std::optional<Error> why_lost_;
};

TEST_F(ConsumerTest, JoinsWithItsGroupTopicsAndStartAndGrantsAllItsCredit) {
  ConsumerOptions options = Options();
  options.start = Position::Time(5'000);
  options.credit_records = 123;
  options.credit_bytes = 45'678;
  Open(options);
  const auto join = session_->Expect(Kind::kJoin).join();
  EXPECT_EQ(join.group(), "billing");
  EXPECT_THAT(join.topics(), ElementsAre(kTopic));
  EXPECT_EQ(join.client_id(), "test");
  EXPECT_EQ(join.start().timestamp_ms(), 5'000);
  EXPECT_EQ(join.encoding(), v1::ENCODING_BATCHES);
  const auto credit = session_->Expect(Kind::kCredit).credit();
  EXPECT_EQ(credit.records(), 123);
  EXPECT_EQ(credit.bytes(), 45'678);
}

TEST_F(ConsumerTest, ReturnsWhatIsDeliveredAfterTheListenerHasHeardOfThePartition) {
  Open();
  session_->Send(Assigned(1, kTopic, {0, 1}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a", "b"}));
  session_->Send(RecordsOf(1, kTopic, 1, 0, {"c"}));
  EXPECT_THAT(Poll(), ElementsAre()) << "the assignment has changed";
  EXPECT_THAT(notices_, ElementsAre("assigned 0 1"));
  EXPECT_THAT(Poll(), ElementsAre("a", "b"));
  EXPECT_THAT(Poll(), ElementsAre("c"));
  EXPECT_THAT(consumer_->assignment(), ElementsAre(kFirst, kSecond));
}

TEST_F(ConsumerTest, SkipsRecordsBeforeTheCurrentOffset) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}, /*current=*/6));
  session_->Send(RecordsOf(1, kTopic, 0, 5, {"a", "b", "c"}));
  PollUntilNoticed(1);
  EXPECT_THAT(Poll(), ElementsAre("b", "c"));
}

TEST_F(ConsumerTest, GrantsCreditAgainAsRecordsAreReturned) {
  ConsumerOptions options = Options();
  options.credit_records = 4;
  Open(options);
  session_->Expect(Kind::kCredit);
  session_->TakeCredit();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  session_->Send(RecordsOf(1, kTopic, 0, 1, {"b"}));
  PollUntilNoticed(1);
  EXPECT_THAT(Poll(), ElementsAre("a"));
  EXPECT_THAT(Poll(), ElementsAre("b"));
  EXPECT_EQ(session_->Expect(Kind::kCredit).credit().records(), 2);
}

TEST_F(ConsumerTest, CommitsBehindWhatPollHasReturnedUnderItsGeneration) {
  Open();
  session_->Send(Assigned(7, kTopic, {0, 1}));
  session_->Send(RecordsOf(7, kTopic, 0, 0, {"a", "b"}));
  session_->Send(RecordsOf(7, kTopic, 1, 0, {"c"}));
  PollUntilNoticed(1);
  Poll();
  const auto result = While([&] { return consumer_->Commit(); },
                            [&] {
                              const auto commit = session_->Expect(Kind::kCommit).commit();
                              ASSERT_EQ(commit.offsets_size(), 1) << "c was not returned yet";
                              EXPECT_EQ(commit.offsets(0).partition(), 0);
                              EXPECT_EQ(commit.offsets(0).offset(), 2);
                              EXPECT_EQ(commit.offsets(0).generation(), 7);
                              session_->Confirm(commit);
                            });
  EXPECT_TRUE(result);
  EXPECT_TRUE(consumer_->Commit()) << "there is nothing more to commit, and nobody to wait for";
}

TEST_F(ConsumerTest, CommitsGivenOffsetsWithTheirNotes) {
  Open();
  session_->Send(Assigned(7, kTopic, {0}));
  PollUntilNoticed(1);
  const auto result = While(
      [&] {
        return consumer_->Commit({{kFirst, 5, 7, "note"}});
      },
      [&] {
        const auto commit = session_->Expect(Kind::kCommit).commit();
        EXPECT_EQ(commit.offsets(0).offset(), 5);
        EXPECT_EQ(commit.offsets(0).metadata(), "note");
        session_->Confirm(commit);
      });
  EXPECT_TRUE(result);
  EXPECT_EQ(consumer_->Commit({{kSecond, 5, 7, ""}}).error().code, ErrorCode::NOT_ASSIGNED);
}

TEST_F(ConsumerTest, ANoteThatIsNotTextIsRefusedAndTheMemberLives) {
  Open();
  session_->Send(Assigned(7, kTopic, {0}));
  PollUntilNoticed(1);
  EXPECT_EQ(consumer_->Commit({{kFirst, 5, 7, "\xff"}}).error().code, ErrorCode::INVALID_ARGUMENT);
  session_->Send(RecordsOf(7, kTopic, 0, 0, {"a"}));
  EXPECT_THAT(Poll(), ElementsAre("a"));
}

TEST_F(ConsumerTest, ACommitCarriesTheGenerationOfItsRecordsThroughAMove) {
  Open();
  session_->Send(Assigned(7, kTopic, {0}));
  session_->Send(RecordsOf(7, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  const auto before = consumer_->Poll(seconds(20));
  ASSERT_TRUE(before);
  ASSERT_EQ(before->size(), 1U);
  const auto processed = OffsetCommit::Behind(before->front(), "note");
  session_->Send(Assigned(8, kTopic, {0}, /*current=*/50));
  session_->Send(RecordsOf(8, kTopic, 0, 50, {"b"}));
  EXPECT_THAT(Poll(), ElementsAre("b"));
  While([&] { return consumer_->Commit({processed}); },
        [&] {
          const auto commit = session_->Expect(Kind::kCommit).commit();
          EXPECT_EQ(commit.offsets(0).offset(), 1);
          EXPECT_EQ(commit.offsets(0).generation(), 7) << "the broker could not tell it is stale";
          session_->Confirm(commit);
        });
}

TEST_F(ConsumerTest, ARefusedCommitIsAnErrorAndIsTriedAgainWithTheNext) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  const auto refused = While(
      [&] { return consumer_->Commit(); },
      [&] { session_->Refuse(session_->Expect(Kind::kCommit).commit(), "STALE_GENERATION"); });
  EXPECT_EQ(refused.error().code, ErrorCode::STALE_GENERATION);
  EXPECT_TRUE(While([&] { return consumer_->Commit(); },
                    [&] { session_->Confirm(session_->Expect(Kind::kCommit).commit()); }));
}

TEST_F(ConsumerTest, SaysThatACommitWasRefusedRatherThanThatSomethingWasLost) {
  Open();
  session_->Send(Assigned(1, kTopic, {0, 1}));
  PollUntilNoticed(1);
  const std::vector<std::string> reasons = {"NOT_ASSIGNED", "DISK_FULL", "STALE_GENERATION"};
  const auto result = While(
      [&] {
        return consumer_->Commit({{{kTopic, 0}, 1, 1, ""}, {{kTopic, 1}, 1, 1, ""}});
      },
      [&] {
        v1::ConsumeResponse response;
        v1::Committed& committed = *response.mutable_committed();
        const auto commit = session_->Expect(Kind::kCommit).commit();
        committed.set_correlation_id(commit.correlation_id());
        for (const std::string& reason : reasons) {
          committed.add_failures()->mutable_error()->set_reason(reason);
        }
        session_->Send(response);
      });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::DISK_FULL);
}

TEST_F(ConsumerTest, AnAsynchronousCommitCallsBackFromWithinPoll) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  std::optional<Result<void>> result;
  consumer_->CommitAsync([&](Result<void> committed) { result = std::move(committed); });
  EXPECT_FALSE(result);
  session_->Confirm(session_->Expect(Kind::kCommit).commit());
  session_->Send(RecordsOf(1, kTopic, 0, 1, {"b"}));
  EXPECT_THAT(Poll(), ElementsAre("b"));
  ASSERT_TRUE(result);
  EXPECT_TRUE(*result);
}

TEST_F(ConsumerTest, ACommitThatWaitsAlsoWaitsForTheOnesUnderWay) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  consumer_->CommitAsync([](const Result<void>&) {});
  const auto under_way = session_->Expect(Kind::kCommit).commit();
  const auto result = While([&] { return consumer_->Commit(); },
                            [&] { session_->Refuse(under_way, "STALE_GENERATION"); });
  ASSERT_FALSE(result) << "it has not waited";
  EXPECT_EQ(result.error().code, ErrorCode::STALE_GENERATION);
}

TEST_F(ConsumerTest, GivesARevokedPartitionBackAfterTheListenerHasCommitted) {
  Open();
  session_->Send(Assigned(1, kTopic, {0, 1}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  session_->Send(Revoked(kTopic, 0, 1'000));
  session_->Send(RecordsOf(1, kTopic, 0, 1, {"never returned"}));
  on_revoked_ = [&] { EXPECT_TRUE(consumer_->Commit()); };
  While([&] { PollUntilNoticed(2); },
        [&] {
          const auto commit = session_->Expect(Kind::kCommit).commit();
          EXPECT_EQ(commit.offsets(0).offset(), 1);
          session_->Confirm(commit);
          EXPECT_EQ(session_->Expect(Kind::kRelease).release().partitions(0).partition(), 0);
        });
  EXPECT_THAT(notices_, ElementsAre("assigned 0 1", "revoked 0"));
  EXPECT_THAT(consumer_->assignment(), ElementsAre(kSecond));
}

TEST_F(ConsumerTest, ALateRevocationDoesNotTakeAPartitionThatWasAssignedAnew) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  // All of it is taken in before the listener hears of the first.
  While([&] { return consumer_->Commit(); },
        [&] {
          const auto commit = session_->Expect(Kind::kCommit).commit();
          session_->Send(Revoked(kTopic, 0, 30'000));
          session_->Send(Revoked(kTopic, 0, 0));
          session_->Send(Assigned(2, kTopic, {0}));
          session_->Confirm(commit);
        });
  PollUntilNoticed(3);
  EXPECT_THAT(notices_, ElementsAre("assigned 0", "lost 0", "assigned 0"));
  EXPECT_THAT(consumer_->assignment(), ElementsAre(kFirst));
  session_->Send(RecordsOf(2, kTopic, 0, 0, {"b"}));
  EXPECT_THAT(Poll(), ElementsAre("b"));
}

TEST_F(ConsumerTest, APartitionAssignedAnewWhileItsRevocationIsHeardStays) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  session_->Send(Revoked(kTopic, 0, 30'000));
  on_revoked_ = [&] { EXPECT_TRUE(consumer_->Commit()); };
  While([&] { PollUntilNoticed(4); },
        [&] {
          const auto commit = session_->Expect(Kind::kCommit).commit();
          session_->Send(Revoked(kTopic, 0, 0));
          session_->Send(Assigned(2, kTopic, {0}));
          session_->Confirm(commit);
        });
  EXPECT_THAT(notices_, ElementsAre("assigned 0", "revoked 0", "lost 0", "assigned 0"));
  session_->Send(RecordsOf(2, kTopic, 0, 0, {"b"}));
  EXPECT_THAT(Poll(), ElementsAre("b"));
}

TEST_F(ConsumerTest, APartitionThatIsGoneAlreadyIsLost) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  PollUntilNoticed(1);
  session_->Send(Revoked(kTopic, 0, 0));
  PollUntilNoticed(2);
  EXPECT_THAT(notices_, ElementsAre("assigned 0", "lost 0"));
  EXPECT_TRUE(consumer_->assignment().empty());
}

TEST_F(ConsumerTest, TheListenerHearsWhyPartitionsAreLost) {
  Open();
  session_->Send(Assigned(1, kTopic, {0, 1}));
  auto rebalanced = Revoked(kTopic, 0, 0);
  rebalanced.mutable_revoked()->set_reason("not released in time");
  session_->Send(rebalanced);
  PollUntilNoticed(2);
  EXPECT_EQ(why_lost_->code, ErrorCode::NOT_ASSIGNED);
  EXPECT_EQ(why_lost_->message, "not released in time");

  auto damaged = Revoked(kTopic, 1, 0);
  damaged.mutable_revoked()->mutable_error()->set_reason("CORRUPT_LOG");
  damaged.mutable_revoked()->mutable_error()->set_message("the batch at offset 7 is damaged");
  session_->Send(damaged);
  PollUntilNoticed(3);
  EXPECT_EQ(why_lost_->code, ErrorCode::CORRUPT_LOG);
  EXPECT_EQ(why_lost_->message, "the batch at offset 7 is damaged");
}

TEST_F(ConsumerTest, WhatCameBeforeDamageIsReturnedBeforeThePartitionIsLost) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  session_->Send(RecordsOf(1, kTopic, 0, 1, {"b"}));
  auto damaged = Revoked(kTopic, 0, 0);
  damaged.mutable_revoked()->mutable_error()->set_reason("CORRUPT_LOG");
  session_->Send(damaged);
  PollUntilNoticed(1);
  EXPECT_THAT(Poll(), ElementsAre("a"));
  EXPECT_THAT(Poll(), ElementsAre("b"));
  PollUntilNoticed(2);
  EXPECT_EQ(why_lost_->code, ErrorCode::CORRUPT_LOG);
}

TEST_F(ConsumerTest, SeekDropsWhatWasNotReturnedAndDeliversFromThere) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  session_->Send(RecordsOf(1, kTopic, 0, 1, {"old"}));
  PollUntilNoticed(1);
  EXPECT_THAT(Poll(), ElementsAre("a"));
  const auto result =
      While([&] { return consumer_->Seek(kFirst, Position::At(10)); },
            [&] {
              const auto seek = session_->Expect(Kind::kSeek).seek();
              EXPECT_EQ(seek.to().offset(), 10);
              session_->Send(RecordsOf(1, kTopic, 0, 2, {"older"}));
              auto moved = Assigned(2, kTopic, {0}, /*current=*/10);
              moved.mutable_assigned()->set_seek_correlation_id(seek.correlation_id());
              session_->Send(moved);
            });
  ASSERT_TRUE(result);
  session_->Send(RecordsOf(2, kTopic, 0, 10, {"new"}));
  EXPECT_THAT(Poll(), ElementsAre("new"));
  EXPECT_THAT(notices_, ElementsAre("assigned 0")) << "a move is no new assignment";
}

TEST_F(ConsumerTest, ASeekThatFailsLeavesEverythingAsItWas) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  const auto result = While([&] { return consumer_->Seek(kFirst, Position::At(99)); },
                            [&] {
                              const auto seek = session_->Expect(Kind::kSeek).seek();
                              v1::ConsumeResponse response;
                              auto& failed = *response.mutable_seek_failed();
                              failed.set_correlation_id(seek.correlation_id());
                              failed.mutable_error()->set_reason("OFFSET_OUT_OF_RANGE");
                              session_->Send(response);
                            });
  EXPECT_EQ(result.error().code, ErrorCode::OFFSET_OUT_OF_RANGE);
  EXPECT_THAT(Poll(), ElementsAre("a"));
}

TEST_F(ConsumerTest, AMoveByAnOperatorVoidsWhatCameBefore) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  PollUntilNoticed(1);
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"void"}));
  session_->Send(Assigned(2, kTopic, {0}, /*current=*/50));
  session_->Send(RecordsOf(1, kTopic, 0, 1, {"void too"}));
  session_->Send(RecordsOf(2, kTopic, 0, 50, {"valid"}));
  std::vector<std::string> values;
  while (values.empty() || values.back() != "valid") {
    for (auto& value : Poll()) values.push_back(value);
  }
  EXPECT_THAT(values, ::testing::Not(::testing::Contains("void too")));
}

TEST_F(ConsumerTest, PausedPartitionsReturnNothingUntilTheyAreResumed) {
  Open();
  session_->Send(Assigned(1, kTopic, {0, 1}));
  PollUntilNoticed(1);
  consumer_->Pause({kFirst});
  EXPECT_EQ(session_->Expect(Kind::kPause).pause().partitions(0).partition(), 0);
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"paused"}));
  session_->Send(RecordsOf(1, kTopic, 1, 0, {"goes on"}));
  EXPECT_THAT(Poll(), ElementsAre("goes on"));
  consumer_->Resume({kFirst});
  EXPECT_EQ(session_->Expect(Kind::kResume).resume().partitions(0).partition(), 0);
  EXPECT_THAT(Poll(), ElementsAre("paused"));
}

TEST_F(ConsumerTest, KnowsWhetherItHasReturnedAllThatIsVisible) {
  Open();
  EXPECT_FALSE(consumer_->at_end()) << "nothing is known";
  session_->Send(Assigned(1, kTopic, {0}, /*current=*/0, /*stable=*/1));
  PollUntilNoticed(1);
  EXPECT_FALSE(consumer_->at_end());
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  EXPECT_THAT(Poll(), ElementsAre("a"));
  EXPECT_TRUE(consumer_->at_end());
}

TEST_F(ConsumerTest, AMemberForWhichThereIsNothingIsAtTheEnd) {
  Open();
  session_->Send(Assigned(1, kTopic, {}));
  while (!consumer_->at_end()) EXPECT_TRUE(Poll(milliseconds(1)).empty());
  EXPECT_TRUE(consumer_->assignment().empty());
}

TEST_F(ConsumerTest, JoinsAgainWhenTheStreamBreaksAndDeliversAnew) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  EXPECT_THAT(Poll(), ElementsAre("a"));
  session_->End(testing::StatusOf(ErrorCode::SHUTTING_DOWN, "the broker stops"));
  PollUntilNoticed(2);
  EXPECT_THAT(notices_, ElementsAre("assigned 0", "lost 0"));
  EXPECT_TRUE(consumer_->Commit()) << "what was lost is not committed";
  While([&] { PollUntilNoticed(3); },
        [&] {
          session_ = broker_.NextSession();
          session_->Expect(Kind::kJoin);
          EXPECT_EQ(session_->Expect(Kind::kCredit).credit().records(), 100'000);
          session_->Send(Assigned(2, kTopic, {0}));
          session_->Send(RecordsOf(2, kTopic, 0, 0, {"a"}));
        });
  EXPECT_THAT(Poll(), ElementsAre("a"));
}

TEST_F(ConsumerTest, JoinsAgainAfterARestartOfTheBroker) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  PollUntilNoticed(1);
  session_.reset();
  broker_.Stop();
  PollUntilNoticed(2);
  broker_.Start();
  While([&] { PollUntilNoticed(3); },
        [&] {
          session_ = broker_.NextSession();
          session_->Send(Assigned(2, kTopic, {0}));
        });
  EXPECT_THAT(notices_, ElementsAre("assigned 0", "lost 0", "assigned 0"));
}

TEST_F(ConsumerTest, ACommitFailsWhenTheStreamBreaksBeforeItsAnswer) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  const auto result = While([&] { return consumer_->Commit(); },
                            [&] {
                              session_->Expect(Kind::kCommit);
                              session_->End(testing::StatusOf(ErrorCode::SHUTTING_DOWN, "stop"));
                            });
  EXPECT_EQ(result.error().code, ErrorCode::SHUTTING_DOWN);
}

TEST_F(ConsumerTest, AnErrorThatJoiningAgainCannotMendComesFromPoll) {
  Open();
  session_->End(testing::StatusOf(ErrorCode::UNKNOWN_TOPIC, "topic 'orders' does not exist"));
  const auto records = consumer_->Poll(seconds(20));
  ASSERT_FALSE(records);
  EXPECT_EQ(records.error().code, ErrorCode::UNKNOWN_TOPIC);
}

TEST_F(ConsumerTest, ADamagedBatchIsAnError) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  auto records = RecordsOf(1, kTopic, 0, 0, {"a"});
  records.mutable_records()->mutable_batches()->back() ^= 1;
  session_->Send(records);
  PollUntilNoticed(1);
  const auto polled = consumer_->Poll(seconds(20));
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().code, ErrorCode::CORRUPT_BATCH);
}

TEST_F(ConsumerTest, WakeupEndsAPollThatWaits) {
  Open();
  std::thread other([&] { consumer_->Wakeup(); });
  EXPECT_TRUE(Poll(std::chrono::hours(1)).empty());
  other.join();
}

TEST_F(ConsumerTest, CloseLetsTheListenerCommitAndThenLeaves) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  on_revoked_ = [&] { EXPECT_TRUE(consumer_->Commit()); };
  While([&] { consumer_->Close(); },
        [&] {
          session_->Confirm(session_->Expect(Kind::kCommit).commit());
          EXPECT_TRUE(session_->AwaitLeave());
        });
  EXPECT_THAT(notices_, ElementsAre("assigned 0", "revoked 0"));
  consumer_->Close();
  EXPECT_EQ(consumer_->Poll(milliseconds(0)).error().code, ErrorCode::CANCELLED);
  EXPECT_EQ(consumer_->Commit().error().code, ErrorCode::CANCELLED);
}

TEST_F(ConsumerTest, CloseCallsBackCommitsThatAreUnderWay) {
  Open();
  session_->Send(Assigned(1, kTopic, {0}));
  session_->Send(RecordsOf(1, kTopic, 0, 0, {"a"}));
  PollUntilNoticed(1);
  Poll();
  std::optional<Result<void>> result;
  consumer_->CommitAsync([&](Result<void> committed) { result = std::move(committed); });
  session_->Confirm(session_->Expect(Kind::kCommit).commit());
  consumer_->Close();
  ASSERT_TRUE(result);
  EXPECT_TRUE(*result);
}

TEST_F(ConsumerTest, AnAsynchronousCommitAfterCloseIsCancelledAtOnce) {
  Open();
  consumer_->Close();
  std::optional<Result<void>> result;
  consumer_->CommitAsync([&](Result<void> committed) { result = std::move(committed); });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->error().code, ErrorCode::CANCELLED);
}

}  // namespace
}  // namespace strata
