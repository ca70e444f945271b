#include "storage/tool/walk/segment_walk.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/log_batches.h"
#include "tests/support/memory_file.h"
#include "tests/support/placed_batch.h"

namespace strata::storage::tool {
namespace {

using strata::testing::MakeBatch;
using strata::testing::MemoryFile;
using strata::testing::Placed;

struct Walked {
  std::vector<Offset> batches;
  std::vector<Gap> gaps;
  ScanEnd end;
  std::int64_t position;
  Offset next_offset;
};

Walked WalkOver(const std::string& bytes) {
  const MemoryFile file(bytes);
  SegmentWalk walk(file, static_cast<std::int64_t>(bytes.size()),
                   {0, std::numeric_limits<Offset>::max()});
  Walked walked;
  while (true) {
    const SegmentWalk::Step step = walk.Next().value();
    if (step == SegmentWalk::Step::kEnd) break;
    if (step == SegmentWalk::Step::kGap) walked.gaps.push_back(walk.gap());
    if (step == SegmentWalk::Step::kBatch) {
      walked.batches.push_back(walk.batch().header.base_offset);
      EXPECT_EQ(walk.bytes(), std::string_view(bytes).substr(walk.batch().position,
                                                             walk.batch().header.total_bytes()));
    }
  }
  walked.end = walk.end();
  walked.position = walk.position();
  walked.next_offset = walk.next_offset();
  return walked;
}

const std::string kFirst = Placed(MakeBatch({"a", "b"}), 0);
const std::string kSecond = Placed(MakeBatch({"c", "d"}), 2);
const std::string kThird = Placed(MakeBatch({"e"}), 4);

TEST(SegmentWalk, GoesOverWholeBatchesToTheEnd) {
  const Walked walked = WalkOver(kFirst + kSecond + kThird);
  EXPECT_EQ(walked.batches, (std::vector<Offset>{0, 2, 4}));
  EXPECT_TRUE(walked.gaps.empty());
  EXPECT_EQ(walked.end, ScanEnd::kEndOfData);
  EXPECT_EQ(walked.next_offset, 5);
}

// The value of a record may hold a batch, with an offset of its own.
TEST(SegmentWalk, DoesNotTakeABatchForOneOfTheLogThatItCannotReach) {
  constexpr Offset kFar = 1'000'000'000'000'000'000;
  std::string bytes = Placed(MakeBatch({Placed(MakeBatch({"foreign"}), kFar)}), 0);
  bytes[16] ^= 1;  // the magic byte: the header cannot be read
  const Walked walked = WalkOver(bytes);
  EXPECT_EQ(walked.batches, std::vector<Offset>{});
  EXPECT_TRUE(walked.gaps.empty());
  EXPECT_EQ(walked.position, 0);
  EXPECT_EQ(walked.next_offset, 0);
}

TEST(SegmentWalk, TellsWhatIsMissingAndGoesOnBehindIt) {
  std::string bytes = kFirst + kSecond + kThird;
  bytes[kFirst.size() + kSecond.size() - 1] ^= 1;
  const Walked walked = WalkOver(bytes);
  EXPECT_EQ(walked.batches, (std::vector<Offset>{0, 4}));
  ASSERT_EQ(walked.gaps.size(), 1U);
  EXPECT_EQ(walked.gaps[0].begin, static_cast<std::int64_t>(kFirst.size()));
  EXPECT_EQ(walked.gaps[0].end, static_cast<std::int64_t>(kFirst.size() + kSecond.size()));
  EXPECT_EQ(walked.gaps[0].offsets, (OffsetRange{2, 4}));
  EXPECT_EQ(walked.gaps[0].what, ScanEnd::kBadCrc);
  EXPECT_EQ(walked.end, ScanEnd::kEndOfData);
}

TEST(SegmentWalk, FindsABatchWhoseNeighbourIsGone) {
  const Walked walked = WalkOver(kFirst + kThird + Placed(MakeBatch({"f"}), 5));
  EXPECT_EQ(walked.batches, (std::vector<Offset>{0, 4, 5}));
  ASSERT_EQ(walked.gaps.size(), 1U);
  EXPECT_EQ(walked.gaps[0].begin, walked.gaps[0].end);
  EXPECT_EQ(walked.gaps[0].offsets, (OffsetRange{2, 4}));
  EXPECT_EQ(walked.gaps[0].what, ScanEnd::kWrongOffset);
}

TEST(SegmentWalk, EndsAtDamageWithNothingGoodBehindIt) {
  const Walked walked = WalkOver(kFirst + kSecond.substr(0, 70));
  EXPECT_EQ(walked.batches, (std::vector<Offset>{0}));
  EXPECT_TRUE(walked.gaps.empty());
  EXPECT_EQ(walked.end, ScanEnd::kIncompleteBatch);
  EXPECT_EQ(walked.position, static_cast<std::int64_t>(kFirst.size()));
  EXPECT_EQ(walked.next_offset, 2);
}

TEST(SegmentWalk, ReservedSpaceIsACleanEnd) {
  const Walked walked = WalkOver(kFirst + std::string(4096, '\0'));
  EXPECT_EQ(walked.end, ScanEnd::kZeroedTail);
  EXPECT_EQ(walked.position, static_cast<std::int64_t>(kFirst.size()));
}

TEST(SegmentWalk, ZerosWithABatchBehindThemAreAGap) {
  const Walked walked = WalkOver(kFirst + std::string(kSecond.size(), '\0') + kThird);
  EXPECT_EQ(walked.batches, (std::vector<Offset>{0, 4}));
  ASSERT_EQ(walked.gaps.size(), 1U);
  EXPECT_EQ(walked.gaps[0].offsets, (OffsetRange{2, 4}));
}

// A file of which one block cannot be read.
class FileWithABadBlock : public MemoryFile {
 public:
  FileWithABadBlock(std::string bytes, std::int64_t block)
      : MemoryFile(std::move(bytes)), begin_(block * 4096), end_(begin_ + 4096) {}

