#include "storage/log/batch_scanner.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/header_layout.h"
#include "tests/support/log_batches.h"
#include "tests/support/memory_file.h"
#include "tests/support/placed_batch.h"

namespace strata::storage {
namespace {

using strata::testing::MakeBatch;
using strata::testing::MakeBatchOfSize;
using strata::testing::MemoryFile;
using strata::testing::Placed;

struct Walk {
  std::vector<Offset> offsets;
  ScanEnd end;
  std::int64_t position;
  Offset next_offset;
};

Walk WalkOver(const std::string& bytes, BatchScanner::Check check = BatchScanner::Check::kCrc,
              Offset expected = 0) {
  const MemoryFile file(bytes);
  BatchScanner scanner(file, 0, static_cast<std::int64_t>(bytes.size()), expected, check);
  Walk walk;
  BatchPlace batch;
  while (scanner.Next(&batch).value()) walk.offsets.push_back(batch.header.base_offset);
  walk.end = scanner.end();
  walk.position = scanner.position();
  walk.next_offset = scanner.next_offset();
  return walk;
}

// Two good batches with offsets 0, 1 and 2.
const std::string kGood = Placed(MakeBatch({"a", "b"}), 0) + Placed(MakeBatch({"c"}), 2);
const std::string kNext = Placed(MakeBatch({"d"}), 3);

// The walk must end right behind the two good batches.
void ExpectEndBehindGood(const Walk& walk, ScanEnd end) {
  EXPECT_EQ(walk.offsets, (std::vector<Offset>{0, 2}));
  EXPECT_EQ(walk.end, end) << Describe(walk.end);
  EXPECT_EQ(walk.position, static_cast<std::int64_t>(kGood.size()));
  EXPECT_EQ(walk.next_offset, 3);
}

TEST(BatchScanner, AnEmptyFileEndsCleanly) {
  const Walk walk = WalkOver("");
  EXPECT_EQ(walk.end, ScanEnd::kEndOfData);
  EXPECT_EQ(walk.next_offset, 0);
}

TEST(BatchScanner, ACompleteBatchIsACleanEnd) {
  ExpectEndBehindGood(WalkOver(kGood), ScanEnd::kEndOfData);
}

TEST(BatchScanner, ReservedSpaceIsACleanEnd) {
  for (const std::size_t zeros : {1u, 60u, 61u, 100u, 3u << 20}) {
    ExpectEndBehindGood(WalkOver(kGood + std::string(zeros, '\0')), ScanEnd::kZeroedTail);
  }
}

TEST(BatchScanner, AFileOfZerosIsACleanEnd) {
  EXPECT_EQ(WalkOver(std::string(100'000, '\0')).end, ScanEnd::kZeroedTail);
}

TEST(BatchScanner, AHeaderCutShortIsTorn) {
  for (const std::size_t bytes : {8u, 17u, 60u}) {
    ExpectEndBehindGood(WalkOver(kGood + kNext.substr(0, bytes)), ScanEnd::kIncompleteHeader);
  }
}

TEST(BatchScanner, APayloadCutShortIsTorn) {
  for (std::size_t bytes = kBatchHeaderBytes; bytes < kNext.size(); ++bytes) {
    ExpectEndBehindGood(WalkOver(kGood + kNext.substr(0, bytes)), ScanEnd::kIncompleteBatch);
  }
}

TEST(BatchScanner, APayloadThatNeverReachedItsReservedSpaceIsTorn) {
  const std::string half = kNext.substr(0, kBatchHeaderBytes) + std::string(5000, '\0');
  ExpectEndBehindGood(WalkOver(kGood + half), ScanEnd::kBadCrc);
}

TEST(BatchScanner, AHeaderThatNeverReachedItsReservedSpaceIsTorn) {
  std::string batch = kNext;
  batch.replace(0, kBatchHeaderBytes, std::string(kBatchHeaderBytes, '\0'));
  ExpectEndBehindGood(WalkOver(kGood + batch), ScanEnd::kBadHeader);
}

TEST(BatchScanner, AnythingFarBehindAZeroedRegionIsTorn) {
  ExpectEndBehindGood(WalkOver(kGood + std::string(2 << 20, '\0') + "x"), ScanEnd::kBadHeader);
}

TEST(BatchScanner, GarbageIsTorn) {
  ExpectEndBehindGood(WalkOver(kGood + std::string(200, '\xee')), ScanEnd::kBadHeader);
}

TEST(BatchScanner, ABatchOfAnotherVersionIsToldFromGarbage) {
  std::string batch = kNext;
  batch[kMagicField.offset] = 3;
  ExpectEndBehindGood(WalkOver(kGood + batch), ScanEnd::kUnknownVersion);
  batch[0] = '\x7f';
  ExpectEndBehindGood(WalkOver(kGood + batch), ScanEnd::kBadHeader);
}

TEST(BatchScanner, ABatchOfAnotherPlaceIsTorn) {
  ExpectEndBehindGood(WalkOver(kGood + Placed(MakeBatch({"e"}), 4)), ScanEnd::kWrongOffset);
  ExpectEndBehindGood(WalkOver(kGood + Placed(MakeBatch({"c"}), 2)), ScanEnd::kWrongOffset);
}

TEST(BatchScanner, EveryFlippedBitIsFound) {
  for (std::size_t bit = 0; bit < 8 * kNext.size(); ++bit) {
    std::string damaged = kNext;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const bool in_epoch = bit / 8 >= 12 && bit / 8 < 16;  // outside of the CRC, and of the checks
    const Walk walk = WalkOver(kGood + damaged);
    EXPECT_EQ(IsCleanEnd(walk.end), in_epoch) << "bit " << bit << ": " << Describe(walk.end);
  }
}

TEST(BatchScanner, AnImpossibleLengthIsTorn) {
  std::string batch = kNext;
  batch[8] = '\x7f';
  ExpectEndBehindGood(WalkOver(kGood + batch), ScanEnd::kIncompleteBatch);
}

TEST(BatchScanner, HeadersAloneDoNotTellOfADamagedPayload) {
  std::string batch = kNext;
  batch.back() = static_cast<char>(~batch.back());
  EXPECT_EQ(WalkOver(kGood + batch, BatchScanner::Check::kHeaders).end, ScanEnd::kEndOfData);
  ExpectEndBehindGood(WalkOver(kGood + batch, BatchScanner::Check::kCrc), ScanEnd::kBadCrc);
}

TEST(BatchScanner, BatchesLargerThanItsBufferAreWalkedToo) {
  std::string bytes;
  for (Offset offset = 0; offset < 5; ++offset) {
    bytes += Placed(MakeBatchOfSize(offset % 2 ? 3'000'000 : 100), offset);
  }
  for (const auto check : {BatchScanner::Check::kHeaders, BatchScanner::Check::kCrc}) {
    const Walk walk = WalkOver(bytes, check);
    EXPECT_EQ(walk.offsets.size(), 5u);
    EXPECT_EQ(walk.end, ScanEnd::kEndOfData);
  }
}

TEST(BatchScanner, NothingBeyondTheLimitIsLookedAt) {
  const MemoryFile file(kGood + kNext);
  BatchScanner scanner(file, 0, static_cast<std::int64_t>(kGood.size()), 0,
                       BatchScanner::Check::kCrc);
  BatchPlace batch;
  ASSERT_TRUE(scanner.Next(&batch).value());
  ASSERT_TRUE(scanner.Next(&batch).value());
  EXPECT_FALSE(scanner.Next(&batch).value());
  EXPECT_EQ(scanner.end(), ScanEnd::kEndOfData);
}

}  // namespace
}  // namespace strata::storage
