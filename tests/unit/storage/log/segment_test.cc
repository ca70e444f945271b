#include "storage/log/segment.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/disk/simulated_file_system.h"

namespace strata::storage {
namespace {

using strata::testing::Operation;
using strata::testing::SimulatedFileSystem;

constexpr std::int64_t kKiB = 1 << 10;
constexpr std::int64_t kMiB = 1 << 20;

class SegmentTest : public ::testing::Test {
 protected:
  std::int64_t FileSize() const { return static_cast<std::int64_t>(files_.Contents(path_).size()); }

  void Append(Segment& segment, std::int64_t bytes, std::int64_t limit = 1 << 30,
              Segment::Zeros zeros = Segment::Zeros::kNone) {
    ASSERT_TRUE(segment.Reserve(bytes, limit, reserve_).has_value());
    const std::string content(static_cast<std::size_t>(bytes), 'x');
    const std::array<std::string_view, 1> fragments{content};
    ASSERT_TRUE(segment.Append(fragments, bytes, zeros).has_value());
  }

  void AppendWithZeros(Segment& segment, std::int64_t bytes, std::int64_t limit = 1 << 30) {
    Append(segment, bytes, limit, Segment::Zeros::kAhead);
  }

  // What was written to files so far.
  int writes() const { return files_.count(Operation::kWrite); }

  void SetFreeBytes(std::int64_t bytes) { files_.SetCapacity(files_.used_bytes() + bytes); }

