#include "client/lib/consume/member_times.h"

#include <gtest/gtest.h>

namespace strata {
namespace {

using std::chrono::milliseconds;

TEST(MemberTimes, SignsComeSixteenTimesWithinTheTimeButNoMoreThanOnceASecondNorInAMillisecond) {
  EXPECT_EQ(BetweenSigns(milliseconds(160)), milliseconds(10));
  EXPECT_EQ(BetweenSigns(milliseconds(1)), milliseconds(1));
  EXPECT_EQ(BetweenSigns(milliseconds(300'000)), milliseconds(1'000));
  EXPECT_EQ(BetweenSigns(milliseconds(0)), milliseconds(1'000)) << "of the broker's time";
}

TEST(MemberTimes, TheBrokerIsAskedForAsMuchMoreAsASignMayBeLate) {
  EXPECT_EQ(ProcessingTimeToAskFor(milliseconds(160)), milliseconds(170));
  EXPECT_EQ(ProcessingTimeToAskFor(milliseconds(300'000)), milliseconds(301'000));
  EXPECT_EQ(ProcessingTimeToAskFor(milliseconds(0)), milliseconds(0));
}

TEST(MemberTimes, TheBrokerIsAskedForNoMoreThanItTakes) {
  EXPECT_EQ(ProcessingTimeToAskFor(kLongestTime - milliseconds(1'000)), kLongestTime);
  EXPECT_EQ(ProcessingTimeToAskFor(kLongestTime - milliseconds(999)), kLongestTime);
  EXPECT_EQ(ProcessingTimeToAskFor(kLongestTime), kLongestTime);
}

}  // namespace
}  // namespace strata
