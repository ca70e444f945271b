// RocksDB on the file layer: what it promises rests on what it asks of our files.
#include "storage/rocks/rocks_file_system.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/rocks/rocks_batch.h"
#include "storage/rocks/rocks_db.h"
#include "tests/support/disk/simulated_file_system.h"

namespace strata::storage {
namespace {

using strata::testing::Operation;
using strata::testing::SimulatedFileSystem;
using ::testing::HasSubstr;
using Kind = RocksDbOptions::Kind;

class RocksFileSystemTest : public ::testing::Test {
 protected:
  void Open(Kind kind = Kind::kTruth) {
    auto db = TryOpen(kind);
    ASSERT_TRUE(db.has_value()) << db.error().message;
    db_ = std::move(*db);
  }

  Result<std::unique_ptr<RocksDb>> TryOpen(Kind kind = Kind::kTruth) {
    return RocksDb::Open({"/data/db", kind, {"one"}, /*create=*/true, &disk_});
  }

  Result<void> Put(const std::string& key, bool sync = true) {
    RocksBatch batch;
    batch.Put(db_->Family("one"), key, "value");
    return db_->Write(batch, sync);
  }

  bool Has(const std::string& key) { return db_->Get(db_->Family("one"), key).value().has_value(); }

  void CutPower() {
    disk_.CutPowerAt(0);
    disk_.LetOldProcessEnd();
    db_.reset();
    disk_.RestartWithoutUnsynced();
  }

  SimulatedFileSystem disk_;
  std::unique_ptr<RocksDb> db_;
};

TEST_F(RocksFileSystemTest, ASyncedWriteIsThereAfterAPowerCut) {
  Open();
  ASSERT_TRUE(Put("synced").has_value());
  CutPower();
  Open();
  EXPECT_TRUE(Has("synced"));
}

TEST_F(RocksFileSystemTest, AWriteWithoutASyncIsLostInAPowerCut) {
  Open();
  ASSERT_TRUE(Put("synced").has_value());
  ASSERT_TRUE(Put("unsynced", /*sync=*/false).has_value());
  CutPower();
  Open();
  EXPECT_TRUE(Has("synced"));
  EXPECT_FALSE(Has("unsynced"));
}

TEST_F(RocksFileSystemTest, ASyncAloneCoversEarlierWrites) {
  Open();
  ASSERT_TRUE(Put("unsynced", /*sync=*/false).has_value());
  ASSERT_TRUE(db_->Sync().has_value());
  CutPower();
  Open();
  EXPECT_TRUE(Has("unsynced"));
}

TEST_F(RocksFileSystemTest, WhatAnIndexWasAskedToSyncIsThereAfterAPowerCut) {
  Open(Kind::kIndex);
  ASSERT_TRUE(Put("synced").has_value());
  ASSERT_TRUE(db_->Sync().has_value());
  ASSERT_TRUE(Put("later").has_value());
  CutPower();
  Open(Kind::kIndex);
  EXPECT_TRUE(Has("synced"));
  EXPECT_FALSE(Has("later"));
}

TEST_F(RocksFileSystemTest, AFailedSyncOfTheLogFailsTheWrite) {
  Open();
  disk_.Plan({Operation::kSync, 1, ErrorCode::IO_ERROR, false, ".log"});
  const auto failed = Put("key");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::IO_ERROR);
  EXPECT_THAT(failed.error().message, HasSubstr("/data/db"));
}

TEST_F(RocksFileSystemTest, AFullDiskIsToldFromABrokenOne) {
  Open();
  disk_.Plan({Operation::kWrite, 1, ErrorCode::DISK_FULL, false, ".log"});
  EXPECT_EQ(Put("key").error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(Put("later").error().code, ErrorCode::DISK_FULL);
  disk_.Heal();
  db_.reset();
  Open();
  EXPECT_TRUE(Put("key").has_value());
}

TEST_F(RocksFileSystemTest, TwoMayNotOpenTheSameDatabase) {
  Open();
  const auto second = TryOpen();
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

}  // namespace
}  // namespace strata::storage
