#include "broker/threads/executor.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

TEST(Executor, RunsTasksInOrderOnOneThread) {
  std::vector<int> order;
  Executor executor("test", 1);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(executor.Post([&order, i] { order.push_back(i); }));
  }
  executor.Stop();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

TEST(Executor, RunsTasksSideBySideOnSeveralThreads) {
  Executor executor("test", 2);
  std::promise<void> first_runs, second_ran;
  ASSERT_TRUE(executor.Post([&] {
    first_runs.set_value();
    second_ran.get_future().wait();
  }));
  first_runs.get_future().wait();
  ASSERT_TRUE(executor.Post([&] { second_ran.set_value(); }));
  executor.Stop();
}

TEST(Executor, StopFinishesWhatWaitsAndRefusesMore) {
  std::atomic<int> ran = 0;
  Executor executor("test", 2);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(executor.Post([&] { ++ran; }));
  executor.Stop();
  EXPECT_EQ(ran, 1000);
  EXPECT_FALSE(executor.Post([&] { ++ran; }));
  executor.Stop();
  EXPECT_EQ(ran, 1000);
}

TEST(Executor, RefusesTasksBeyondItsBound) {
  std::promise<void> running, release;
  Executor executor("test", 1, /*max_queued=*/2);
  ASSERT_TRUE(executor.Post([&] {
    running.set_value();
    release.get_future().wait();
  }));
  running.get_future().wait();
  EXPECT_TRUE(executor.Post([] {}));
  EXPECT_TRUE(executor.Post([] {}));
  EXPECT_FALSE(executor.Post([] {}));
  release.set_value();
}

}  // namespace
}  // namespace strata::broker
