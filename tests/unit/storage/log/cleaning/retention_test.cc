// Retention as a whole: a real store whose clocks the test sets.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/log/local_log_store_impl.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/fake_time.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using strata::testing::Append;
using strata::testing::FakeTime;
using strata::testing::LogPlace;
using strata::testing::MakeBatchOfSize;
using strata::testing::ReadAll;
using strata::testing::SimulatedFileSystem;

constexpr PartitionId kPartition{1, 0};

class RetentionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log_options_.segment_bytes = 3'000;  // three batches
    Start();
  }

  void Start() {
    LocalLogStoreOptions options;
    options.time_source = &time_;
    options.cleanup_interval = milliseconds(0);
    options.tail_cache_bytes = 0;
    store_ = place_.Open(options);
    ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  }

  void Restart(bool clean) {
    if (clean) {
      ASSERT_TRUE(store_->Close().has_value());
    }
    store_.reset();
    Start();
  }

  void KeepFor(milliseconds age) {
    log_options_.cleanup.retention_age = age;
    ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  }
  void KeepBytes(std::int64_t bytes) {
    log_options_.cleanup.retention_bytes = bytes;
    ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  }

  // Batches of one record of about 1,000 bytes, with the time of the clock as timestamp.
  void AppendBatches(int count, milliseconds ahead = milliseconds(0)) {
    for (int i = 0; i < count; ++i) {
      const auto batch = MakeBatchOfSize(900, time_.Wall() + ahead.count());
      ASSERT_TRUE(Append(*store_, kPartition, batch).has_value());
    }
  }

  void Clean() { static_cast<LocalLogStore&>(*store_).CleanAll(); }
  // Until what a writer was asked for by the last one is done.
  void CleanUntilLogStartIs(Offset offset) {
    while (LogStart() < offset) Clean();
    EXPECT_EQ(LogStart(), offset);
  }
  // Until an idle segment that is old enough is sealed.
  void SealLast() {
    time_.Pass(hours(10));
    while (SegmentCount() < 2) Clean();
  }
  Offset LogStart() { return store_->Ends(kPartition)->log_start; }
  std::int32_t SegmentCount() { return store_->Status(kPartition)->segment_count; }
  bool SegmentFileExists(Offset base_offset) {
    return files_.Exists(place_.SegmentPath(kPartition, base_offset)).value();
  }

  LogOptions log_options_;
  FakeTime time_;
  SimulatedFileSystem files_;
  LogPlace place_{files_};
  std::unique_ptr<LogStore> store_;
};

TEST_F(RetentionTest, NothingIsDeletedByDefault) {
  AppendBatches(30);
  time_.Pass(hours(24 * 365 * 100));
  Clean();
  EXPECT_EQ(LogStart(), 0);
  EXPECT_EQ(SegmentCount(), 10);
}

TEST_F(RetentionTest, WhatIsOlderThanTheAgeIsDeleted) {
  KeepFor(hours(10));
  AppendBatches(6);
  time_.Pass(hours(6));
  AppendBatches(6);
  Clean();
  EXPECT_EQ(LogStart(), 0);
  time_.Pass(hours(4));
  Clean();
  EXPECT_EQ(LogStart(), 6);
  EXPECT_FALSE(SegmentFileExists(0));
  EXPECT_TRUE(SegmentFileExists(6));
  EXPECT_EQ(ReadAll(*store_, kPartition, 6).size(), 6u);
  EXPECT_EQ(store_->Read(kPartition, 5, {}).error().code, ErrorCode::OFFSET_OUT_OF_RANGE);
}

