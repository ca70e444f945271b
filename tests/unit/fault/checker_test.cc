// The checker finds each kind of breach in a history that was made by hand, and none in a good one.
#include "tests/fault/history/checker.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fault/history/payload.h"

namespace strata::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kPartition = "orders/0";

class CheckerTest : public ::testing::Test {
 protected:
  void Add(EventBody body) { events_.push_back({std::move(body), time_}); }

  // An append that is acked.
  CallId Append(std::vector<PayloadId> payloads, Offset base_offset, bool durable = true) {
    const CallId call = Begin(std::move(payloads));
    Add(AppendReturned{call, Outcome::kOk, base_offset, durable});
    return call;
  }
  CallId Begin(std::vector<PayloadId> payloads, std::optional<ProducerStamp> stamp = {}) {
    Add(AppendInvoked{++call_, kPartition, std::move(payloads), stamp});
    return call_;
  }
  void Return(CallId call, Outcome outcome, bool stopped = false) {
    Add(AppendReturned{call, outcome, kNoOffset, true, stopped});
  }
  void Return(CallId call, Offset base_offset) {
    Add(AppendReturned{call, Outcome::kOk, base_offset});
  }
  void RefuseOutOfOrder(CallId call) {
    Add(AppendReturned{call, Outcome::kFailed, kNoOffset, true, false, /*out_of_order=*/true});
  }

  void Commit(Offset offset, Outcome outcome = Outcome::kOk) {
    Add(CommitInvoked{++call_, "g", kPartition, offset});
    Add(CommitReturned{call_, outcome});
  }

  void CommitForward(Offset offset, Outcome outcome = Outcome::kOk) {
    Add(CommitInvoked{++call_, "g", kPartition, offset, /*forward_only=*/true});
    Add(CommitReturned{call_, outcome});
  }

  // Everything from offset 0 on.
  void Find(const std::vector<PayloadId>& payloads) {
    Add(CompleteRead{kPartition, 0, static_cast<Offset>(payloads.size()), Records(0, payloads)});
  }
  void Restart(bool unflushed_lost = true) { Add(Restarted{unflushed_lost}); }

  static std::vector<SeenRecord> Records(Offset offset, const std::vector<PayloadId>& payloads) {
    std::vector<SeenRecord> records;
    for (const PayloadId payload : payloads) records.push_back({offset++, payload});
    return records;
  }

  // The invariants that are broken, in the order in which it shows.
  std::vector<std::string> Broken() const {
    std::vector<std::string> names;
    for (const Violation& violation : CheckHistory(events_)) names.push_back(violation.invariant);
    return names;
  }

  std::chrono::milliseconds time_{0};
  CallId call_ = 0;
  std::vector<Event> events_;
};

TEST_F(CheckerTest, AnEmptyHistoryIsGood) {
  EXPECT_THAT(Broken(), IsEmpty());
}

