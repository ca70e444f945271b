// The checker finds each breach by a partition in a history that was made by hand, and none in a
// good one.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fault/history/payload.h"
#include "tests/unit/fault/checker_fixture.h"

namespace strata::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
