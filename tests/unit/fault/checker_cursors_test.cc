// The checker finds each breach by cursors and metadata: I6, and I8 as far as it is about them.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/fault/checker_fixture.h"

namespace strata::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST_F(CheckerTest, I8ACommitIsAckedAfterTheDiskHasFailed) {
  Add(CommitInvoked{1, "g", kPartition, 5});
  Add(CommitReturned{1, Outcome::kUnknown, /*stopped=*/true});
  Add(CommitInvoked{2, "h", kPartition, 5});
  Add(CommitReturned{2, Outcome::kOk});
  EXPECT_THAT(Broken(), ElementsAre("I8"));
}

TEST_F(CheckerTest, I8CursorsAndMetadataAreAckedThoughAWriteHasFailed) {
  Add(DiskFailed{});
  Commit(0);
  Add(PutInvoked{++call_, "key", "value"});
  Add(PutReturned{call_, Outcome::kOk});
  EXPECT_THAT(Broken(), ElementsAre("I8", "I8"));
}

}  // namespace
}  // namespace strata::testing