TEST_F(CheckerTest, WhatIsFoundAsItWasAckedIsGood) {
  Append({1, 2}, 0);
  Append({3}, 2);
  Commit(2);
  Restart();
  Find({1, 2, 3});
  Add(CursorRead{"g", kPartition, 2});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I1AnAckedRecordIsMissing) {
  Append({1}, 0);
  Append({2}, 1);
  Restart();
  Find({1});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, I1AllOfAPartitionIsMissing) {
  Append({1}, 0);
  Restart();
  Find({});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, I1AnAckedRecordHasBecomeAnother) {
  Append({1}, 0);
  Begin({2});
  Restart();
  Find({2});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, I1AnAckedRecordIsMissingEvenIfTheLogStartHasMovedByItself) {
  Append({1, 2}, 0);
  Restart();
  Add(CompleteRead{kPartition, 1, 2, Records(1, {2})});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, ATrimMayHaveTakenEffectOrNot) {
  Append({1, 2, 3}, 0);
  Add(TrimInvoked{kPartition, 2});
  Restart();
  Find({1, 2, 3});
  Add(CompleteRead{kPartition, 2, 3, Records(2, {3})});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, WhatWasAckedBeforeItWasOnDiskMayGoWithThePowerButNotWithTheProcess) {
  Append({1}, 0, /*durable=*/false);
  Restart(/*unflushed_lost=*/true);
  Find({});
  Append({2}, 0, /*durable=*/false);
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
  Restart(/*unflushed_lost=*/false);
  Find({});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, DamageThatIsReportedIsNotSilent) {
  Append({1, 2, 3, 4}, 0);
  Commit(4);
  Restart();
  Add(CompleteRead{kPartition, 0, 3, {{0, 1}, {2, 3}}, {{1, 2}, {3, 100}}});
  Add(CursorRead{"g", kPartition, 4});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I1AMissingEndIsNoDamageElsewhere) {
  Append({1, 2, 3}, 0);
  Restart();
  Add(CompleteRead{kPartition, 0, 2, {{1, 2}}, {{0, 1}}});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, I2DamageThatIsReportedExcusesNothingElse) {
  Append({1, 2, 3}, 0);
  Restart();
  Add(CompleteRead{kPartition, 0, 3, {{0, 1}}, {{2, 3}}});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, WhatWasNotAckedMayBePassedOver) {
  Append({1}, 0);
  Begin({2, 3});
  Restart();
  Add(CompleteRead{kPartition, 0, 4, {{0, 1}, {3, 3}}, {}, {{1, 3}}});
  Add(ReadReturned{.partition = kPartition, .records = {{0, 1}, {3, 3}}, .from = 0, .next = 4});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I1WhatWasAckedIsPassedOver) {
  Append({1, 2, 3}, 0);
  Restart();
  Add(CompleteRead{kPartition, 0, 3, {{0, 1}, {2, 3}}, {}, {{1, 2}}});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, I2MoreIsPassedOverThanRecordsMayHaveBeenStored) {
  Append({1}, 0);
  Begin({2, 3});
  Return(Begin({4}), Outcome::kFailed);
  Restart();
  Add(CompleteRead{kPartition, 0, 4, {{0, 1}}, {}, {{1, 4}}});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I2ALiveReadLeavesOutMoreThanIsPassedOver) {
  Append({1}, 0);
  Begin({2, 3});
  Restart();
  Add(CompleteRead{kPartition, 0, 4, {{0, 1}, {3, 3}}, {}, {{1, 3}}});
  Add(ReadReturned{.partition = kPartition, .records = {{3, 3}}, .from = 0, .next = 4});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I2TwoAppendsAreAckedAtTheSameOffset) {
  Begin({1});
  Begin({2});
  Add(AppendReturned{1, Outcome::kOk, 0});
  Add(AppendReturned{2, Outcome::kOk, 0});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I2OffsetsHaveAHole) {
  Append({1}, 0);
  Append({2}, 1);
  Add(ReadReturned{kPartition, {{0, 1}, {2, 2}}});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I2AReaderIsGivenSomethingBehindWhatItAskedFor) {
  Append({1, 2}, 0);
  Add(ReadReturned{kPartition, Records(1, {2}), {}, /*from=*/0});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I2ARecordThatWasReadHasChanged) {
  Begin({1});
  Begin({2});
  Add(ReadReturned{kPartition, {{0, 1}}});
  Add(ReadReturned{kPartition, {{0, 2}}});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I2NotAllThatThereIsSaidToBeCanBeRead) {
  Begin({1, 2});
  Add(CompleteRead{kPartition, 0, 2, Records(0, {1})});
  EXPECT_THAT(Broken(), ElementsAre("I2"));
}

TEST_F(CheckerTest, I3ALaterAppendLiesBeforeAnEarlierOne) {
  Append({1}, 5);
  Append({2}, 4);
  EXPECT_THAT(Broken(), ElementsAre("I3"));
}

