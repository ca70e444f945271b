// A truth whose disk has failed is opened anew, and then holds what it has acknowledged and nothing
// that it has refused.
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/rocks/disk_probe.h"
#include "storage/rocks/rocks_batch.h"
#include "storage/rocks/rocks_db.h"
#include "tests/support/disk/simulated_file_system.h"

namespace strata::storage {
namespace {

using strata::testing::Operation;
using strata::testing::SimulatedFileSystem;
using ::testing::HasSubstr;
using Kind = RocksDbOptions::Kind;

class RocksReopenTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open(bool create = true) {
    auto db = RocksDb::Open({"/data/db", Kind::kTruth, {"one", "two"}, create, &disk_});
    ASSERT_TRUE(db.has_value()) << db.error().message;
    db_ = std::move(*db);
  }

  Result<void> Put(const std::string& key, bool sync = true, const std::string& value = "value") {
    RocksBatch batch;
    batch.Put(family_ ? *family_ : db_->Family("one"), key, value);
    return db_->Write(batch, sync);
  }

  bool Has(const std::string& key) {
    const auto found = db_->Get(db_->Family("one"), key);
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found && found->has_value();
  }

  void Fail(Operation operation, ErrorCode code, const std::string& path_part = ".log") {
    disk_.Plan({operation, 1, code, false, path_part});
  }

  void ExpectReopens() {
    const auto reopened = db_->Reopen();
    ASSERT_TRUE(reopened.has_value()) << reopened.error().message;
    EXPECT_TRUE(db_->health().has_value());
  }

  void CutPower() {
    disk_.CutPowerAt(0);
    disk_.LetOldProcessEnd();
    db_.reset();
    disk_.RestartWithoutUnsynced();
    Open(/*create=*/false);
  }

  SimulatedFileSystem disk_;
  std::unique_ptr<RocksDb> db_;
  std::optional<RocksFamily> family_;
};

TEST_F(RocksReopenTest, WhatIsWellIsLeftAlone) {
  ASSERT_TRUE(Put("key").has_value());
  const auto changes = disk_.changes();
  ExpectReopens();
  EXPECT_EQ(disk_.changes(), changes);
}

TEST_F(RocksReopenTest, AFullDiskIsOverWhenThereIsRoomAgain) {
  ASSERT_TRUE(Put("before").has_value());
  disk_.SetCapacity(disk_.used_bytes() + 10);
  EXPECT_EQ(Put("refused").error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(Put("later").error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(db_->health().error().code, ErrorCode::DISK_FULL);
  disk_.Heal();
  ExpectReopens();
  EXPECT_TRUE(Put("after").has_value());
  CutPower();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_FALSE(Has("later"));
  EXPECT_TRUE(Has("after"));
}

TEST_F(RocksReopenTest, AWriteWhoseSyncFailedIsNotFoundAfterwards) {
  ASSERT_TRUE(Put("before").has_value());
  Fail(Operation::kSync, ErrorCode::IO_ERROR);
  EXPECT_EQ(Put("refused").error().code, ErrorCode::IO_ERROR);
  EXPECT_FALSE(Has("refused"));
  ExpectReopens();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Put("after").has_value());
  CutPower();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Has("after"));
}

// The mark is then beyond what remains of the log.
TEST_F(RocksReopenTest, AWriteThatWasSyncedButCouldNotBeMarkedIsNotFoundAfterwards) {
  ASSERT_TRUE(Put("before").has_value());
  Fail(Operation::kWrite, ErrorCode::IO_ERROR, "SYNCED");
  EXPECT_FALSE(Put("refused").has_value());
  ExpectReopens();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Put("after").has_value());
  CutPower();
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Has("after"));
}

