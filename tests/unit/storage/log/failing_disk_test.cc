// What happens to appends when the disk fails under them.
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/gate.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Acks;
using strata::testing::Append;
using strata::testing::Gate;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::MakeBatchOfSize;
using strata::testing::Operation;
using strata::testing::ReadAll;
using strata::testing::SendAppend;
using strata::testing::SimulatedFileSystem;
using ::testing::HasSubstr;

constexpr PartitionId kPartition{1, 0};

class FailingDiskTest : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }

  void Start() {
    LocalLogStoreOptions options;
    options.writers = writers_;
    options.note_interval = note_interval_;
    store_ = place_.Open(options);
    ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  }

  void Restart() {
    store_.reset();
    files_.Heal();
    Start();
  }

  // Everything that was not synced is lost.
  void RestartAfterPowerCut() {
    files_.CutPowerAt(0);
    files_.LetOldProcessEnd();
    store_.reset();
    place_.CloseDatabases();
    files_.Heal();
    files_.RestartWithoutUnsynced();
    Start();
  }

  // The nth operation of this kind on the logs fails; the databases are spared.
  void FailNth(Operation operation, std::uint64_t nth, ErrorCode code = ErrorCode::IO_ERROR,
               bool for_good = false) {
    const bool of_everything = operation == Operation::kSyncAll;
    files_.Plan({operation, nth, code, for_good, of_everything ? "" : "/topics/"});
  }

  ErrorCode AppendError(Durability durability = Durability::kFsync) {
    const auto result = Append(*store_, kPartition, MakeBatch({"v"}), durability);
    EXPECT_FALSE(result.has_value());
    return result ? ErrorCode::INTERNAL : result.error().code;
  }

  // Nothing moved beyond `end`, no append is taken, reads go on, and a restart heals.
  void ExpectPoisonedAt(Offset end) {
    const auto status = store_->Status(kPartition).value();
    ASSERT_FALSE(status.health.has_value());
    EXPECT_EQ(status.health.error().code, ErrorCode::LOG_POISONED);
    EXPECT_THAT(status.health.error().message, HasSubstr("injected"));
    EXPECT_EQ(status.ends.stable, end);
    EXPECT_EQ(status.ends.visible, end);
    files_.Heal();
    for (const Durability durability : {Durability::kFsync, Durability::kOs, Durability::kNone}) {
      EXPECT_EQ(AppendError(durability), ErrorCode::LOG_POISONED);
    }
    EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(end));
    EXPECT_EQ(store_->Close().error().code, ErrorCode::IO_ERROR);

    Restart();
    EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
    EXPECT_GE(store_->Ends(kPartition)->stable, end);
    EXPECT_TRUE(Append(*store_, kPartition, MakeBatch({"v"})).has_value());
  }

  LogOptions log_options_;
  int writers_ = 1;
  std::chrono::milliseconds note_interval_{1000};
  SimulatedFileSystem files_;
  LogPlace place_{files_};
  std::unique_ptr<LogStore> store_;
};

TEST_F(FailingDiskTest, AFailedWritePoisonsTheLog) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kWrite, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ExpectPoisonedAt(1);
}

TEST_F(FailingDiskTest, AFailedFlushPoisonsTheLog) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ExpectPoisonedAt(1);
}

TEST_F(FailingDiskTest, AFullDiskInAWritePoisonsTheLogToo) {
  FailNth(Operation::kWrite, 1, ErrorCode::DISK_FULL);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ExpectPoisonedAt(0);
}

TEST_F(FailingDiskTest, AFailedFlushOfTheDirectoryOfANewSegmentPoisonsTheLog) {
  FailNth(Operation::kSyncDirectory, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ExpectPoisonedAt(0);
}

TEST_F(FailingDiskTest, TheFirstAppendMakesTheDirectoriesOfItsLogDurableToo) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  RestartAfterPowerCut();
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 1u);
}

TEST_F(FailingDiskTest, AFailureToSealASegmentPoisonsTheLog) {
  log_options_.segment_bytes = 1;
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kTruncate, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ExpectPoisonedAt(1);
}

