#include "broker/delivery/response_budget.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

constexpr std::size_t kMib = 1 << 20;

TEST(ResponseBudget, GivesWhatIsWantedWhileThereIsPlenty) {
  const ResponseBudget budget(64 * kMib);
  EXPECT_EQ(budget.Share(16 * kMib), 16 * kMib);
  EXPECT_EQ(budget.Share(1), 1u);
}

TEST(ResponseBudget, GivesLessTheLessIsLeft) {
  ResponseBudget budget(64 * kMib);
  BudgetUse use(budget);
  use.Set(32 * kMib);
  EXPECT_EQ(budget.Share(16 * kMib), 8 * kMib);
  use.Set(60 * kMib);
  EXPECT_EQ(budget.Share(16 * kMib), kMib);
}

TEST(ResponseBudget, NobodyStarvesWhenNothingIsLeft) {
  ResponseBudget budget(kMib);
  BudgetUse use(budget);
  use.Set(2 * kMib);
  EXPECT_EQ(budget.Share(16 * kMib), ResponseBudget::kLeastShareBytes);
  EXPECT_EQ(budget.Share(10), 10u);
}

TEST(ResponseBudget, WhatEndsIsGivenBack) {
  ResponseBudget budget(kMib);
  {
    BudgetUse use(budget);
    use.Set(kMib);
    use.Set(kMib / 2);
    EXPECT_EQ(budget.used(), kMib / 2);
  }
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace strata::broker
