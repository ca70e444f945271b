#include "storage/tool/directory/pending_swap.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "proto/batch/batch_filter.h"
#include "storage/log/segment_name.h"
#include "tests/support/temp_dir.h"

namespace strata::storage::tool {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr PartitionId kPartition{1, 0};

std::string Path(const std::string& name) {
  return "topics/0000000000000001/0/" + name;
}

// The segments from 10 up to 30 were to become one.
class PendingSwapTest : public ::testing::Test {
 protected:
  PendingSwapTest() {
    std::filesystem::create_directories(PartitionDirectory(dir_.path(), kPartition));
    LoadedState& state = truth_.logs[kPartition];
    state.sealed = {{0, {0, 10, 100}}, {10, {10, 20, 100}}, {20, {20, 30, 100}}};
    state.swap = SealedSegment{10, 30};
    state.swap->size_bytes = static_cast<std::int64_t>(Rewritten().size());
    state.swap->generation = 3;
    Write(kFirst, "anything");
    Write(kSecond, EmptyBatch(10, 15, 0) + EmptyBatch(15, 20, 0));
    Write(kThird, EmptyBatch(20, 30, 0));
    Write(kLast, "anything");
  }

  static std::string Rewritten() { return EmptyBatch(10, 30, 0); }

  void Write(const std::string& path, const std::string& content) {
    std::ofstream(dir_ / path, std::ios::binary) << content;
  }

  void Settle() {
    tree_ = ListFileTree(FileSystem::Real(), dir_.path()).value();
    ASSERT_TRUE(SettleSwaps(dir_.path(), &tree_, &truth_).has_value());
  }

  void ExpectTheOldOnes() {
    EXPECT_THAT(tree_.segments[kPartition],
                ElementsAre(Pair(0, kFirst), Pair(10, kSecond), Pair(20, kThird), Pair(30, kLast)));
    EXPECT_EQ(truth_.logs[kPartition].sealed.size(), 3U);
  }

  void ExpectTheRewrittenOne(const std::string& path) {
    EXPECT_THAT(tree_.segments[kPartition],
                ElementsAre(Pair(0, kFirst), Pair(10, path), Pair(30, kLast)));
    const auto& sealed = truth_.logs[kPartition].sealed;
    ASSERT_EQ(sealed.size(), 2U);
    EXPECT_EQ(sealed.at(10).next_offset, 30);
    EXPECT_EQ(sealed.at(10).generation, 3U);
  }

  const std::string kFirst = Path(SegmentFileName(0));
  const std::string kSecond = Path(SegmentFileName(10));
  const std::string kThird = Path(SegmentFileName(20));
  const std::string kLast = Path(SegmentFileName(30));
  const std::string kWaiting = kSecond + ".generation-3";

  testing::TempDir dir_;
  FileTree tree_;
  Truth truth_;
};

TEST_F(PendingSwapTest, BeforeItIsInPlaceItCountsAndWhatItReplacesDoesNot) {
  Write(kWaiting, Rewritten());
  Settle();
  ExpectTheRewrittenOne(kWaiting);
  EXPECT_THAT(tree_.unfinished, ElementsAre(kSecond, kThird));
}

TEST_F(PendingSwapTest, ItCountsWhenWhatItReplacesIsGone) {
  Write(kWaiting, Rewritten());
  std::filesystem::remove(dir_ / kThird);
  Settle();
  ExpectTheRewrittenOne(kWaiting);
  EXPECT_THAT(tree_.unfinished, ElementsAre(kSecond));
}

TEST_F(PendingSwapTest, AfterThatItCountsAndWhatItReplacesDoesNot) {
  Write(kSecond, Rewritten());
  Settle();
  ExpectTheRewrittenOne(kSecond);
  EXPECT_THAT(tree_.unfinished, ElementsAre(kThird));
}

TEST_F(PendingSwapTest, WhenItIsDamagedTheOldSegmentsCount) {
  for (const std::string& damaged : {std::string("x") + Rewritten().substr(1),
                                     Rewritten().substr(1), Rewritten() + Rewritten()}) {
    Write(kWaiting, damaged);
    truth_.logs[kPartition].swap = SealedSegment{10, 30};
    truth_.logs[kPartition].swap->size_bytes = static_cast<std::int64_t>(Rewritten().size());
    truth_.logs[kPartition].swap->generation = 3;
    Settle();
    ExpectTheOldOnes();
    EXPECT_THAT(tree_.unfinished, ElementsAre(kWaiting));
  }
}

TEST_F(PendingSwapTest, WhenTheOldSegmentsAreNotWholeEitherItCounts) {
  Write(kWaiting, "damaged");
  Write(kSecond, EmptyBatch(10, 15, 0));
  Settle();
  ExpectTheRewrittenOne(kWaiting);
}

TEST_F(PendingSwapTest, WhenItIsNowhereTheOldSegmentsCount) {
  Settle();
  ExpectTheOldOnes();
}

TEST_F(PendingSwapTest, WithoutOneNothingChanges) {
  truth_.logs[kPartition].swap.reset();
  Settle();
  ExpectTheOldOnes();
  EXPECT_THAT(tree_.unfinished, IsEmpty());
}

}  // namespace
}  // namespace strata::storage::tool
