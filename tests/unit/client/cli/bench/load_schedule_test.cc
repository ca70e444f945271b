#include "client/cli/bench/load_schedule.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const LoadSchedule::TimePoint kBegin{seconds(1'000)};

TEST(LoadSchedule, RecordsAreDueAtEvenDistances) {
  const LoadSchedule schedule({.per_second = 4}, kBegin);
  EXPECT_EQ(schedule.DueAt(0), kBegin);
  EXPECT_EQ(schedule.DueAt(1), kBegin + milliseconds(250));
  EXPECT_EQ(schedule.DueAt(4), kBegin + seconds(1));
  EXPECT_EQ(schedule.DueAt(7), kBegin + milliseconds(1'750));
}

TEST(LoadSchedule, ARateThatDividesNoSecondDoesNotDrift) {
  const LoadSchedule schedule({.per_second = 333'333}, kBegin);
  EXPECT_EQ(schedule.DueAt(333'333ull * 86'400), kBegin + seconds(86'400));
  EXPECT_EQ(schedule.DueAt(1), kBegin + nanoseconds(3'000));
}

TEST(LoadSchedule, ASenderThatIsAheadNapsForAWhileAtLeast) {
  EXPECT_EQ(LoadSchedule::WakeUp(kBegin + milliseconds(1), kBegin), kBegin + milliseconds(1));
  EXPECT_EQ(LoadSchedule::WakeUp(kBegin + nanoseconds(1), kBegin), kBegin + microseconds(100));
}

TEST(LoadSchedule, EndsAfterSoManyRecords) {
  const LoadSchedule schedule({.records = 3}, kBegin);
  EXPECT_TRUE(schedule.Includes(2, kBegin + seconds(1'000'000)));
  EXPECT_FALSE(schedule.Includes(3, kBegin));
}

TEST(LoadSchedule, WithoutARateEndsWhenTheTimeIsOver) {
  const LoadSchedule schedule({.time = seconds(2)}, kBegin);
  EXPECT_TRUE(schedule.Includes(1'000'000, kBegin + milliseconds(1'999)));
  EXPECT_FALSE(schedule.Includes(0, kBegin + seconds(2)));
}

TEST(LoadSchedule, WithARateIncludesWhatIsDueInTimeHoweverLateItIs) {
  const LoadSchedule schedule({.time = seconds(2), .per_second = 10}, kBegin);
  EXPECT_TRUE(schedule.Includes(19, kBegin + seconds(1'000)));
  EXPECT_FALSE(schedule.Includes(20, kBegin));
}

}  // namespace
}  // namespace strata::cli