TEST_F(RetentionTest, TheSizeOfAPartitionIsBounded) {
  KeepBytes(5'000);
  AppendBatches(30);
  Clean();
  EXPECT_EQ(LogStart(), 24);
  const std::int64_t bytes = store_->Status(kPartition)->size_bytes;
  EXPECT_GE(bytes, 5'000);
  EXPECT_LT(bytes, 5'000 + log_options_.segment_bytes);
}

TEST_F(RetentionTest, AnIdleLogExpiresToo) {
  KeepFor(hours(1));
  AppendBatches(2);
  time_.Pass(hours(2));
  CleanUntilLogStartIs(2);
  EXPECT_EQ(SegmentCount(), 1);
  EXPECT_EQ(store_->Status(kPartition)->size_bytes, 0);
  EXPECT_FALSE(SegmentFileExists(0));
  AppendBatches(1);
  EXPECT_EQ(ReadAll(*store_, kPartition, 2).size(), 1u);
}

TEST_F(RetentionTest, ALogThatHasWhollyExpiredIsTheSameAfterARestart) {
  KeepFor(hours(1));
  AppendBatches(5);
  time_.Pass(hours(2));
  CleanUntilLogStartIs(5);
  for (const bool clean : {true, false}) {
    Restart(clean);
    EXPECT_EQ(store_->Ends(kPartition)->log_start, 5);
    EXPECT_EQ(store_->Ends(kPartition)->log_end, 5);
    EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  }
  EXPECT_EQ(Append(*store_, kPartition, MakeBatchOfSize(10))->base_offset, 5);
}

TEST_F(RetentionTest, AnIdleLogThatMayShowWhatIsNotOnDiskExpiresToo) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = milliseconds(1);
  KeepFor(hours(1));
  AppendBatches(2);
  time_.Pass(hours(2));
  CleanUntilLogStartIs(2);
}

TEST_F(RetentionTest, AFarTimestampKeepsASegmentOnlyForItsTimeSinceTheSealing) {
  KeepFor(hours(10));
  AppendBatches(3, hours(24 * 365));
  AppendBatches(1);
  time_.Pass(hours(9));
  Clean();
  EXPECT_EQ(LogStart(), 0);
  time_.Pass(hours(1));
  Clean();
  EXPECT_EQ(LogStart(), 3);
}

TEST_F(RetentionTest, AFarTimestampDoesNotKeepAnIdleLogForEver) {
  KeepFor(hours(10));
  AppendBatches(1, hours(24 * 365));
  SealLast();
  EXPECT_EQ(LogStart(), 0);
  time_.Pass(hours(10));
  CleanUntilLogStartIs(1);
}

TEST_F(RetentionTest, TheAgeOfASegmentSurvivesARestart) {
  for (const bool clean : {true, false}) {
    KeepFor(hours(10));
    const Offset start = store_->Ends(kPartition)->log_end;
    AppendBatches(4, hours(24 * 365));
    time_.Pass(hours(9));
    Restart(clean);
    Clean();
    EXPECT_EQ(LogStart(), start);
    time_.Pass(hours(1));
    Clean();
    EXPECT_EQ(LogStart(), start + 3);
    SealLast();
    time_.Pass(hours(10));
    CleanUntilLogStartIs(start + 4);
  }
}

TEST_F(RetentionTest, AClockSetAheadDeletesNothingAtOnce) {
  KeepFor(hours(24 * 7));
  AppendBatches(12);
  time_.Jump(hours(24 * 365 * 10));
  Clean();
  EXPECT_EQ(LogStart(), 0);
  Restart(/*clean=*/true);
  Clean();
  EXPECT_EQ(LogStart(), 0);
  time_.Pass(hours(2));
  Clean();
  EXPECT_EQ(LogStart(), 0) << "an operator has time to notice";
  time_.Jump(-hours(24 * 365 * 10));
  time_.Pass(hours(24));
  Clean();
  EXPECT_EQ(LogStart(), 0);
}

TEST_F(RetentionTest, AClockSetBackMakesNothingOldWhenItIsRightAgain) {
  KeepFor(hours(24));
  Clean();
  time_.Jump(-hours(24 * 365 * 3));
  AppendBatches(12, hours(24 * 365 * 3));
  time_.Jump(hours(24 * 365 * 3));
  Clean();
  EXPECT_EQ(LogStart(), 0);
  time_.Pass(hours(25));
  CleanUntilLogStartIs(12);
}

TEST_F(RetentionTest, AReaderGoesOnWithASegmentThatIsDeletedUnderIt) {
  AppendBatches(30);
  KeepBytes(5'000);
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      for (Offset next = 0; next < 30;) {
        const auto read = store_->Read(kPartition, next, {2'000});
        if (read) {
          EXPECT_GT(read->next_offset, next);
          next = read->next_offset;
        } else {
          ASSERT_EQ(read.error().code, ErrorCode::OFFSET_OUT_OF_RANGE) << read.error().message;
          next = std::max(next, LogStart());
        }
      }
    }
  });
  Clean();
  done = true;
  reader.join();
  EXPECT_EQ(LogStart(), 24);
}

TEST_F(RetentionTest, WhatAPowerCutBringsBackIsDeletedAgain) {
  AppendBatches(12);
  KeepBytes(1);
  const std::string old_file = place_.SegmentPath(kPartition, 0);
  const std::string kept_aside = old_file + ".kept-by-the-test";
  ASSERT_TRUE(files_.Rename(old_file, kept_aside).has_value());
  Clean();
  ASSERT_EQ(LogStart(), 9);
  store_.reset();
  ASSERT_TRUE(files_.Rename(kept_aside, old_file).has_value());
  Start();
  EXPECT_EQ(LogStart(), 9);
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_FALSE(SegmentFileExists(0));
  EXPECT_EQ(ReadAll(*store_, kPartition, 9).size(), 3u);
}

TEST_F(RetentionTest, NoFileGoesBeforeTheNextOneIsSureToStay) {
  AppendBatches(12);
  KeepBytes(1);
  files_.Plan(
      {strata::testing::Operation::kSyncDirectory, 1, ErrorCode::IO_ERROR, false, "/topics/"});
  Clean();
  EXPECT_TRUE(SegmentFileExists(0));
  EXPECT_EQ(LogStart(), 9);
  Restart(/*clean=*/true);
  EXPECT_FALSE(SegmentFileExists(0)) << "the next start completes it";
}

TEST_F(RetentionTest, ALogThatTakesNoMoreAppendsIsLeftAlone) {
  AppendBatches(12);
  files_.Plan({strata::testing::Operation::kSync, 1, ErrorCode::IO_ERROR, false, "/topics/"});
  ASSERT_FALSE(Append(*store_, kPartition, MakeBatchOfSize(900, 0)).has_value());
  KeepBytes(1);
  Clean();
  EXPECT_EQ(LogStart(), 0);
  EXPECT_TRUE(SegmentFileExists(0));
}

TEST_F(RetentionTest, AHoleInALogDoesNotKeepWhatIsOlder) {
  AppendBatches(12);
  ASSERT_TRUE(store_->Close().has_value());
  store_.reset();
  ASSERT_TRUE(files_.RemoveFile(place_.SegmentPath(kPartition, 6)).has_value());
  Start();
  KeepBytes(1);
  Clean();
  EXPECT_EQ(LogStart(), 9);
  EXPECT_FALSE(SegmentFileExists(0));
}

TEST_F(RetentionTest, TheThreadOfTheStoreCleansByItself) {
  LocalLogStoreOptions options;
  options.cleanup_interval = milliseconds(1);
  store_.reset();
  store_ = place_.Open(options);
  log_options_.cleanup.retention_bytes = 5'000;
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  AppendBatches(30);
  while (LogStart() < 24) std::this_thread::yield();
  EXPECT_EQ(LogStart(), 24);
  EXPECT_TRUE(store_->Close().has_value());
}

}  // namespace
}  // namespace strata::storage
