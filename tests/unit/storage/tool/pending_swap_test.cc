#include "storage/tool/directory/pending_swap.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "storage/log/segment_name.h"
#include "tests/support/temp_dir.h"

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

  // The segment in the place of the first one that is replaced.
  void PutInPlace(std::int64_t bytes) {
    std::filesystem::create_directories(PartitionDirectory(dir_.path(), kPartition));
    std::ofstream(SegmentPath(dir_.path(), kPartition, 10))
        << std::string(static_cast<std::size_t>(bytes), 'x');
  }

  void Settle() { ASSERT_TRUE(SettleSwaps(dir_.path(), &tree_, &truth_).has_value()); }

  testing::TempDir dir_;
  FileTree tree_;
  Truth truth_;
};

TEST_F(PendingSwapTest, BeforeItIsInPlaceTheOldSegmentsCount) {
  PutInPlace(100);
  tree_.unfinished = {kRewritten};
  Settle();
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 20, 30));
  EXPECT_EQ(truth_.logs[kPartition].sealed.size(), 3U);
}

TEST_F(PendingSwapTest, AfterThatItCountsAndWhatItReplacesDoesNot) {
  PutInPlace(120);
  Settle();
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 30));
  EXPECT_THAT(tree_.unfinished, ElementsAre("topics/0000000000000001/0/00000000000000000020.log"));
  const auto& sealed = truth_.logs[kPartition].sealed;
  ASSERT_EQ(sealed.size(), 2U);
  EXPECT_EQ(sealed.at(10).size_bytes, 120);
  EXPECT_EQ(sealed.at(10).generation, 3U);
}

TEST_F(PendingSwapTest, WhenItIsNowhereTheOldSegmentsCount) {
  PutInPlace(100);
  Settle();
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 20, 30));
  EXPECT_EQ(truth_.logs[kPartition].sealed.size(), 3U);
}

TEST_F(PendingSwapTest, WithoutOneNothingChanges) {
  truth_.logs[kPartition].swap.reset();
  Settle();
  EXPECT_THAT(tree_.segments[kPartition], ElementsAre(0, 10, 20, 30));
  EXPECT_THAT(tree_.unfinished, IsEmpty());
}

}  // namespace
}  // namespace strata::storage::tool