  Result<std::size_t> Read(std::int64_t position, char* out, std::size_t count) const override {
    const auto end = position + static_cast<std::int64_t>(count);
    if (end > begin_ && position < end_) return Fail(ErrorCode::IO_ERROR, "a bad block");
    return MemoryFile::Read(position, out, count);
  }

 private:
  const std::int64_t begin_;
  const std::int64_t end_;
};

std::vector<Offset> WalkPast(SegmentWalk& walk) {
  std::vector<Offset> offsets;
  while (true) {
    const SegmentWalk::Step step = walk.Next().value();
    if (step == SegmentWalk::Step::kEnd) return offsets;
    if (step == SegmentWalk::Step::kBatch) offsets.push_back(walk.batch().header.base_offset);
  }
}

TEST(SegmentWalk, GoesOnBehindABlockThatCannotBeRead) {
  std::string bytes;
  for (Offset offset = 0; offset < 10; ++offset) {
    bytes += Placed(MakeBatch({std::string(3000, 'x')}), offset);
  }
  const FileWithABadBlock file(bytes, 3);  // between 12,288 and 16,384
  SegmentWalk walk(file, static_cast<std::int64_t>(bytes.size()), {0, 10});
  EXPECT_EQ(WalkPast(walk), (std::vector<Offset>{0, 1, 2, 3, 6, 7, 8, 9}));
  ASSERT_EQ(walk.unreadable().size(), 1U);
  EXPECT_EQ(walk.unreadable()[0].position, 12'288);
  EXPECT_EQ(walk.unreadable()[0].bytes, 4096);
  EXPECT_EQ(walk.unreadable()[0].why, "a bad block");
}

TEST(SegmentWalk, ABlockThatCannotBeReadIsNoCleanEnd) {
  const std::string bytes = kFirst + std::string(4096 - kFirst.size(), '\0');
  const FileWithABadBlock file(bytes + std::string(4096, '\0'), 1);
  SegmentWalk walk(file, 8192, {0, 10});
  EXPECT_EQ(WalkPast(walk), (std::vector<Offset>{0}));
  EXPECT_FALSE(IsCleanEnd(walk.end()));
  EXPECT_EQ(walk.unreadable().size(), 1U);
}

}  // namespace
}  // namespace strata::storage::tool