TEST_F(FailingDiskTest, AFullDiskBeforeAnythingIsWrittenRefusesOnlyTheAppend) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kAllocate, 1, ErrorCode::DISK_FULL, /*for_good=*/true);
  const auto refused = Append(*store_, kPartition, MakeBatchOfSize(1 << 20));
  EXPECT_EQ(refused.error().code, ErrorCode::DISK_FULL);
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"b"})).value().base_offset, 1)
      << "there was room left in what had been reserved";
  files_.Heal();
  EXPECT_EQ(Append(*store_, kPartition, MakeBatchOfSize(1 << 20)).value().base_offset, 2);
}

TEST_F(FailingDiskTest, WhenTheDiskIsNearlyFullOnlyWhatIsNeededIsReserved) {
  FailNth(Operation::kAllocate, 1, ErrorCode::DISK_FULL);
  EXPECT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
}

TEST_F(FailingDiskTest, ASegmentThatCannotBeMadeRefusesOnlyTheAppend) {
  FailNth(Operation::kCreate, 1);
  EXPECT_EQ(AppendError(), ErrorCode::IO_ERROR);
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"a"})).value().base_offset, 0);
}

TEST_F(FailingDiskTest, ANewSegmentThatCannotBeMadeRefusesOnlyTheAppend) {
  log_options_.segment_bytes = 1;
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kCreate, 1);
  EXPECT_EQ(AppendError(), ErrorCode::IO_ERROR);
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"b"})).value().base_offset, 1);
  Restart();
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 2u);
}

TEST_F(FailingDiskTest, AFailedFlushOfManyLogsPoisonsThemAll) {
  constexpr int kLogs = 10;
  for (int i = 0; i < kLogs; ++i) ASSERT_TRUE(store_->Open({2, i}, log_options_).has_value());
  // The first round is held at its flush while the second one gathers.
  Gate flush;
  files_.SetHook([&](Operation operation, const std::string& path) {
    if (operation == Operation::kSync && path.find("/topics/") != path.npos) flush.Pass();
    return Ok();
  });
  Acks first;
  SendAppend(*store_, kPartition, MakeBatch({"a"}), Durability::kFsync, first.Expect());
  flush.WaitForArrival();
  Acks others;
  for (int i = 0; i < kLogs; ++i) {
    SendAppend(*store_, {2, i}, MakeBatch({"b"}), Durability::kFsync, others.Expect());
  }
  FailNth(Operation::kSyncAll, 1);
  flush.Open();
  EXPECT_TRUE(first.Wait(1).front().has_value());
  for (const auto& result : others.Wait(kLogs)) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::LOG_POISONED);
  }
  for (int i = 0; i < kLogs; ++i) {
    EXPECT_FALSE(store_->Status({2, i})->health.has_value());
    EXPECT_EQ(store_->Ends({2, i})->stable, 0);
  }
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_TRUE(Append(*store_, kPartition, MakeBatch({"c"})).has_value());
  files_.SetHook(nullptr);
}

TEST_F(FailingDiskTest, AnAckBeforeTheFlushDoesNotMakeARecordVisibleWhenTheFlushFails) {
  FailNth(Operation::kSync, 1);
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kOs).has_value());
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ExpectPoisonedAt(0);
}

TEST_F(FailingDiskTest, ARecordThatWasVisibleStaysReadableWhenALaterFlushFails) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kOs).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(Durability::kFsync), ErrorCode::LOG_POISONED);
  EXPECT_EQ(store_->Ends(kPartition)->visible, 2) << "both were written and shown";
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 2u);
}

TEST_F(FailingDiskTest, WhatAFailedFlushHasLostDoesNotCountAsStableAfterARestart) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  Restart();
  const auto acked = Append(*store_, kPartition, MakeBatch({"b"}));
  ASSERT_TRUE(acked.has_value());
  RestartAfterPowerCut();
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, acked->base_offset).size(), 1u);
}

TEST_F(FailingDiskTest, APoisonedLogThatIsOpenedAgainIsVerifiedAndTakesAppends) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  const auto acked = Append(*store_, kPartition, MakeBatch({"b"}));
  ASSERT_TRUE(acked.has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, acked->base_offset).size(), 1u);
  RestartAfterPowerCut();
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(),
            static_cast<std::size_t>(acked->base_offset + 1));
}

