#include "storage/log/cleaning/swap_decision.h"

#include <gmock/gmock.h>

namespace strata::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Waiting = SwapFiles::Waiting;

constexpr SealedSegment kPromised{.base_offset = 5, .next_offset = 9, .size_bytes = 100};

TEST(SwapDecision, AFileThatWaitsTakesItsPlace) {
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kWhole, false, 70}), SwapAction::kRename);
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kWhole, true, 100}), SwapAction::kRename);
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kWhole, false, std::nullopt}), SwapAction::kRename);
}

TEST(SwapDecision, ADamagedFileReplacesNothingThatIsWhole) {
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kDamaged, true, 70}), SwapAction::kDrop);
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kDamaged, true, 100}), SwapAction::kDrop);
}

TEST(SwapDecision, ADamagedFileStandsForWhatIsGone) {
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kDamaged, false, 70}), SwapAction::kRename);
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kDamaged, false, std::nullopt}), SwapAction::kRename);
}

TEST(SwapDecision, AFileThatIsInItsPlaceReplacesTheOthers) {
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kMissing, false, 100}), SwapAction::kFinish);
}

TEST(SwapDecision, WithoutTheFileWhatIsThereStays) {
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kMissing, false, 99}), SwapAction::kDrop);
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kMissing, false, 101}), SwapAction::kDrop);
  EXPECT_EQ(DecideSwap(kPromised, {Waiting::kMissing, false, std::nullopt}), SwapAction::kDrop);
}

TEST(SwapDecision, TheSegmentsBehindTheFirstGo) {
  for (const Offset base : {4, 5, 9, 10}) EXPECT_FALSE(IsSwappedOut(kPromised, base)) << base;
  for (const Offset base : {6, 7, 8}) EXPECT_TRUE(IsSwappedOut(kPromised, base)) << base;
}

TEST(SwapDecision, ItsNoteReplacesTheirs) {
  std::map<Offset, SealedSegment> sealed = {
      {0, {0, 5, 70}}, {5, {5, 7, 70}}, {7, {7, 9, 70}}, {9, {9, 12, 70}}};
  NoteSwapped(kPromised, &sealed);
  EXPECT_THAT(sealed, ElementsAre(Pair(0, SealedSegment{0, 5, 70}), Pair(5, kPromised),
                                  Pair(9, SealedSegment{9, 12, 70})));
}

}  // namespace
}  // namespace strata::storage
