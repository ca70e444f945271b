#include "storage/log/segment_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "storage/log/segment_name.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/temp_dir.h"

namespace strata::storage {
namespace {

using strata::testing::FaultyFileSystem;

constexpr PartitionId kPartition{1, 0};

class SegmentFilesTest : public ::testing::Test {
 protected:
  SegmentFilesTest() {
    std::filesystem::create_directories(PartitionDirectory(directory_.path(), kPartition));
    for (Offset base = 0; base < 5; ++base) {
      std::ofstream(SegmentPath(directory_.path(), kPartition, base)) << base;
    }
  }

  strata::testing::TempDir directory_;
  FaultyFileSystem file_system_;
  SegmentFiles files_{file_system_, directory_.path(), 2};
};

TEST_F(SegmentFilesTest, AFileIsOpenedOnce) {
  EXPECT_EQ(files_.Get(kPartition, 0).value(), files_.Get(kPartition, 0).value());
  EXPECT_EQ(file_system_.count(FaultyFileSystem::kOpen), 1u);
}

TEST_F(SegmentFilesTest, TheOneUsedLongestAgoIsClosed) {
  ASSERT_TRUE(files_.Get(kPartition, 0).has_value());
  ASSERT_TRUE(files_.Get(kPartition, 1).has_value());
  ASSERT_TRUE(files_.Get(kPartition, 0).has_value());
  ASSERT_TRUE(files_.Get(kPartition, 2).has_value());
  EXPECT_EQ(files_.open_files(), 2u);
  const auto opened = file_system_.count(FaultyFileSystem::kOpen);
  ASSERT_TRUE(files_.Get(kPartition, 0).has_value());
  EXPECT_EQ(file_system_.count(FaultyFileSystem::kOpen), opened);
  ASSERT_TRUE(files_.Get(kPartition, 1).has_value());
  EXPECT_EQ(file_system_.count(FaultyFileSystem::kOpen), opened + 1);
}

TEST_F(SegmentFilesTest, AForgottenFileStaysReadableForWhoeverHoldsIt) {
  const auto file = files_.Get(kPartition, 3).value();
  std::filesystem::remove(SegmentPath(directory_.path(), kPartition, 3));
  files_.Forget(kPartition, 3);
  char digit = 0;
  EXPECT_EQ(file->Read(0, &digit, 1).value(), 1u);
  EXPECT_EQ(digit, '3');
  EXPECT_EQ(files_.Get(kPartition, 3).error().code, ErrorCode::IO_ERROR);
}

}  // namespace
}  // namespace strata::storage
