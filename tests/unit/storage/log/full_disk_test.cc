// What goes on, and what does not, when a disk has nothing left but its reserve.
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Append;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::MakeBatchOfSize;
using strata::testing::Operation;
using strata::testing::ReadAll;
using strata::testing::SimulatedFileSystem;

constexpr PartitionId kPartition{1, 0};
constexpr std::int64_t kReserve = 1 << 20;
constexpr std::size_t kBatchBytes = 100'000;  // does not fit into the first step of a segment

class FullDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    LogOptions log_options;
    log_options.segment_bytes = 3 * kBatchBytes;
    LocalLogStoreOptions options;
    options.disk_reserve_bytes = kReserve;
    store_ = place_.Open(options);
    ASSERT_TRUE(store_->Open(kPartition, log_options).has_value());
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(AppendOne().has_value());
    SetFreeBytes(kReserve);
    // What had been reserved before may still be used.
    while (AppendOne()) ++appended_;
  }

  Result<AppendResult> AppendOne() {
    return Append(*store_, kPartition, MakeBatchOfSize(kBatchBytes));
  }

  void SetFreeBytes(std::int64_t bytes) { files_.SetCapacity(files_.used_bytes() + bytes); }

  SimulatedFileSystem files_;
  LogPlace place_{files_};
  std::unique_ptr<LogStore> store_;
  Offset appended_ = 5;
};

TEST_F(FullDiskTest, AppendsAreRefusedAndLeaveNoTrace) {
  const LogStatus before = store_->Status(kPartition).value();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(AppendOne().error().code, ErrorCode::DISK_FULL);
  const LogStatus after = store_->Status(kPartition).value();
  EXPECT_TRUE(after.health.has_value());
  EXPECT_EQ(after.ends.log_end, before.ends.log_end);
  EXPECT_EQ(after.segment_count, before.segment_count);
}

TEST_F(FullDiskTest, ReadsTrimsAndNewLogsGoOn) {
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(appended_));
  EXPECT_EQ(store_->Trim(kPartition, 3).value(), 3);
  EXPECT_EQ(ReadAll(*store_, kPartition, 3).size(), static_cast<std::size_t>(appended_ - 3));
  EXPECT_TRUE(store_->Open({2, 0}, {}).has_value());
  EXPECT_TRUE(store_->Remove({{2, 0}}).has_value());
}

TEST_F(FullDiskTest, AppendsGoOnByThemselvesWhenThereIsRoomAgain) {
  SetFreeBytes(100 * kReserve);
  EXPECT_EQ(AppendOne().value().base_offset, appended_);
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(appended_ + 1));
}

TEST_F(FullDiskTest, ALogThatHasToPassOverWhatWasLostDoesNotWaitForRoom) {
  SetFreeBytes(100 * kReserve);
  LogOptions log_options;
  log_options.segment_bytes = 1;
  log_options.durability = Durability::kOs;
  log_options.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options).has_value());
  const auto lost = Append(*store_, kPartition, MakeBatch({"seen"}), Durability::kOs);
  files_.Plan({Operation::kSync, 1, ErrorCode::IO_ERROR, /*for_good=*/false, "/topics/"});
  ASSERT_FALSE(AppendOne().has_value());
  files_.EvictCleanPages();
  files_.FlipBit(place_.SegmentPath(kPartition, lost.value().base_offset), 100);
  SetFreeBytes(10'000);
  const Offset seen = store_->Ends(kPartition)->visible;
  ASSERT_TRUE(store_->Open(kPartition, log_options).has_value());
  const LogStatus status = store_->Status(kPartition).value();
  EXPECT_TRUE(status.health.has_value());
  EXPECT_EQ(status.ends.visible, seen);
  EXPECT_EQ(AppendOne().error().code, ErrorCode::DISK_FULL);
  SetFreeBytes(100 * kReserve);
  EXPECT_EQ(AppendOne().value().base_offset, seen);
}

TEST_F(FullDiskTest, TheStopIsCleanAndTheNextStartFindsEverything) {
  ASSERT_TRUE(store_->Close().has_value());
  store_.reset();
  LocalLogStoreOptions options;
  options.disk_reserve_bytes = kReserve;
  store_ = place_.Open(options);
  ASSERT_TRUE(store_->Open(kPartition, {}).has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(appended_));
}

}  // namespace
}  // namespace strata::storage
