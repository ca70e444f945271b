#include "broker/threads/timers.h"

#include <future>
#include <vector>

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(Timers, CallInTheOrderOfTheirTimes) {
  ThreadTimers timers;
  std::vector<int> order;
  std::promise<void> done;
  timers.CallAfter(milliseconds(20), [&] {
    order.push_back(2);
    done.set_value();
  });
  timers.CallAfter(milliseconds(1), [&] { order.push_back(1); });
  done.get_future().get();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Timers, ATimerThatWasCancelledDoesNotFire) {
  ThreadTimers timers;
  bool fired = false;
  const auto ticket = timers.CallAfter(milliseconds(20), [&] { fired = true; });
  EXPECT_TRUE(timers.Cancel(ticket));
  EXPECT_FALSE(timers.Cancel(ticket));
  std::promise<void> later;
  timers.CallAfter(milliseconds(21), [&] { later.set_value(); });
  later.get_future().get();
  EXPECT_FALSE(fired);
}

TEST(Timers, ATimerCannotBeCancelledAfterItHasFired) {
  ThreadTimers timers;
  std::promise<void> fired;
  const auto ticket = timers.CallAfter(milliseconds(0), [&] { fired.set_value(); });
  fired.get_future().get();
  EXPECT_FALSE(timers.Cancel(ticket));
}

TEST(Timers, MaySetAndCancelFromWithinACallback) {
  ThreadTimers timers;
  std::promise<void> done;
  const auto far = timers.CallAfter(hours(1), [] { FAIL(); });
  timers.CallAfter(milliseconds(0), [&] {
    EXPECT_TRUE(timers.Cancel(far));
    timers.CallAfter(milliseconds(0), [&] { done.set_value(); });
  });
  done.get_future().get();
}

TEST(Timers, DropWhatHasNotFiredWhenTheyEnd) {
  auto kept = std::make_shared<int>(1);
  {
    ThreadTimers timers;
    timers.CallAfter(hours(1), [kept] { FAIL(); });
  }
  EXPECT_EQ(kept.use_count(), 1);
}

}  // namespace
}  // namespace strata::broker
