#include "client/cli/bench/cost_tally.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

BrokerInfo Look(std::int64_t uptime_ms, microseconds cpu_time, std::int64_t resident_bytes) {
  return {.uptime_ms = uptime_ms, .cpu_time = cpu_time, .resident_bytes = resident_bytes};
}

TEST(CostTally, IsTheProcessorTimeInBetweenAndTheMostMemorySeen) {
  CostTally tally;
  tally.Add(Look(1'000, seconds(10), 50));
  tally.Add(Look(2'000, seconds(11), 90));
  tally.Add(Look(3'000, seconds(13), 70));
  ASSERT_TRUE(tally.cost());
  EXPECT_EQ(tally.cost()->cpu_time, seconds(3));
  EXPECT_EQ(tally.cost()->peak_resident_bytes, 90);
}

TEST(CostTally, CountsTheMemoryOfTheFirstLook) {
  CostTally tally;
  tally.Add(Look(1'000, seconds(10), 100));
  tally.Add(Look(2'000, seconds(10), 40));
  ASSERT_TRUE(tally.cost());
  EXPECT_EQ(tally.cost()->peak_resident_bytes, 100);
}

TEST(CostTally, NeedsTwoLooks) {
  CostTally tally;
  EXPECT_FALSE(tally.cost());
  tally.Add(Look(1'000, seconds(10), 50));
  EXPECT_FALSE(tally.cost());
}

TEST(CostTally, IsNotKnownOfABrokerThatWasStartedAnew) {
  CostTally tally;
  tally.Add(Look(9'000, seconds(10), 50));
  tally.Add(Look(1'000, seconds(11), 50));
  tally.Add(Look(20'000, seconds(30), 50));
  EXPECT_FALSE(tally.cost());
}

TEST(CostTally, SeesByTheProcessorTimeThatAYoungBrokerWasStartedAnew) {
  CostTally tally;
  tally.Add(Look(100, milliseconds(80), 50));
  tally.Add(Look(300, milliseconds(70), 50));
  EXPECT_FALSE(tally.cost());
}

TEST(CostTally, IsNotKnownOfABrokerThatDoesNotTell) {
  CostTally tally;
  tally.Add(Look(1'000, seconds(0), 0));
  tally.Add(Look(2'000, seconds(0), 0));
  EXPECT_FALSE(tally.cost());
}

TEST(CostTally, IsToldForEachGigabyte) {
  EXPECT_DOUBLE_EQ(SecondsPerGigabyte(milliseconds(1'500), 500'000'000), 3.0);
}

}  // namespace
}  // namespace strata::cli
