#include "client/cli/bench/at_once.h"

#include <atomic>
#include <stdexcept>

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

TEST(RunAtOnce, ReturnsWhenAllTasksHaveRun) {
  std::atomic<int> ran = 0;
  const auto task = [&ran] { ++ran; };
  RunAtOnce({task, task, task}, [] {});
  EXPECT_EQ(ran, 3);
}

TEST(RunAtOnce, DoesNotHideWhatATaskThrows) {
  EXPECT_THROW(RunAtOnce({[] {}, [] { throw std::runtime_error("no memory"); }}, [] {}),
               std::runtime_error);
}

}  // namespace
}  // namespace strata::cli
