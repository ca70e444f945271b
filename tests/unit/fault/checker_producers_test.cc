// The checker finds each breach by the batches of idempotent producers: I5.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fault/checker_fixture.h"

namespace strata::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST_F(CheckerTest, ARetryOfABatchThatWasPassedOverMayBeRefusedAsOutOfOrder) {
  for (const bool passed_over : {true, false}) {
    events_.clear();
    const ProducerStamp lost{7, 0, 0};
    Return(Begin({1}, lost), Outcome::kUnknown);
    Return(Begin({2}, ProducerStamp{7, 0, 1}), Outcome::kUnknown);
    Restart();
    CompleteRead found{kPartition, 0, 2, Records(1, {2})};
    if (passed_over) found.passed_over = {{0, 1}};
    if (!passed_over) found = {kPartition, 0, 1, Records(0, {1})};
    Add(found);
    RefuseOutOfOrder(Begin({1}, lost));
    EXPECT_EQ(Broken().empty(), passed_over);
  }
}

TEST_F(CheckerTest, I5ARetryOfABatchThatIsThereIsRefusedThoughSomethingElseWasPassedOver) {
  const ProducerStamp there{7, 0, 0};
  Return(Begin({3}), Outcome::kUnknown);
  Return(Begin({1}, there), Outcome::kUnknown);
  Return(Begin({2}, ProducerStamp{7, 0, 1}), Outcome::kUnknown);
  Restart();
  CompleteRead found{kPartition, 0, 3, Records(1, {1, 2})};
  found.passed_over = {{0, 1}};
  Add(found);
  RefuseOutOfOrder(Begin({1}, there));
  EXPECT_THAT(Broken(), ElementsAre("I5"));
}

TEST_F(CheckerTest, I5ARetryOfABatchThatWasAckedIsRefusedThoughSomethingBehindItWasPassedOver) {
  Return(Begin({1}, ProducerStamp{7, 0, 0}), 0);
  Return(Begin({2}, ProducerStamp{7, 0, 1}), Outcome::kUnknown);
  Restart();
  CompleteRead found{kPartition, 0, 2, Records(0, {1})};
  found.passed_over = {{1, 2}};
  Add(found);
  RefuseOutOfOrder(Begin({1}, ProducerStamp{7, 0, 0}));
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

}  // namespace
}  // namespace strata::testing
