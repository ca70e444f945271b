// A flush that takes as long as one likes: what does not need it goes on, what needs it waits, and
// memory stays bounded.
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "storage/local_store.h"
#include "tests/fault/seed.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/gate.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"

namespace strata::testing {
namespace {

constexpr storage::PartitionId kSlow{1, 0};
constexpr storage::PartitionId kOther{2, 0};
constexpr std::size_t kMaxQueuedBytes = 1 << 20;

// A store with a flush of one log under way.
class SlowStore {
 public:
  SlowStore() {
    storage::LocalStoreOptions options;
    options.data_dir = "/data";
    options.max_queued_bytes = kMaxQueuedBytes;
    options.file_system = &disk_;
    store_ = storage::LocalStore::Open(options).value();
    for (const auto& partition : {kSlow, kOther}) {
      EXPECT_TRUE(store_->logs().Open(partition, {}).has_value());
      EXPECT_TRUE(Append(logs(), partition, MakeBatch({"before"})).has_value());
    }
    disk_.SetHook([this](Operation operation, const std::string& path) {
      if (operation == Operation::kSync && path.find("/topics/") != path.npos) flush_.Pass();
      return Ok();
    });
    SendAppend(logs(), kSlow, MakeBatch({"slow"}), Durability::kFsync, slow_.Expect());
    flush_.WaitForArrival();
  }

  ~SlowStore() {
    flush_.Open();
    disk_.SetHook(nullptr);
    EXPECT_TRUE(store_->Close().has_value());
  }

  storage::LocalStore& store() { return *store_; }
  storage::LogStore& logs() { return store_->logs(); }
  Acks& slow() { return slow_; }
  void EndFlush() { flush_.Open(); }

 private:
  SimulatedFileSystem disk_;
  Gate flush_;
  Acks slow_;
  std::unique_ptr<storage::LocalStore> store_;
};

class SlowFlushTest : public ::testing::Test {
 protected:
  void OnSlowStores(const std::function<void(SlowStore&)>& judge) {
    const int flushes = ScaledRuns(1);
    for (int flush = 0; flush < flushes && !HasFailure(); ++flush) {
      SlowStore store;
      judge(store);
    }
    RecordProperty("flushes", flushes);
  }
};

TEST_F(SlowFlushTest, ReadsMetadataAndCommitsGoOn) {
  OnSlowStores([](SlowStore& slow) {
    EXPECT_EQ(ReadAll(slow.logs(), kSlow, 0).size(), 1u);
    EXPECT_EQ(ReadAll(slow.logs(), kOther, 0).size(), 1u);
    storage::MetadataTransaction transaction;
    transaction.writes = {{"key", "value"}};
    EXPECT_TRUE(slow.store().metadata().Commit(transaction).has_value());
    EXPECT_TRUE(slow.store().cursors().CreateGroup("group").has_value());
    EXPECT_EQ(slow.slow().count(), 0u) << "the ack waits for the flush";
  });
}

TEST_F(SlowFlushTest, TheAckComesWhenTheFlushIsDoneAndTheRecordIsNotSeenBefore) {
  OnSlowStores([](SlowStore& slow) {
    EXPECT_EQ(slow.logs().Ends(kSlow)->visible, 1);
    EXPECT_EQ(slow.logs().Ends(kSlow)->log_end, 2);
    slow.EndFlush();
    EXPECT_TRUE(slow.slow().Wait(1).front().has_value());
    EXPECT_EQ(slow.logs().Ends(kSlow)->visible, 2);
  });
}

TEST_F(SlowFlushTest, WhatMayWaitIsBoundedAndTheRestIsRefused) {
  OnSlowStores([](SlowStore& slow) {
    constexpr std::size_t kBatches = 50;
    Acks queued;
    for (std::size_t i = 0; i < kBatches; ++i) {
      SendAppend(slow.logs(), kSlow, MakeBatchOfSize(kMaxQueuedBytes / 10), Durability::kFsync,
                 queued.Expect());
    }
    slow.EndFlush();
    std::size_t accepted = 0;
    for (const auto& result : queued.Wait(kBatches)) {
      if (result) {
        ++accepted;
      } else {
        EXPECT_EQ(result.error().code, ErrorCode::OVERLOADED);
      }
    }
    EXPECT_GT(accepted, 5u);
    EXPECT_LE(accepted, 10u);
    EXPECT_TRUE(Append(slow.logs(), kSlow, MakeBatch({"after"})).has_value());
  });
}

}  // namespace
}  // namespace strata::testing