TEST_F(FailingDiskTest, APoisonedLogThatIsOpenedAgainDoesNotGoBackToTheLastCleanStop) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  ASSERT_TRUE(store_->Close().has_value());
  Restart();
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"b"})).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  EXPECT_GE(ReadAll(*store_, kPartition, 0).size(), 2u);
  EXPECT_GE(Append(*store_, kPartition, MakeBatch({"c"}))->base_offset, 2);
}

TEST_F(FailingDiskTest, APoisonedLogThatIsOpenedAgainKnowsWhatWasStableWithoutANote) {
  note_interval_ = std::chrono::hours(1);
  Restart();
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"b"})).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  const std::size_t in_the_first = kBatchHeaderBytes + 1;
  files_.FlipBit(place_.SegmentPath(kPartition, 0), in_the_first * 8);
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  const LogStatus status = *store_->Status(kPartition);
  ASSERT_EQ(status.damage.size(), 1u) << "it was taken for a torn tail";
  EXPECT_EQ(status.damage.front().begin, 0);
  EXPECT_EQ(status.damage.front().end, 1);
  EXPECT_GE(Append(*store_, kPartition, MakeBatch({"c"}))->base_offset, 2);
}

TEST_F(FailingDiskTest, WhatWasStableWhenALogWasOpenedAgainIsKnownToTheNextStart) {
  note_interval_ = std::chrono::hours(1);
  Restart();
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  for (const std::size_t byte : {kBatchHeaderBytes + 1, 2 * kBatchHeaderBytes + 10}) {
    files_.FlipBit(place_.SegmentPath(kPartition, 0), byte * 8);
  }
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  EXPECT_EQ(store_->Status(kPartition)->health.error().code, ErrorCode::CORRUPT_LOG);
  for (const bool clean : {false, true}) {
    if (clean) {
      EXPECT_TRUE(store_->Close().has_value());
    }
    Restart();
    EXPECT_EQ(store_->Status(kPartition)->health.error().code, ErrorCode::CORRUPT_LOG)
        << "it was taken for a torn tail";
  }
}

TEST_F(FailingDiskTest, OffsetsThatWereSeenAreNotGivenAgainToALogThatComesBackShorter) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kFsync).has_value());
  for (const char* seen : {"b", "c"}) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({seen}), Durability::kOs).has_value());
  }
  FailNth(Operation::kSync, 1);
  EXPECT_EQ(AppendError(Durability::kFsync), ErrorCode::LOG_POISONED);
  const Offset seen = store_->Ends(kPartition)->visible;
  ASSERT_EQ(seen, 4);
  files_.EvictCleanPages();
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  EXPECT_EQ(store_->Ends(kPartition)->visible, seen);
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 1u);
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"d"}))->base_offset, seen);
  RestartAfterPowerCut();
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, seen).size(), 1u);
}

TEST_F(FailingDiskTest, PassingOverWhatWasSeenIsTriedAgainWhenItHasFailed) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  for (const Operation operation : {Operation::kWrite, Operation::kSync}) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"seen"}), Durability::kOs).has_value());
    FailNth(Operation::kSync, 1);
    EXPECT_EQ(AppendError(Durability::kFsync), ErrorCode::LOG_POISONED);
    const Offset seen = store_->Ends(kPartition)->visible;
    files_.EvictCleanPages();
    FailNth(operation, 1, ErrorCode::IO_ERROR, /*for_good=*/true);
    EXPECT_FALSE(store_->Open(kPartition, log_options_).has_value());
    EXPECT_EQ(store_->Status(kPartition)->health.error().code, ErrorCode::LOG_POISONED);
    EXPECT_EQ(store_->Ends(kPartition)->visible, seen);
    files_.Heal();
    ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
    EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
    EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"d"}))->base_offset, seen);
  }
}

TEST_F(FailingDiskTest, APoisonedLogThatCannotBeVerifiedStaysReadable) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kSync, 1, ErrorCode::IO_ERROR, /*for_good=*/true);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  EXPECT_EQ(store_->Open(kPartition, log_options_).error().code, ErrorCode::IO_ERROR);
  ExpectPoisonedAt(1);
}

TEST_F(FailingDiskTest, WhoeverWaitsForAPoisonedLogLooksAgainWhenItIsOpened) {
  FailNth(Operation::kWrite, 1);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  Acks called;
  const auto ready = called.Expect();
  const auto wait = [&] { ready(AppendResult{}); };
  ASSERT_NE(store_->NotifyBeyond(kPartition, 0, wait).value(), 0u);
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  called.Wait(1);
  ASSERT_NE(store_->NotifyBeyond(kPartition, 0, wait).value(), 0u);
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  called.Wait(2);
}