TEST_F(CheckerTest, AppendsAtTheSameTimeMayLieInAnyOrder) {
  Begin({1});
  Begin({2});
  Add(AppendReturned{2, Outcome::kOk, 0});
  Add(AppendReturned{1, Outcome::kOk, 1});
  Begin({3});
  Begin({4});
  Add(AppendReturned{3, Outcome::kOk, 3});
  Add(AppendReturned{4, Outcome::kOk, 2});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I3ARecordThatWasReadHasVanished) {
  Begin({1});
  Add(ReadReturned{kPartition, {{0, 1}}});
  Restart();
  Find({});
  EXPECT_THAT(Broken(), ElementsAre("I3"));
}

TEST_F(CheckerTest, WhatWasShownBeforeItWasOnDiskMayGoWithThePower) {
  Begin({1, 2});
  Add(ReadReturned{kPartition, {{0, 1}, {1, 2}}, 1});
  Restart();
  Find({1});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I4ARecordThatNobodySent) {
  Append({1}, 0);
  Find({1, 99});
  EXPECT_THAT(Broken(), ElementsAre("I4"));
}

TEST_F(CheckerTest, I4BytesThatArePayloadOfNobody) {
  Add(ReadReturned{kPartition, {{0, kForeignPayload}}});
  EXPECT_THAT(Broken(), ElementsAre("I4"));
}

TEST_F(CheckerTest, I4ARecordThatWasSentElsewhere) {
  Add(AppendInvoked{77, "orders/1", {1}});
  Add(ReadReturned{kPartition, {{0, 1}}});
  EXPECT_THAT(Broken(), ElementsAre("I4"));
}

TEST_F(CheckerTest, I4WhatWasRefusedIsThere) {
  Return(Begin({1}), Outcome::kFailed);
  Find({1});
  EXPECT_THAT(Broken(), ElementsAre("I4"));
}

TEST_F(CheckerTest, I4WhatARestartHasNotLeftThereComesBack) {
  Return(Begin({1}), Outcome::kUnknown);
  Restart();
  Find({});
  Find({1});
  EXPECT_THAT(Broken(), ElementsAre("I4"));
}

TEST_F(CheckerTest, WhatIsSentAgainAfterARestartMayCome) {
  Return(Begin({1}), Outcome::kUnknown);
  Restart();
  Find({});
  Begin({1});
  Find({1});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, ACallThatGoesOnOverARestartIsHeldToItsAnswer) {
  const CallId call = Begin({1});
  Add(Restarted{.calls_go_on = true});
  Find({});
  Return(call, 0);
  Find({1});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
  Find({});
  EXPECT_THAT(Broken(), ElementsAre("I1"));
}

TEST_F(CheckerTest, WhatHasAnUnknownOutcomeMayBeThereOrNot) {
  Return(Begin({1}), Outcome::kUnknown);
  Begin({2});
  Restart();
  Find({1});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I5ABatchThatWasSentOnceIsStoredTwice) {
  Append({1}, 0);
  Find({1, 1});
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, ABatchThatWasSentTwiceWithoutAStampMayBeStoredTwice) {
  Return(Begin({1}), Outcome::kUnknown);
  Append({1}, 1);
  Find({1, 1});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I5ARetryWithAStampIsStoredTwice) {
  Return(Begin({1}, ProducerStamp{7, 0, 0}), Outcome::kUnknown);
  Begin({1}, ProducerStamp{7, 0, 0});
  Find({1, 1});
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, I5TheBatchesOfAProducerAreOutOfOrder) {
  Begin({1}, ProducerStamp{7, 0, 0});
  Begin({2}, ProducerStamp{7, 0, 1});
  Find({2, 1});
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, I5ABatchOfAnOldEpochLiesBehindOneOfANewEpoch) {
  Begin({1}, ProducerStamp{7, 0, 4});
  Begin({2}, ProducerStamp{7, 1, 0});
  Find({2, 1});
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, ARetryIsAnsweredWithThePlaceOfTheOriginalWhateverCameMeanwhile) {
  Return(Begin({1}, ProducerStamp{7, 0, 0}), Outcome::kUnknown);
  Append({2}, 1);
  Return(Begin({1}, ProducerStamp{7, 0, 0}), 0);
  Find({1, 2});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I5ABatchThatFollowsIsRefusedAsOutOfOrder) {
  Return(Begin({1, 2}, ProducerStamp{7, 0, 0}), 0);
  Restart();
  RefuseOutOfOrder(Begin({3}, ProducerStamp{7, 0, 2}));
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, I5ARetryOfABatchThatWasAckedIsRefusedAsOutOfOrder) {
  Return(Begin({1, 2}, ProducerStamp{7, 0, 0}), 0);
  RefuseOutOfOrder(Begin({1, 2}, ProducerStamp{7, 0, 0}));
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, ABatchBehindOneThatMayBeMissingMayBeRefusedAsOutOfOrder) {
  Return(Begin({1}, ProducerStamp{7, 0, 0}), Outcome::kUnknown);
  RefuseOutOfOrder(Begin({2}, ProducerStamp{7, 0, 1}));
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I5ABatchBehindAGapIsAcked) {
  Return(Begin({1}, ProducerStamp{7, 0, 0}), 0);
  Return(Begin({2}, ProducerStamp{7, 0, 5}), 1);
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, I5ABatchOfAFencedEpochIsAcked) {
  const CallId before = Begin({1}, ProducerStamp{7, 0, 0});
  Add(Fenced{7, 1});
  Return(before, 0);
  Return(Begin({2}, ProducerStamp{7, 1, 0}), 1);
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
  Return(Begin({3}, ProducerStamp{7, 0, 1}), 2);
  EXPECT_THAT(Broken(), Contains("I5"));
}

