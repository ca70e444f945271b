// The truth loses its disk and gets it back, again and again, while the store stays open: commits,
// metadata, and what ends a life in between.
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "proto/base/awaited.h"
#include "storage/local_store.h"
#include "tests/fault/seed.h"
#include "tests/fault/store/many_disks.h"
#include "tests/support/disk/simulated_file_system.h"

namespace strata::testing {
namespace {

using storage::CursorStore;
using storage::LocalStore;
using storage::MetadataTransaction;

constexpr int kFaultsEach = 6;
constexpr int kWritesEach = 30;
constexpr int kGroups = 3;
constexpr int kKeys = 5;
constexpr std::uint64_t kMostOperations = 40;

// A store, and what its callers were told.
class Truth {
 public:
  explicit Truth(std::uint64_t seed) : dice_(seed) { Open(); }

  void Open() {
    storage::LocalStoreOptions options;
    options.data_dir = "/data";
    options.file_system = &disk_;
    auto opened = LocalStore::Open(options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  // One change; whether it was acknowledged.
  bool Change() {
    if (Roll(dice_, 8) == 0) return DeleteGroup();
    return Roll(dice_, 3) == 0 ? PutMetadata() : Commit();
  }

  void Break() {
    constexpr std::array kOperations = {Operation::kWrite, Operation::kSync, Operation::kCreate,
                                        Operation::kSyncDirectory, Operation::kRemoveFile};
    const Operation operation = kOperations[Roll(dice_, kOperations.size())];
    const ErrorCode code = Roll(dice_, 2) == 0 ? ErrorCode::DISK_FULL : ErrorCode::IO_ERROR;
    disk_.Plan({operation, 1 + Roll(dice_, kMostOperations), code, Roll(dice_, 2) == 0, "/meta/"});
    if (Roll(dice_, 3) == 0) {
      disk_.SetCapacity(disk_.used_bytes() + static_cast<std::int64_t>(Roll(dice_, 3'000)));
    }
  }

  // May fail, as long as the disk is bad.
  bool Mend() { return store_->MendTruth().has_value(); }

  void HealAndMend() {
    disk_.Heal();
    const auto mended = store_->MendTruth();
    ASSERT_TRUE(mended) << mended.error().message;
    EXPECT_TRUE(store_->truth_health());
  }

  // A store that still refuses what was written behind a refusal may refuse this with it: who has
  // been told can be here before it has told everybody.
  bool CommitAtLast() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!CommitTo("g0", {1, 0})) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  void ExpectWhatWasAcknowledged() {
    for (const auto& [key, value] : metadata_) {
      const auto found = store_->metadata().Get(key);
      ASSERT_TRUE(found) << found.error().message;
      ASSERT_TRUE(found->has_value()) << key << " is lost";
      EXPECT_EQ((*found)->value, value) << key;
    }
    for (int i = 0; i < kGroups; ++i) {
      const std::string group = "g" + std::to_string(i);
      const auto loaded = store_->cursors().Load(group);
      ASSERT_TRUE(loaded) << loaded.error().message;
      ASSERT_EQ(loaded->has_value(), cursors_.contains(group)) << group;
      if (!loaded->has_value()) continue;
      ASSERT_EQ((*loaded)->size(), cursors_[group].size()) << group;
      for (const storage::CursorEntry& entry : **loaded) {
        EXPECT_EQ(entry.cursor.committed, cursors_[group][entry.partition]) << group;
      }
    }
  }

  void LosePower() {
    disk_.CutPowerAt(0);
    disk_.LetOldProcessEnd();
    store_.reset();
    disk_.Restart(dice_());
    Open();
  }

  Dice& dice() { return dice_; }

 private:
  bool Commit() {
    const std::string group = "g" + std::to_string(Roll(dice_, kGroups));
    return CommitTo(group, {1, static_cast<std::int32_t>(Roll(dice_, 4))});
  }

  bool CommitTo(const std::string& group, storage::PartitionId partition) {
    const Offset offset = ++last_;
    const Awaited<void> done;
    store_->cursors().Write({{group, partition, storage::Cursor{offset, offset, "m", "", 1}}},
                            /*durable=*/true, done.Callback());
    if (!done.Wait()) return false;
    cursors_[group][partition] = offset;
    return true;
  }

  bool DeleteGroup() {
    const std::string group = "g" + std::to_string(Roll(dice_, kGroups));
    if (!store_->cursors().DeleteGroup(group)) return false;
    cursors_.erase(group);
    return true;
  }

  bool PutMetadata() {
    const std::string key = "key" + std::to_string(Roll(dice_, kKeys));
    MetadataTransaction transaction;
    // Of all sizes, so that records of the log span its blocks.
    std::string value = std::to_string(++last_) + std::string(Roll(dice_, 50'000), 'x');
    transaction.writes = {{key, value}};
    const auto revision = store_->metadata().Commit(transaction);
    if (!revision) return false;
    EXPECT_GT(*revision, revision_) << "it has gone back";
    revision_ = *revision;
    metadata_[key] = std::move(value);
    return true;
  }

  Dice dice_;
  SimulatedFileSystem disk_;
  std::unique_ptr<LocalStore> store_;
  Offset last_ = 0;
  std::int64_t revision_ = 0;
  std::map<std::string, std::string> metadata_;
  std::map<std::string, std::map<storage::PartitionId, Offset>> cursors_;
};

TEST(TruthMendingTest, HoldsWhatItAcknowledgedAndNothingThatItRefused) {
  const std::uint64_t seed = FaultSeed();
  const int runs = ScaledRuns(60);
  std::atomic<int> refused = 0;
  OnManyDisks(runs, [&](int run) {
    SCOPED_TRACE("run " + std::to_string(run));
    Truth truth(seed + static_cast<unsigned>(run));
    for (int fault = 0; fault < kFaultsEach && !::testing::Test::HasFailure(); ++fault) {
      truth.Break();
      for (int write = 0; write < kWritesEach; ++write) {
        if (!truth.Change()) ++refused;
        if (Roll(truth.dice(), 4) == 0) truth.Mend();
      }
      truth.HealAndMend();
      truth.ExpectWhatWasAcknowledged();
      EXPECT_TRUE(truth.CommitAtLast());
      EXPECT_TRUE(truth.Change());
      if (Roll(truth.dice(), 2) == 0) truth.LosePower();
      truth.ExpectWhatWasAcknowledged();
    }
  });
  EXPECT_GT(refused, runs) << "hardly anything has gone wrong";
  RecordProperty("runs", runs);
}

}  // namespace
}  // namespace strata::testing