TEST_F(RocksReopenTest, ALargeWriteOfWhichAPartWasWrittenIsNotFoundAfterwards) {
  ASSERT_TRUE(Put("before").has_value());
  Fail(Operation::kWrite, ErrorCode::DISK_FULL);
  EXPECT_FALSE(Put("refused", true, std::string(300'000, 'x')).has_value());
  ExpectReopens();
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Put("after", true, std::string(300'000, 'y')).has_value());
  CutPower();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_TRUE(Has("after"));
}

TEST_F(RocksReopenTest, WhatWasWrittenWithoutASyncIsOnDiskAfterwards) {
  ASSERT_TRUE(Put("unsynced", /*sync=*/false).has_value());
  Fail(Operation::kSync, ErrorCode::IO_ERROR);
  EXPECT_FALSE(Put("refused").has_value());
  ExpectReopens();
  EXPECT_TRUE(Has("unsynced"));
  CutPower();
  EXPECT_TRUE(Has("unsynced"));
}

TEST_F(RocksReopenTest, FamiliesAndBatchesOfBeforeStayGood) {
  family_ = db_->Family("two");
  RocksBatch batch;
  batch.Put(*family_, "made before", "value");
  Fail(Operation::kSync, ErrorCode::IO_ERROR);
  EXPECT_FALSE(Put("refused").has_value());
  ExpectReopens();
  ASSERT_TRUE(db_->Write(batch, true).has_value());
  ASSERT_TRUE(Put("made after").has_value());
  EXPECT_TRUE(db_->Get(*family_, "made before")->has_value());
  EXPECT_TRUE(db_->Get(*family_, "made after")->has_value());
  EXPECT_FALSE(db_->Get(*family_, "refused")->has_value());
  EXPECT_FALSE(Has("made before")) << "it is in the other family";
}

TEST_F(RocksReopenTest, WithoutRoomItIsReadOn) {
  ASSERT_TRUE(Put("before").has_value());
  disk_.SetCapacity(disk_.used_bytes() + 10);
  ASSERT_FALSE(Put("refused").has_value());
  disk_.SetCapacity(disk_.used_bytes() + 1'000);
  const auto reopened = db_->Reopen();
  ASSERT_FALSE(reopened.has_value());
  EXPECT_EQ(reopened.error().code, ErrorCode::DISK_FULL);
  EXPECT_THAT(reopened.error().message, HasSubstr("/data/db"));
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Put("later").has_value());
}

TEST_F(RocksReopenTest, WhileTheDiskTakesNoWritesItIsReadOn) {
  ASSERT_TRUE(Put("before").has_value());
  disk_.Plan({Operation::kSync, 1, ErrorCode::IO_ERROR, /*for_good=*/true});
  ASSERT_FALSE(Put("refused").has_value());
  EXPECT_FALSE(db_->Reopen().has_value());
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(disk_.HasFile(std::string("/data/db/") + kProbeFile));
}

TEST_F(RocksReopenTest, WhenItFailsHalfWayALaterOneSucceeds) {
  ASSERT_TRUE(Put("before").has_value());
  Fail(Operation::kSync, ErrorCode::IO_ERROR);
  ASSERT_FALSE(Put("refused").has_value());
  disk_.Plan({Operation::kCreate, 1, ErrorCode::IO_ERROR, /*for_good=*/true, ".sst"});
  EXPECT_FALSE(db_->Reopen().has_value());
  EXPECT_FALSE(db_->health().has_value());
  EXPECT_EQ(db_->Get(db_->Family("one"), "before").error().code, ErrorCode::IO_ERROR);
  EXPECT_FALSE(Put("later").has_value());
  disk_.Heal();
  ExpectReopens();
  EXPECT_TRUE(Has("before"));
  EXPECT_FALSE(Has("refused"));
  EXPECT_FALSE(Has("later"));
  EXPECT_TRUE(Put("after").has_value());
}

TEST_F(RocksReopenTest, WhatItCutsOffIsSetAside) {
  ASSERT_TRUE(Put("before").has_value());
  Fail(Operation::kSync, ErrorCode::IO_ERROR);
  ASSERT_FALSE(Put("refused", true, "what was refused").has_value());
  ExpectReopens();
  int aside = 0;
  for (const auto& [path, content] : disk_.Save().files) {
    if (path.find(".cut-at-") == path.npos) continue;
    ++aside;
    EXPECT_THAT(content, HasSubstr("what was refused"));
  }
  EXPECT_EQ(aside, 1);
}

TEST_F(RocksReopenTest, WhoeverUsesItMeanwhileIsAnsweredRight) {
  constexpr int kThreads = 3;
  constexpr int kReopenings = 20;
  std::atomic<bool> end = false;
  std::vector<std::vector<std::string>> stored(kThreads);
  std::vector<std::vector<std::string>> refused(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !end; ++i) {
        const std::string key = std::to_string(t) + "-" + std::to_string(i);
        const bool done = Put(key, /*sync=*/i % 2 == 0).has_value();
        (done ? stored : refused)[static_cast<std::size_t>(t)].push_back(key);
        EXPECT_EQ(Has(key), done) << key;
      }
    });
  }
  for (int i = 0; i < kReopenings; ++i) {
    Fail(i % 2 == 0 ? Operation::kSync : Operation::kWrite, ErrorCode::IO_ERROR);
    while (db_->health()) std::this_thread::yield();
    ExpectReopens();
  }
  end = true;
  for (std::thread& thread : threads) thread.join();
  for (const auto& keys : stored) {
    for (const std::string& key : keys) EXPECT_TRUE(Has(key)) << key;
  }
  for (const auto& keys : refused) {
    for (const std::string& key : keys) EXPECT_FALSE(Has(key)) << key;
  }
}

}  // namespace
}  // namespace strata::storage
