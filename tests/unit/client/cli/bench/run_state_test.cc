#include "client/cli/bench/run_state.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

TEST(BenchRunState, GoesOnUntilSomethingFails) {
  const Interrupt interrupt;
  RunState run(interrupt);
  EXPECT_FALSE(run.ended());
  EXPECT_TRUE(run.result());
  run.Fail({ErrorCode::DISK_FULL, "no space"});
  EXPECT_TRUE(run.ended());
  EXPECT_FALSE(run.interrupted());
}

TEST(BenchRunState, TellsTheFirstErrorAndCountsTheRest) {
  const Interrupt interrupt;
  RunState run(interrupt);
  run.Fail({ErrorCode::DISK_FULL, "no space"});
  ASSERT_FALSE(run.result());
  EXPECT_EQ(run.result().error().message, "no space");
  run.Fail({ErrorCode::TIMEOUT, "too late"});
  run.Fail({ErrorCode::TIMEOUT, "too late"});
  EXPECT_EQ(run.result().error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(run.result().error().message, "no space; 2 more failed behind it");
}

}  // namespace
}  // namespace strata::cli
