// A flush that takes as long as one likes: what does not need it goes on, what needs it waits, and
// memory stays bounded.
#include <string>

#include <gtest/gtest.h>

#include "tests/fault/store/lives.h"
#include "tests/support/gate.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"

namespace strata::testing {
namespace {

constexpr storage::PartitionId kSlow{1, 0};
constexpr storage::PartitionId kOther{2, 0};
constexpr std::size_t kMaxQueuedBytes = 1 << 20;

class SlowFlushTest : public ::testing::Test {
 protected:
  void SetUp() override {
    storage::LocalStoreOptions options;
    options.data_dir = "/data";
    options.max_queued_bytes = kMaxQueuedBytes;
    options.file_system = &disk_;
    store_ = storage::LocalStore::Open(options).value();
    for (const auto& partition : {kSlow, kOther}) {
      ASSERT_TRUE(store_->logs().Open(partition, {}).has_value());
      ASSERT_TRUE(Append(store_->logs(), partition, MakeBatch({"before"})).has_value());
    }
    disk_.SetHook([this](Operation operation, const std::string& path) {
      if (operation == Operation::kSync && path.find("/topics/") != path.npos) flush_.Pass();
      return Ok();
    });
    SendAppend(store_->logs(), kSlow, MakeBatch({"slow"}), Durability::kFsync, slow_.Expect());
    flush_.WaitForArrival();
  }

  void TearDown() override {
    flush_.Open();
    disk_.SetHook(nullptr);
    ASSERT_TRUE(store_->Close().has_value());
  }

  SimulatedFileSystem disk_;
  Gate flush_;
  Acks slow_;
  Acks queued_;
  std::unique_ptr<storage::LocalStore> store_;
};

TEST_F(SlowFlushTest, ReadsMetadataAndCommitsGoOn) {
  EXPECT_EQ(ReadAll(store_->logs(), kSlow, 0).size(), 1u);
  EXPECT_EQ(ReadAll(store_->logs(), kOther, 0).size(), 1u);
  storage::MetadataTransaction transaction;
  transaction.writes = {{"key", "value"}};
  EXPECT_TRUE(store_->metadata().Commit(transaction).has_value());
  EXPECT_TRUE(store_->cursors().CreateGroup("group").has_value());
  EXPECT_EQ(slow_.count(), 0u) << "the ack waits for the flush";
}

TEST_F(SlowFlushTest, TheAckComesWhenTheFlushIsDoneAndTheRecordIsNotSeenBefore) {
  EXPECT_EQ(store_->logs().Ends(kSlow)->visible, 1);
  EXPECT_EQ(store_->logs().Ends(kSlow)->log_end, 2);
  flush_.Open();
  EXPECT_TRUE(slow_.Wait(1).front().has_value());
  EXPECT_EQ(store_->logs().Ends(kSlow)->visible, 2);
}

TEST_F(SlowFlushTest, WhatMayWaitIsBoundedAndTheRestIsRefused) {
  constexpr std::size_t kBatches = 50;
  for (std::size_t i = 0; i < kBatches; ++i) {
    SendAppend(store_->logs(), kSlow, MakeBatchOfSize(kMaxQueuedBytes / 10), Durability::kFsync,
               queued_.Expect());
  }
  flush_.Open();
  std::size_t accepted = 0;
  for (const auto& result : queued_.Wait(kBatches)) {
    if (result) {
      ++accepted;
    } else {
      EXPECT_EQ(result.error().code, ErrorCode::OVERLOADED);
    }
  }
  EXPECT_GT(accepted, 5u);
  EXPECT_LE(accepted, 10u);
  EXPECT_TRUE(Append(store_->logs(), kSlow, MakeBatch({"after"})).has_value());
}

}  // namespace
}  // namespace strata::testing
