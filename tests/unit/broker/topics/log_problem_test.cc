#include "broker/topics/log_problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/memory_stores.h"

namespace strata::broker {
namespace {

using ::testing::HasSubstr;

TEST(LogProblem, AHealthyLogHasNone) {
  EXPECT_FALSE(ProblemOf(storage::LogStatus()).has_value());
}

TEST(LogProblem, NamesWhyAppendsAreRefusedAndWhatIsLost) {
  storage::LogStatus status;
  status.health = Fail(ErrorCode::LOG_POISONED, "the disk failed");
  EXPECT_EQ(*ProblemOf(status), "the disk failed");
  status.damage = {{4, 7, "segment x is damaged"}, {9, 10, "segment y is damaged"}};
  const std::string problem = *ProblemOf(status);
  EXPECT_THAT(problem, HasSubstr("the disk failed"));
  EXPECT_THAT(problem, HasSubstr("offsets 4 to 6 cannot be read (segment x is damaged)"));
  EXPECT_THAT(problem, HasSubstr("the next good one is 7"));
  EXPECT_THAT(problem, HasSubstr("1 more place"));
}

TEST(LogProblem, PartitionsWithProblemsAreCounted) {
  strata::testing::MemoryStores stores;
  const auto topics =
      *TopicRegistry::Open(stores.metadata, stores.logs, stores.cursors, TopicLimits());
  const TopicPtr topic = *topics->Create("t", 3, {});
  EXPECT_EQ(CountProblems(*topics, stores.logs), 0);
  stores.logs.Poison(topic->Partition(1), {ErrorCode::LOG_POISONED, "the disk failed"});
  EXPECT_EQ(CountProblems(*topics, stores.logs), 1);
}

}  // namespace
}  // namespace strata::broker
