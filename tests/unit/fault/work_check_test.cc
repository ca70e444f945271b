// The judge of a group's work finds each kind of breach in notes that were made by hand, and none
// in good ones.
#include "tests/fault/history/work_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WorkCheckTest : public ::testing::Test {
 protected:
  WorkCheckTest() { work_.members.resize(3); }

  // Each thing happens later than all before it.
  void Process(std::size_t member, std::int64_t generation, Offset offset) {
    Process(member, generation, offset, PayloadAt(offset));
  }
  void Process(std::size_t member, std::int64_t generation, Offset offset, PayloadId payload) {
    work_.members[member].processed.push_back({++now_, 0, generation, offset, payload});
  }
  void Commit(std::size_t member, std::int64_t generation, Offset offset,
              Outcome outcome = Outcome::kOk) {
    const WorkTime begun = ++now_;
    work_.members[member].commits.push_back({begun, ++now_, 0, generation, offset, outcome});
  }
  void Ack(Offset offset) { work_.acked.push_back({0, offset, PayloadAt(offset)}); }
  void EndAt(Offset committed) { work_.committed[0] = committed; }

  static PayloadId PayloadAt(Offset offset) { return static_cast<PayloadId>(offset) + 100; }

  std::vector<std::string> Broken() const {
    std::vector<std::string> names;
    for (const Violation& violation : CheckWork(work_)) names.push_back(violation.invariant);
    return names;
  }

  WorkTime now_{0};
  GroupWork work_;
};

TEST_F(WorkCheckTest, GoodWorkIsGood) {
  for (Offset offset = 0; offset < 4; ++offset) Ack(offset);
  Process(0, 1, 0);
  Process(0, 1, 1);
  Commit(0, 1, 1);
  // Another member gets the partition; the first one does not know that yet.
  Process(1, 2, 1);
  Process(0, 1, 2);
  Commit(0, 1, 3, Outcome::kFailed);
  Process(1, 2, 2);
  Process(1, 2, 3);
  Commit(1, 2, 4);
  EndAt(4);
  EXPECT_THAT(Broken(), IsEmpty());
}

TEST_F(WorkCheckTest, ARecordThatNobodyHasProcessedIsMissed) {
  Ack(0);
  Ack(1);
  Process(0, 1, 0);
  EXPECT_THAT(Broken(), ElementsAre("G1"));
}

TEST_F(WorkCheckTest, ARecordWithOtherBytesIsMissed) {
  Ack(0);
  Process(0, 1, 0, PayloadAt(7));
  EXPECT_THAT(Broken(), ElementsAre("G1"));
}

TEST_F(WorkCheckTest, ACommitAboveAGapIsFound) {
  Process(0, 1, 0);
  Commit(0, 1, 2);
  EXPECT_THAT(Broken(), ElementsAre("G2"));
}

TEST_F(WorkCheckTest, WhatIsProcessedAfterTheCommitDoesNotExcuseIt) {
  Process(0, 1, 0);
  Commit(0, 1, 2);
  Process(0, 1, 1);
  EXPECT_THAT(Broken(), ElementsAre("G2"));
}

TEST_F(WorkCheckTest, AMemberThatBeginsBehindAGapIsFound) {
  Process(0, 1, 0);
  Process(0, 1, 1);
  Process(1, 2, 3);
  Process(2, 3, 2);
  EXPECT_THAT(Broken(), ElementsAre("G2"));
}

TEST_F(WorkCheckTest, ACommitAtTheEndAboveAGapIsFound) {
  Process(0, 1, 0);
  EndAt(2);
  EXPECT_THAT(Broken(), ElementsAre("G2"));
}

TEST_F(WorkCheckTest, TwoMembersOfOneGenerationAreFound) {
  Process(0, 1, 0);
  Process(1, 1, 1);
  EXPECT_THAT(Broken(), ElementsAre("G3"));
}

TEST_F(WorkCheckTest, ARecordLeftOutIsFoundEvenIfAnotherMemberHasProcessedIt) {
  Process(0, 1, 0);
  Process(0, 1, 2);
  Process(1, 2, 0);
  Process(1, 2, 1);
  EXPECT_THAT(Broken(), ElementsAre("G3"));
}

TEST_F(WorkCheckTest, RecordsOutOfOrderAreFound) {
  Process(0, 1, 0);
  Process(0, 1, 2);
  Process(0, 1, 1);
  EXPECT_THAT(Broken(), ElementsAre("G3", "G3"));
}

TEST_F(WorkCheckTest, ACommitThatComesTooLateMustNotSucceed) {
  Process(0, 1, 0);
  Process(1, 2, 0);
  Commit(0, 1, 1);
  EXPECT_THAT(Broken(), ElementsAre("G4"));
}

TEST_F(WorkCheckTest, ACommitThatWasUnderWayBeforeTheNextMemberBeganMaySucceed) {
  Process(0, 1, 0);
  const WorkTime begun = ++now_;
  Process(1, 2, 0);
  work_.members[0].commits.push_back({begun, ++now_, 0, 1, 1, Outcome::kOk});
  EXPECT_THAT(Broken(), IsEmpty());
}

}  // namespace
}  // namespace strata::testing
