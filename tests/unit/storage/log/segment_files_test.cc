#include "storage/log/segment_files.h"

#include <string>

#include <gtest/gtest.h>

#include "storage/log/segment_name.h"
#include "tests/support/disk/simulated_file_system.h"

namespace strata::storage {
namespace {

using strata::testing::Operation;
using strata::testing::SimulatedFileSystem;

constexpr PartitionId kPartition{1, 0};

class SegmentFilesTest : public ::testing::Test {
 protected:
  SegmentFilesTest() {
    for (Offset base = 0; base < 5; ++base) {
      disk_.SetContents(SegmentPath("/data", kPartition, base), std::to_string(base));
    }
  }

  SimulatedFileSystem disk_;
  SegmentFiles files_{disk_, "/data", 2};
};

TEST_F(SegmentFilesTest, AFileIsOpenedOnce) {
  EXPECT_EQ(files_.Get(kPartition, 0).value(), files_.Get(kPartition, 0).value());
  EXPECT_EQ(disk_.count(Operation::kOpen), 1u);
}

TEST_F(SegmentFilesTest, TheOneUsedLongestAgoIsClosed) {
  ASSERT_TRUE(files_.Get(kPartition, 0).has_value());
  ASSERT_TRUE(files_.Get(kPartition, 1).has_value());
  ASSERT_TRUE(files_.Get(kPartition, 0).has_value());
  ASSERT_TRUE(files_.Get(kPartition, 2).has_value());
  EXPECT_EQ(files_.open_files(), 2u);
  const auto opened = disk_.count(Operation::kOpen);
  ASSERT_TRUE(files_.Get(kPartition, 0).has_value());
  EXPECT_EQ(disk_.count(Operation::kOpen), opened);
  ASSERT_TRUE(files_.Get(kPartition, 1).has_value());
  EXPECT_EQ(disk_.count(Operation::kOpen), opened + 1);
}

TEST_F(SegmentFilesTest, AFileThatIsForgottenWhileItIsOpenedIsNotKept) {
  disk_.SetHook([this](Operation, const std::string&) {
    files_.Forget(kPartition, 3);
    return Ok();
  });
  EXPECT_TRUE(files_.Get(kPartition, 3).has_value());
  EXPECT_EQ(files_.open_files(), 0u);
}

TEST_F(SegmentFilesTest, AForgottenFileStaysReadableForWhoeverHoldsIt) {
  const auto file = files_.Get(kPartition, 3).value();
  disk_.Erase(SegmentPath("/data", kPartition, 3));
  files_.Forget(kPartition, 3);
  char digit = 0;
  EXPECT_EQ(file->Read(0, &digit, 1).value(), 1u);
  EXPECT_EQ(digit, '3');
  EXPECT_EQ(files_.Get(kPartition, 3).error().code, ErrorCode::IO_ERROR);
}

}  // namespace
}  // namespace strata::storage
