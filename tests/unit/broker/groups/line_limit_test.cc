#include "broker/groups/line_limit.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using std::chrono::milliseconds;

TEST(LineLimit, LetsSoManyThroughInASecondAndSaysLaterHowManyItKeptBack) {
  LineLimit limit(2);
  const LineLimit::Clock::time_point begin{std::chrono::hours(1)};
  EXPECT_EQ(limit.Take(begin), 0);
  EXPECT_EQ(limit.Take(begin + milliseconds(1)), 0);
  EXPECT_EQ(limit.Take(begin + milliseconds(2)), std::nullopt);
  EXPECT_EQ(limit.Take(begin + milliseconds(999)), std::nullopt);
  EXPECT_EQ(limit.Take(begin + milliseconds(1'000)), 2);
  EXPECT_EQ(limit.Take(begin + milliseconds(1'001)), 0);
  EXPECT_EQ(limit.Take(begin + milliseconds(1'002)), std::nullopt);
}

TEST(LineLimit, SaysAlsoOfThoseThatCouldNotBeWritten) {
  LineLimit limit(2);
  const LineLimit::Clock::time_point begin{std::chrono::hours(1)};
  EXPECT_EQ(limit.Take(begin), 0);
  limit.KeepBack(1);
  EXPECT_EQ(limit.Take(begin), 1);
  EXPECT_EQ(limit.Take(begin), std::nullopt);
}

}  // namespace
}  // namespace strata::broker
