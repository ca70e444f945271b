#include "storage/log/cleaning/swap_decision.h"

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

constexpr SealedSegment kPromised{.base_offset = 5, .next_offset = 9, .size_bytes = 100};

TEST(SwapDecision, AFileThatWaitsTakesItsPlace) {
  EXPECT_EQ(DecideSwap(kPromised, true, 70), SwapAction::kRename);
  EXPECT_EQ(DecideSwap(kPromised, true, std::nullopt), SwapAction::kRename);
}

TEST(SwapDecision, AFileThatIsInItsPlaceReplacesTheOthers) {
  EXPECT_EQ(DecideSwap(kPromised, false, 100), SwapAction::kFinish);
}

TEST(SwapDecision, WithoutTheFileWhatIsThereStays) {
  EXPECT_EQ(DecideSwap(kPromised, false, 99), SwapAction::kDrop);
  EXPECT_EQ(DecideSwap(kPromised, false, 101), SwapAction::kDrop);
  EXPECT_EQ(DecideSwap(kPromised, false, std::nullopt), SwapAction::kDrop);
}

}  // namespace
}  // namespace strata::storage