TEST_F(CheckerTest, TheBatchesOfTwoProducersMayLieInAnyOrder) {
  Begin({1, 2}, ProducerStamp{7, 0, 5});
  Begin({3}, ProducerStamp{8, 0, 0});
  Find({1, 2, 3});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I6AnAckedCommitIsLost) {
  Commit(5);
  Restart();
  Add(CursorRead{"g", kPartition, std::nullopt});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACommitHasGoneBack) {
  Commit(5);
  Commit(6);
  Restart();
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACursorIsWhereNobodyHasSetIt) {
  Commit(5);
  Add(CursorRead{"g", kPartition, 7});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACommitThatWasRefusedTookEffect) {
  Commit(5, Outcome::kFailed);
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, ACommitThatWasAskedToGoBackMay) {
  Commit(5);
  Commit(2);
  Restart();
  Add(CursorRead{"g", kPartition, 2});
  EXPECT_THAT(Broken(), IsEmpty());
}

TEST_F(CheckerTest, ACommitOfUnknownOutcomeMayBeFoundOrNotButNotGoBackOnceItWas) {
  Commit(5);
  Commit(6, Outcome::kUnknown);
  Restart();
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), IsEmpty());
  Add(CursorRead{"g", kPartition, 6});
  EXPECT_THAT(Broken(), IsEmpty()) << "the two reads cannot tell in which order they were written";
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACommitOfUnknownOutcomeTakesNoEffectAfterALaterOne) {
  Commit(5, Outcome::kUnknown);
  Restart();
  Commit(6);
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACommitThatMayOnlyGoForwardHasGoneBack) {
  CommitForward(6);
  CommitForward(5);
  Add(CursorRead{"g", kPartition, 6});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACommitThatMayOnlyGoForwardIsLostOrWasNeverMade) {
  CommitForward(6);
  Add(CursorRead{"g", kPartition, 7});
  Add(CursorRead{"g", kPartition, std::nullopt});
  EXPECT_THAT(Broken(), ElementsAre("I6", "I6"));
}

TEST_F(CheckerTest, I6AMemberBeginsBehindWhatWasCommitted) {
  Add(Resumed{"g", kPartition, 0});
  CommitForward(3);
  Add(Resumed{"g", kPartition, 3});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
  Add(Resumed{"g", kPartition, 4});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACommitThatMayOnlyGoForwardTookEffectThoughItWasRefused) {
  CommitForward(6, Outcome::kFailed);
  Add(CursorRead{"g", kPartition, 6});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6ACursorIsBeyondTheLogEnd) {
  Append({1}, 0);
  Commit(5);
  Find({1});
  Add(CursorRead{"g", kPartition, 5});
  EXPECT_THAT(Broken(), ElementsAre("I6"));
}