TEST_F(FailingDiskTest, ALogThatCannotBeOpenedSaysSoUntilItCan) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  store_.reset();
  store_ = place_.Open();
  FailNth(Operation::kOpen, 1);
  EXPECT_EQ(store_->Open(kPartition, log_options_).error().code, ErrorCode::IO_ERROR);
  EXPECT_EQ(store_->Status(kPartition)->health.error().code, ErrorCode::LOG_POISONED);
  EXPECT_EQ(store_->Ends(kPartition).error().code, ErrorCode::LOG_POISONED);
  EXPECT_EQ(store_->Read(kPartition, 0, {}).error().code, ErrorCode::LOG_POISONED);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
  EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), 1u);
}

TEST_F(FailingDiskTest, ALogThatCannotBeOpenedCanBeRemoved) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  store_.reset();
  store_ = place_.Open();
  FailNth(Operation::kOpen, 1);
  EXPECT_FALSE(store_->Open(kPartition, log_options_).has_value());
  ASSERT_TRUE(store_->Remove({kPartition}).has_value());
  EXPECT_EQ(store_->Status(kPartition).error().code, ErrorCode::UNKNOWN_PARTITION);
}

TEST_F(FailingDiskTest, AStartThatCannotFlushWhatItFindsFails) {
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"})).has_value());
  FailNth(Operation::kSync, 1, ErrorCode::IO_ERROR, /*for_good=*/true);
  EXPECT_EQ(AppendError(), ErrorCode::LOG_POISONED);
  store_.reset();
  store_ = place_.Open();
  EXPECT_EQ(store_->Open(kPartition, log_options_).error().code, ErrorCode::IO_ERROR);
}

TEST_F(FailingDiskTest, ASealedSegmentWhoseDirectoryEntryIsLostIsNotTakenForCorruption) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  log_options_.segment_bytes = 1;
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kOs).has_value());
  }
  RestartAfterPowerCut();
  const auto health = store_->Status(kPartition)->health;
  EXPECT_TRUE(health.has_value()) << health.error().message;
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"b"})).value().base_offset, 0);
}

TEST_F(FailingDiskTest, APowerCutTakesNothingThatWasAckedWithFsync) {
  // Fails at every place in turn; what was acked up to there must be found after a power cut.
  log_options_.segment_bytes = 3'000;
  const std::map<Operation, int> places = {
      {Operation::kWrite, 12},   {Operation::kSync, 12},         {Operation::kAllocate, 6},
      {Operation::kTruncate, 4}, {Operation::kSyncDirectory, 4}, {Operation::kCreate, 6}};
  for (const auto& [operation, count] : places) {
    for (int nth = 1; nth <= count; ++nth) {
      ASSERT_TRUE(store_->Remove({kPartition}).has_value());
      ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
      FailNth(operation, static_cast<std::uint64_t>(nth), ErrorCode::IO_ERROR, true);
      Offset acked = 0;
      for (int i = 0; i < 20; ++i) {
        const auto result = Append(*store_, kPartition, MakeBatchOfSize(700));
        if (result) acked = result->base_offset + 1;
      }
      RestartAfterPowerCut();
      EXPECT_TRUE(store_->Status(kPartition)->health.has_value());
      EXPECT_GE(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(acked));
    }
  }
}

TEST_F(FailingDiskTest, APowerCutMayTakeWhatWasNotFlushedButTheLogGoesOn) {
  log_options_.durability = Durability::kOs;
  log_options_.flush_interval = std::chrono::hours(1);
  ASSERT_TRUE(store_->Configure(kPartition, log_options_).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"a"}), Durability::kFsync).has_value());
  ASSERT_TRUE(Append(*store_, kPartition, MakeBatch({"b"}), Durability::kOs).has_value());
  RestartAfterPowerCut();
  EXPECT_EQ(store_->Ends(kPartition)->log_end, 1);
  EXPECT_EQ(Append(*store_, kPartition, MakeBatch({"c"})).value().base_offset, 1);
}

}  // namespace
}  // namespace strata::storage