  const std::string directory_ = "/";
  const std::string path_ = "/segment";
  SimulatedFileSystem files_;
  const DiskReserve reserve_{files_, directory_, kMiB};
};

TEST_F(SegmentTest, SpaceIsReservedInStepsThatGrowToALimit) {
  Segment segment = Segment::Create(files_, path_).value();
  EXPECT_EQ(FileSize(), 0);
  Append(segment, 1);
  EXPECT_EQ(FileSize(), 64 * kKiB);
  Append(segment, 64 * kKiB);
  EXPECT_EQ(FileSize(), 192 * kKiB);
  for (int i = 0; i < 48; ++i) Append(segment, kMiB);
  const std::int64_t before = FileSize();
  while (FileSize() == before) Append(segment, kMiB);
  EXPECT_EQ(FileSize() - before, 16 * kMiB);
}

TEST_F(SegmentTest, SpaceIsNotReservedBeyondTheSegmentUnlessABatchNeedsIt) {
  Segment segment = Segment::Create(files_, path_).value();
  Append(segment, 1, /*limit=*/1000);
  EXPECT_EQ(FileSize(), 1000);
  Append(segment, 5000, /*limit=*/1000);
  EXPECT_EQ(FileSize(), 5001);
}

TEST_F(SegmentTest, SealingCutsTheReservedSpaceOff) {
  Segment segment = Segment::Create(files_, path_).value();
  Append(segment, 100);
  ASSERT_TRUE(segment.Seal().has_value());
  EXPECT_EQ(FileSize(), 100);
  EXPECT_EQ(segment.size_bytes(), 100);
}

TEST_F(SegmentTest, ASmallAppendWritesZerosForThoseBehindIt) {
  Segment segment = Segment::Create(files_, path_).value();
  AppendWithZeros(segment, 100);
  EXPECT_EQ(writes(), 1) << "it may stay the only one";
  AppendWithZeros(segment, 100);
  EXPECT_EQ(writes(), 3);
  for (int i = 0; i < 8; ++i) AppendWithZeros(segment, 100);
  EXPECT_EQ(writes(), 11) << "they had zeros to write over";
  EXPECT_EQ(segment.size_bytes(), 1000);
  EXPECT_EQ(FileSize(), 64 * kKiB) << "what was reserved";
  const std::string content = files_.Contents(path_);
  EXPECT_EQ(content.substr(0, 1000), std::string(1000, 'x'));
  EXPECT_EQ(content.substr(1000), std::string(64 * kKiB - 1000, '\0'));
}

TEST_F(SegmentTest, ZerosAreWrittenAgainWhereTheyEnd) {
  Segment segment = Segment::Create(files_, path_).value();
  AppendWithZeros(segment, 1);
  AppendWithZeros(segment, 30 * kKiB);
  EXPECT_EQ(writes(), 3);
  AppendWithZeros(segment, 30 * kKiB);
  EXPECT_EQ(writes(), 4);
  AppendWithZeros(segment, 30 * kKiB);
  EXPECT_EQ(writes(), 6);
  AppendWithZeros(segment, 30 * kKiB);
  EXPECT_EQ(writes(), 7);
}

TEST_F(SegmentTest, NoZerosBehindALargeAppendNorWithoutReservedSpace) {
  Segment segment = Segment::Create(files_, path_).value();
  AppendWithZeros(segment, 1, /*limit=*/50 * kKiB);
  AppendWithZeros(segment, 33 * kKiB, /*limit=*/50 * kKiB);
  EXPECT_EQ(writes(), 2);
  AppendWithZeros(segment, kKiB, /*limit=*/50 * kKiB);
  EXPECT_EQ(writes(), 4);
  EXPECT_EQ(FileSize(), 50 * kKiB);
  AppendWithZeros(segment, 15 * kKiB, /*limit=*/50 * kKiB);
  AppendWithZeros(segment, 2 * kKiB, /*limit=*/50 * kKiB);
  EXPECT_EQ(writes(), 6);
  EXPECT_EQ(FileSize(), 51 * kKiB + 1);
}

TEST_F(SegmentTest, ADiskThatFailsUnderTheZerosFailsTheAppend) {
  Segment segment = Segment::Create(files_, path_).value();
  AppendWithZeros(segment, 100);
  files_.Plan({Operation::kWrite, 2, ErrorCode::IO_ERROR});
  const std::string content(100, 'x');
  const std::array<std::string_view, 1> fragments{content};
  EXPECT_EQ(segment.Append(fragments, 100, Segment::Zeros::kAhead).error().code,
            ErrorCode::IO_ERROR);
}

TEST_F(SegmentTest, AReopenedSegmentGoesOnBehindItsBatches) {
  {
    Segment segment = Segment::Create(files_, path_).value();
    Append(segment, 100);
  }
  Segment segment = Segment::Reopen(files_, path_, 100).value();
  const auto allocations = files_.count(Operation::kAllocate);
  Append(segment, 100);
  EXPECT_EQ(files_.count(Operation::kAllocate), allocations) << "there was room";
  ASSERT_TRUE(segment.Seal().has_value());
  EXPECT_EQ(FileSize(), 200);
}

TEST_F(SegmentTest, AFileThatIsTooShortIsNotReopened) {
  {
    Segment segment = Segment::Create(files_, path_).value();
    Append(segment, 100, /*limit=*/100);
  }
  EXPECT_EQ(Segment::Reopen(files_, path_, 101).error().code, ErrorCode::IO_ERROR);
}

TEST_F(SegmentTest, IfTheStepDoesNotFitTheDiskOnlyWhatIsNeededIsReserved) {
  Segment segment = Segment::Create(files_, path_).value();
  files_.Plan({Operation::kAllocate, 1, ErrorCode::DISK_FULL});
  ASSERT_TRUE(segment.Reserve(100, kMiB, reserve_).has_value());
  EXPECT_EQ(FileSize(), 100);
  files_.Plan({Operation::kAllocate, 1, ErrorCode::DISK_FULL, /*for_good=*/true});
  EXPECT_EQ(segment.Reserve(200, kMiB, reserve_).error().code, ErrorCode::DISK_FULL);
}

TEST_F(SegmentTest, WhatWouldTouchTheReserveOfTheDiskIsNotReserved) {
  Segment segment = Segment::Create(files_, path_).value();
  SetFreeBytes(kMiB + 1000);
  ASSERT_TRUE(segment.Reserve(1000, 1 << 30, reserve_).has_value())
      << "no step fits, but this does";
  EXPECT_EQ(FileSize(), 1000);
  EXPECT_EQ(segment.Reserve(2001, 1 << 30, reserve_).error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(FileSize(), 1000);
  SetFreeBytes(kMiB + 100 * kKiB);
  ASSERT_TRUE(segment.Reserve(2001, 1 << 30, reserve_).has_value());
  EXPECT_EQ(FileSize(), 1000 + 64 * kKiB);
}

}  // namespace
}  // namespace strata::storage
