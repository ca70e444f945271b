#include "storage/log/waiters.h"

#include <vector>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

TEST(Waiters, OnlyThoseWhoseOffsetIsBelowTheEndAreTaken) {
  Waiters waiters;
  std::vector<int> called;
  waiters.Add(5, [&] { called.push_back(5); });
  waiters.Add(7, [&] { called.push_back(7); });
  waiters.Add(4, [&] { called.push_back(4); });
  EXPECT_TRUE(waiters.TakeReady(4).empty());
  for (const auto& callback : waiters.TakeReady(7)) callback();
  EXPECT_EQ(called, (std::vector<int>{5, 4})) << "in the order they came";
  EXPECT_EQ(waiters.TakeAll().size(), 1u);
  EXPECT_TRUE(waiters.TakeAll().empty());
}

TEST(Waiters, ACancelledTicketIsHandedOutOnce) {
  Waiters waiters;
  const auto first = waiters.Add(0, [] {});
  const auto second = waiters.Add(0, [] {});
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, second);
  EXPECT_TRUE(waiters.Cancel(first));
  EXPECT_FALSE(waiters.Cancel(first));
  EXPECT_EQ(waiters.TakeReady(1).size(), 1u);
  EXPECT_FALSE(waiters.Cancel(second));
}

}  // namespace
}  // namespace strata::storage
