#include "storage/tool/directory/pending_swap.h"

#include <gmock/gmock.h>

namespace strata::storage::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PartitionId kPartition{1, 0};
constexpr char kRewritten[] = "topics/0000000000000001/0/00000000000000000010.log.generation-3";

// The segments from 10 up to 30 were to become one.
class PendingSwapTest : public ::testing::Test {
 protected:
  PendingSwapTest() {
    tree_.segments[kPartition] = {0, 10, 20, 30};
    LoadedState& state = truth_.logs[kPartition];
    state.sealed = {{0, {0, 10, 100}}, {10, {10, 20, 100}}, {20, {20, 30, 100}}};
    state.swap = SealedSegment{10, 30, 120};
    state.swap->generation = 3;
  }

  FileTree tree_;
  Truth truth_;
};

TEST_F(PendingSwapTest, BeforeItIsInPlaceTheOldSegmentsCount) {
  tree_.unfinished = {kRewritten};
  SettleSwaps(&tree_, &truth_);
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 20, 30));
  EXPECT_EQ(truth_.logs[kPartition].sealed.size(), 3U);
}

TEST_F(PendingSwapTest, AfterThatItCountsAndWhatItReplacesDoesNot) {
  SettleSwaps(&tree_, &truth_);
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 30));
  EXPECT_THAT(tree_.unfinished, ElementsAre("topics/0000000000000001/0/00000000000000000020.log"));
  const auto& sealed = truth_.logs[kPartition].sealed;
  ASSERT_EQ(sealed.size(), 2U);
  EXPECT_EQ(sealed.at(10).size_bytes, 120);
  EXPECT_EQ(sealed.at(10).generation, 3U);
}

TEST_F(PendingSwapTest, WithoutOneNothingChanges) {
  truth_.logs[kPartition].swap.reset();
  SettleSwaps(&tree_, &truth_);
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 20, 30));
  EXPECT_THAT(tree_.unfinished, IsEmpty());
}

}  // namespace
}  // namespace strata::storage::tool