TEST_F(CheckerTest, I6MetadataThatWereAckedAreLost) {
  Add(PutInvoked{1, "k", "v1"});
  Add(PutReturned{1, Outcome::kOk});
  Add(PutInvoked{2, "k", "v2"});
  Add(PutReturned{2, Outcome::kOk});
  Restart();
  Add(Got{"k", "v2"});
  EXPECT_THAT(Broken(), IsEmpty());
  Add(Got{"k", "v1"});
  Add(Got{"k", std::nullopt});
  EXPECT_THAT(Broken(), ElementsAre("I6", "I6"));
}

TEST_F(CheckerTest, I8SomethingIsAckedAfterTheDiskHasFailed) {
  Append({1}, 0);
  Return(Begin({2}), Outcome::kUnknown, /*stopped=*/true);
  Append({3}, 2);
  EXPECT_THAT(Broken(), ElementsAre("I8"));
}

TEST_F(CheckerTest, WhatBeganBeforeTheDiskFailedOrAfterARestartMayBeAcked) {
  const CallId early = Begin({1});
  Return(Begin({2}), Outcome::kUnknown, /*stopped=*/true);
  Add(AppendReturned{early, Outcome::kOk, 0});
  Restart();
  Append({3}, 1);
  EXPECT_THAT(Broken(), IsEmpty());
}

TEST_F(CheckerTest, I8ACommitIsAckedAfterTheDiskHasFailed) {
  Add(CommitInvoked{1, "g", kPartition, 5});
  Add(CommitReturned{1, Outcome::kUnknown, /*stopped=*/true});
  Add(CommitInvoked{2, "h", kPartition, 5});
  Add(CommitReturned{2, Outcome::kOk});
  EXPECT_THAT(Broken(), ElementsAre("I8"));
}

TEST_F(CheckerTest, I8SomethingIsAckedThoughAWriteHasFailedAndNobodyWasTold) {
  Add(DiskFailed{kPartition});
  Append({1}, 0);
  EXPECT_THAT(Broken(), ElementsAre("I8"));
}

TEST_F(CheckerTest, WhatWasOpenedAnewMayAckAgainWithoutWhatWasNotOnDisk) {
  Append({1}, 0, /*durable=*/false);
  Add(DiskFailed{kPartition});
  Add(Reopened{kPartition});
  Append({2}, 0);
  Find({2});
  EXPECT_THAT(Broken(), IsEmpty()) << Describe(CheckHistory(events_));
}

TEST_F(CheckerTest, I8CursorsAndMetadataAreAckedThoughAWriteHasFailed) {
  Add(DiskFailed{});
  Commit(0);
  Add(PutInvoked{++call_, "key", "value"});
  Add(PutReturned{call_, Outcome::kOk});
  EXPECT_THAT(Broken(), ElementsAre("I8", "I8"));
}

TEST_F(CheckerTest, I9NothingSucceedsAfterItWasHealed) {
  Add(Healed{kPartition});
  Return(Begin({1}), Outcome::kFailed);
  EXPECT_THAT(Broken(), IsEmpty());
  time_ = std::chrono::seconds(31);
  Return(Begin({2}), Outcome::kFailed);
  EXPECT_THAT(Broken(), ElementsAre("I9"));
}

TEST_F(CheckerTest, I9TheFirstSuccessAfterItWasHealedComesTooLate) {
  Add(Healed{kPartition});
  time_ = std::chrono::seconds(29);
  Append({1}, 0);
  time_ = std::chrono::seconds(90);
  Append({2}, 1);
  EXPECT_THAT(Broken(), IsEmpty());
  Add(Healed{kPartition});
  time_ = std::chrono::seconds(121);
  Append({3}, 2);
  EXPECT_THAT(Broken(), ElementsAre("I9"));
}

}  // namespace
}  // namespace strata::testing
