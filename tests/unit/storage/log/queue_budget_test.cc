#include "storage/log/queue_budget.h"

#include <utility>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

TEST(QueueBudget, SharesAreGivenBackWhenTheyGo) {
  QueueBudget budget(100);
  {
    auto first = budget.Take(60);
    ASSERT_TRUE(first.has_value());
    EXPECT_FALSE(budget.Take(41).has_value());
    EXPECT_TRUE(budget.Take(40).has_value());
    first->GiveBack();
    EXPECT_TRUE(budget.Take(100).has_value());
  }
  EXPECT_TRUE(budget.Take(100).has_value());
}

TEST(QueueBudget, ASinglePieceFitsHoweverLarge) {
  QueueBudget budget(100);
  const auto large = budget.Take(1000);
  EXPECT_TRUE(large.has_value());
  EXPECT_FALSE(budget.Take(1).has_value());
}

TEST(QueueBudget, AMovedShareCountsOnce) {
  QueueBudget budget(100);
  auto first = budget.Take(100);
  {
    const QueueBudget::Share moved = *std::move(first);
    first.reset();
    EXPECT_FALSE(budget.Take(1).has_value());
  }
  EXPECT_TRUE(budget.Take(100).has_value());
}

}  // namespace
}  // namespace strata::storage
