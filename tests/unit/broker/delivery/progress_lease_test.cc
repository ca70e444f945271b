#include "broker/delivery/progress_lease.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using std::chrono::milliseconds;

const ProgressLease::Clock::time_point kStart{};

TEST(ProgressLease, DoesNotRunWhileNothingIsHeld) {
  ProgressLease lease(milliseconds(100));
  lease.SetRunning(false, kStart);
  lease.Progressed(kStart);
  EXPECT_FALSE(lease.ends());
}

TEST(ProgressLease, BeginsWithTheFirstRecordsAndMoreDoNotExtendIt) {
  ProgressLease lease(milliseconds(100));
  lease.SetRunning(true, kStart);
  lease.SetRunning(true, kStart + milliseconds(60));
  EXPECT_EQ(lease.ends(), kStart + milliseconds(100));
}

TEST(ProgressLease, BeginsAnewWithEachSignAsLongAsRecordsAreHeld) {
  ProgressLease lease(milliseconds(100));
  lease.SetRunning(true, kStart);
  lease.Progressed(kStart + milliseconds(60));
  EXPECT_EQ(lease.ends(), kStart + milliseconds(160));
  lease.SetRunning(false, kStart + milliseconds(70));
  EXPECT_FALSE(lease.ends());
}

}  // namespace
}  // namespace strata::broker
