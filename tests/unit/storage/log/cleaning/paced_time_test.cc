#include "storage/log/cleaning/paced_time.h"

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr TimestampMs kNow = 1'700'000'000'000;
constexpr milliseconds kTenYears = hours(10 * 365 * 24);

class PacedTimeTest : public ::testing::Test {
 protected:
  PacedTimeTest() { Advance(milliseconds(0)); }

  void Advance(milliseconds passed, milliseconds jump = milliseconds(0)) {
    wall_ += (passed + jump).count();
    steady_ += passed;
    time_.Advance(wall_, steady_);
  }

  TimestampMs wall_ = kNow;
  milliseconds steady_{5'000};
  PacedTime time_{kNoTimestamp, steady_};
};

TEST_F(PacedTimeTest, FollowsAClockThatRunsEvenly) {
  Advance(hours(1));
  EXPECT_EQ(time_.now(), kNow + 3'600'000);
  EXPECT_EQ(time_.latest(), time_.now());
  EXPECT_EQ(time_.ahead(), milliseconds(0));
}

TEST_F(PacedTimeTest, GoesBackWithTheClockButRemembersTheLatest) {
  Advance(hours(1));
  Advance(milliseconds(1), -hours(3));
  EXPECT_EQ(time_.now(), wall_);
  EXPECT_EQ(time_.latest(), kNow + 3'600'000);
  Advance(milliseconds(1), hours(3));
  EXPECT_EQ(time_.now(), wall_) << "right again at once when the clock is";
}

TEST_F(PacedTimeTest, FollowsAJumpAheadAtABoundedSpeed) {
  Advance(milliseconds(0), kTenYears);
  EXPECT_EQ(time_.now(), kNow);
  EXPECT_EQ(time_.ahead(), kTenYears);
  Advance(hours(1));
  EXPECT_EQ(time_.now(), kNow + PacedTime::kMaxSpeed * 3'600'000);
  for (int day = 0; day < 70; ++day) Advance(hours(24));
  EXPECT_EQ(time_.now(), wall_);
}

TEST_F(PacedTimeTest, AJumpAheadThatIsTakenBackIsForgotten) {
  Advance(milliseconds(0), kTenYears);
  Advance(hours(1));
  Advance(milliseconds(1), -kTenYears);
  EXPECT_EQ(time_.now(), wall_);
  Advance(hours(1));
  EXPECT_EQ(time_.now(), wall_);
}

TEST_F(PacedTimeTest, ManyLooksInOneMillisecondDoNotHoldItBack) {
  Advance(milliseconds(0), hours(1));
  for (int i = 0; i < 60'000; ++i) {
    Advance(milliseconds(0));
    Advance(milliseconds(1));
  }
  EXPECT_EQ(time_.now(), kNow + PacedTime::kMaxSpeed * 60'000);
}

TEST(PacedTime, CatchesUpAfterAStop) {
  PacedTime time(kNow, milliseconds(0));
  const TimestampMs later = kNow + 8 * 3'600'000;
  time.Advance(later, milliseconds(0));
  EXPECT_EQ(time.now(), kNow);
  time.Advance(later + 480'000, milliseconds(480'000));
  EXPECT_EQ(time.now(), kNow + PacedTime::kMaxSpeed * 480'000);
  time.Advance(later + 600'000, milliseconds(600'000));
  EXPECT_EQ(time.now(), later + 600'000);
}

TEST(PacedTime, AClockThatWasNeverSetTellsNothing) {
  PacedTime time(kNoTimestamp, milliseconds(0));
  time.Advance(1'000, milliseconds(1'000));
  EXPECT_EQ(time.now(), kNoTimestamp);
  EXPECT_EQ(time.latest(), kNoTimestamp);
  time.Advance(kNow, milliseconds(2'000));
  EXPECT_EQ(time.now(), kNow) << "it is believed when it is set for the first time";
}

TEST(PacedTime, AClockThatForgotTheTimeAgesNothing) {
  PacedTime time(kNow, milliseconds(0));
  time.Advance(1'000, milliseconds(1'000));
  EXPECT_EQ(time.now(), 1'000);
  EXPECT_EQ(time.latest(), kNow);
}

}  // namespace
}  // namespace strata::storage
