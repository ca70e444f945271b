// What is found on disk after a stop or a crash, and after somebody has damaged it by hand.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/index/offset_index.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"
#include "tests/support/placed_batch.h"

namespace strata::storage {
namespace {

using strata::testing::Append;
using strata::testing::LogPlace;
using strata::testing::MakeBatch;
using strata::testing::MakeBatchOfSize;
using strata::testing::Operation;
using strata::testing::Placed;
using strata::testing::ReadAll;
using strata::testing::SimulatedFileSystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr PartitionId kPartition{1, 0};
const std::string kBatch = MakeBatchOfSize(1000);
const auto kBatchBytes = static_cast<std::int64_t>(kBatch.size());

class RecoveryTest : public ::testing::Test {
 protected:
  // Opens store and partition. With `note_stable`, what is flushed is recorded as stable at once.
  void Start(bool note_stable) {
    LocalLogStoreOptions options;
    options.note_interval = note_stable ? std::chrono::milliseconds(0) : std::chrono::hours(1);
    store_ = place_.Open(options);
    const auto opened = store_->Open(kPartition, log_options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
  }

  // Starts, and says which segments were read, each time that one was.
  std::vector<std::string> StartAndListReads() {
    std::vector<std::string> read;
    files_.SetHook([&](Operation operation, const std::string& path) {
      if (operation == Operation::kRead && path.find("/topics/") != path.npos) read.push_back(path);
      return Ok();
    });
    Start(false);
    files_.SetHook(nullptr);
    return read;
  }

  void StopCleanly() {
    ASSERT_TRUE(store_->Close().has_value());
    store_.reset();
  }
  void Crash() { store_.reset(); }

  void AppendBatches(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(Append(*store_, kPartition, kBatch).has_value());
  }

  // A log of `stable` batches that are recorded as stable and `more` that are not, after a crash.
  void MakeLog(int stable, int more) {
    Start(/*note_stable=*/true);
    AppendBatches(stable);
    Crash();
    if (more == 0) return;
    Start(/*note_stable=*/false);
    AppendBatches(more);
    Crash();
  }

  std::string SegmentFile(Offset base_offset = 0) const {
    return place_.SegmentPath(kPartition, base_offset);
  }

  // Changes one byte within the batch at `offset` of the first segment.
  void DamageBatch(Offset offset) {
    files_.FlipBit(SegmentFile(), static_cast<std::uint64_t>(offset * kBatchBytes + 500) * 8);
  }

  void TruncateSegment(std::int64_t bytes) {
    files_.Cut(SegmentFile(), static_cast<std::size_t>(bytes));
  }

  // Names of the files in which something was set aside.
  std::vector<std::string> FilesAside() {
    std::vector<std::string> names;
    const std::vector<std::string> all = files_.List(Directory()).value();
    for (const std::string& name : all) {
      if (name.find(".cut-at-") != std::string::npos) names.push_back(name);
    }
    return names;
  }

  std::string Directory() const { return PartitionDirectory(place_.path(), kPartition); }
  std::string PathAside(const std::string& name) const { return Directory() + "/" + name; }

  std::string ReadFile(const std::string& path) const { return files_.Contents(path); }
  void WriteFile(const std::string& path, const std::string& content) {
    files_.SetContents(path, content);
  }

  // The log takes appends, goes on at `log_end`, and all below can be read.
  void ExpectHealthyUpTo(Offset log_end) {
    const auto status = store_->Status(kPartition).value();
    EXPECT_TRUE(status.health.has_value()) << status.health.error().message;
    EXPECT_EQ(status.ends.stable, log_end);
    EXPECT_EQ(status.ends.log_end, log_end);
    EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(log_end));
    EXPECT_EQ(Append(*store_, kPartition, kBatch).value().base_offset, log_end);
    EXPECT_EQ(ReadAll(*store_, kPartition, 0).size(), static_cast<std::size_t>(log_end) + 1);
  }

  // The log can be read up to `end`, has a hole from there on, and takes no appends.
  void ExpectCorruptAt(Offset end, const std::string& what) {
    const auto status = store_->Status(kPartition).value();
    ASSERT_FALSE(status.health.has_value());
    EXPECT_EQ(status.health.error().code, ErrorCode::CORRUPT_LOG);
    EXPECT_THAT(status.health.error().message, HasSubstr(what));
    ASSERT_FALSE(status.damage.empty());
    EXPECT_EQ(status.damage.back().begin, end);
    EXPECT_GT(status.damage.back().end, end);
    EXPECT_EQ(status.ends.log_end, status.damage.back().end) << "who waits there is told";
    for (Offset next = 0; next < end;) {
      const auto read = store_->Read(kPartition, next, {});
      ASSERT_TRUE(read.has_value()) << read.error().message;
      ASSERT_GT(read->next_offset, next);
      next = read->next_offset;
    }
    EXPECT_EQ(store_->Read(kPartition, end, {}).error().code, ErrorCode::CORRUPT_LOG);
    EXPECT_EQ(Append(*store_, kPartition, kBatch).error().code, ErrorCode::CORRUPT_LOG);
  }

  LogOptions log_options_;
  SimulatedFileSystem files_;
  LogPlace place_{files_};
  std::unique_ptr<LogStore> store_;
};

TEST_F(RecoveryTest, ACrashBetweenAppendsLosesNothingAndCutsNothing) {
  MakeLog(3, 2);
  Start(false);
  ExpectHealthyUpTo(5);
  EXPECT_THAT(FilesAside(), IsEmpty());
}

TEST_F(RecoveryTest, RecordsThatTakeLessThanAByteEachAreKept) {
  constexpr int kRecords = 300'000;
  RecordBatchBuilder builder(Compression::kZstd);
  RecordView record;
  record.timestamp_ms = 1000;
  for (int i = 0; i < kRecords; ++i) builder.Add(record);
  Start(/*note_stable=*/false);
  ASSERT_TRUE(Append(*store_, kPartition, builder.Finish()).has_value());
  Crash();
  ASSERT_LT(ReadFile(SegmentFile()).size(), kRecords);
  Start(/*note_stable=*/false);
  EXPECT_EQ(store_->Status(kPartition)->ends.log_end, kRecords);
  EXPECT_THAT(FilesAside(), IsEmpty());
}

TEST_F(RecoveryTest, ABatchCutShortIsSetAsideAndCut) {
  MakeLog(2, 2);
  const std::string before = ReadFile(SegmentFile());
  TruncateSegment(4 * kBatchBytes - 1);
  Start(false);
  ExpectHealthyUpTo(3);
  const std::string position = std::to_string(3 * kBatchBytes);
  ASSERT_THAT(FilesAside(), ElementsAre("00000000000000000000.log.cut-at-" + position));
  EXPECT_EQ(ReadFile(PathAside(FilesAside()[0])),
            before.substr(static_cast<std::size_t>(3 * kBatchBytes),
                          static_cast<std::size_t>(kBatchBytes) - 1));
}

TEST_F(RecoveryTest, AHeaderCutShortIsSetAsideAndCut) {
  MakeLog(2, 2);
  TruncateSegment(3 * kBatchBytes + 20);
  Start(false);
  ExpectHealthyUpTo(3);
  EXPECT_EQ(FilesAside().size(), 1u);
}

TEST_F(RecoveryTest, ADamagedBatchAboveTheStableOffsetIsCutWithAllThatFollows) {
  MakeLog(2, 4);
  const std::string before = ReadFile(SegmentFile());
  DamageBatch(3);
  Start(false);
  ExpectHealthyUpTo(3);
  ASSERT_EQ(FilesAside().size(), 1u);
  const std::string aside = ReadFile(PathAside(FilesAside()[0]));
  EXPECT_EQ(aside.substr(static_cast<std::size_t>(kBatchBytes)),
            before.substr(static_cast<std::size_t>(4 * kBatchBytes)))
      << "valid batches behind the damage are set aside too";
}

TEST_F(RecoveryTest, GarbageBehindTheLastBatchIsSetAsideAndCut) {
  MakeLog(2, 0);
  TruncateSegment(2 * kBatchBytes);
  WriteFile(SegmentFile(), ReadFile(SegmentFile()) + std::string(500, '\xee'));
  Start(false);
  ExpectHealthyUpTo(2);
  EXPECT_EQ(FilesAside().size(), 1u);
}

TEST_F(RecoveryTest, TwoCutsAtTheSamePlaceKeepBoth) {
  MakeLog(2, 0);
  for (int i = 0; i < 2; ++i) {
    TruncateSegment(2 * kBatchBytes);
    WriteFile(SegmentFile(), ReadFile(SegmentFile()) + "garbage " + std::to_string(i));
    Start(false);
    Crash();
  }
  ASSERT_EQ(FilesAside().size(), 2u);
  EXPECT_EQ(ReadFile(PathAside(FilesAside()[0])), "garbage 0");
  EXPECT_EQ(ReadFile(PathAside(FilesAside()[1])), "garbage 1");
}

TEST_F(RecoveryTest, IfNothingCanBeSetAsideNothingIsCut) {
  MakeLog(2, 2);
  TruncateSegment(4 * kBatchBytes - 1);
  const std::string before = ReadFile(SegmentFile());
  store_ = place_.Open();
  files_.Plan({Operation::kWrite, 2, ErrorCode::DISK_FULL, false, "/topics/"});
  EXPECT_EQ(store_->Open(kPartition, log_options_).error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(ReadFile(SegmentFile()), before);
  EXPECT_THAT(FilesAside(), IsEmpty()) << "no half a copy for each attempt";
  ASSERT_TRUE(store_->Open(kPartition, log_options_).has_value());
  ExpectHealthyUpTo(3);
}

TEST_F(RecoveryTest, DamageUpToTheEndBelowTheStableOffsetIsCorruptionAndIsNotTouched) {
  MakeLog(4, 2);
  for (const Offset offset : {2, 3, 4, 5}) DamageBatch(offset);
  const std::string before = ReadFile(SegmentFile());
  Start(false);
  ExpectCorruptAt(2, "does not fit its CRC");
  Crash();
  EXPECT_EQ(ReadFile(SegmentFile()), before);
  EXPECT_THAT(FilesAside(), IsEmpty());
}

TEST_F(RecoveryTest, StableBatchesThatAreMissingAreCorruption) {
  MakeLog(4, 0);
  TruncateSegment(3 * kBatchBytes);
  Start(false);
  ExpectCorruptAt(3, "the data end behind a complete batch");
}

TEST_F(RecoveryTest, StableBatchesThatHaveBecomeZerosAreCorruption) {
  MakeLog(4, 0);
  std::string content = ReadFile(SegmentFile());
  content.replace(static_cast<std::size_t>(kBatchBytes), std::string::npos,
                  std::string(content.size() - static_cast<std::size_t>(kBatchBytes), '\0'));
  WriteFile(SegmentFile(), content);
  Start(false);
  ExpectCorruptAt(1, "only zeros follow");
}

TEST_F(RecoveryTest, ACorruptLogStaysCorruptAfterACleanStop) {
  MakeLog(4, 0);
  DamageBatch(2);
  DamageBatch(3);
  Start(false);
  StopCleanly();
  Start(false);
  ExpectCorruptAt(2, "CRC");
}

TEST_F(RecoveryTest, TheLastSegmentMissingIsCorruption) {
  log_options_.segment_bytes = 2 * kBatchBytes;
  MakeLog(10, 0);
  files_.Erase(SegmentFile(8));
  Start(false);
  ExpectCorruptAt(8, "the data end behind a complete batch");
}

TEST_F(RecoveryTest, AllSegmentsMissingIsCorruption) {
  MakeLog(4, 0);
  files_.Erase(SegmentFile());
  Start(false);
  ExpectCorruptAt(0, "missing");
}

TEST_F(RecoveryTest, AfterACleanStopNothingIsReadButWhatBeginsBehindTheEnd) {
  log_options_.segment_bytes = 2 * kBatchBytes;
  Start(true);
  AppendBatches(21);
  StopCleanly();
  const std::vector<std::string> read = StartAndListReads();
  EXPECT_THAT(read, ElementsAre(SegmentFile(20)));
  EXPECT_EQ(store_->Status(kPartition)->segment_count, 11);
  EXPECT_EQ(store_->Status(kPartition)->size_bytes, 21 * kBatchBytes);
  ExpectHealthyUpTo(21);
}

TEST_F(RecoveryTest, AfterACrashOnlyTheLastSegmentIsRead) {
  log_options_.segment_bytes = 2 * kBatchBytes;
  MakeLog(21, 0);
  const std::vector<std::string> read = StartAndListReads();
  EXPECT_FALSE(read.empty());
  EXPECT_THAT(read, ::testing::Each(SegmentFile(20)));
  ExpectHealthyUpTo(21);
}

TEST_F(RecoveryTest, ACleanStopCoversOnlyWhatTheStoreHadOpen) {
  MakeLog(2, 2);
  TruncateSegment(4 * kBatchBytes - 1);
  LocalLogStoreOptions options;
  store_ = place_.Open(options);
  StopCleanly();
  Start(false);
  ExpectHealthyUpTo(3);
  EXPECT_EQ(FilesAside().size(), 1u);
}

TEST_F(RecoveryTest, AFileCutAfterACleanStopIsNoticed) {
  Start(true);
  AppendBatches(4);
  StopCleanly();
  TruncateSegment(3 * kBatchBytes);
  Start(false);
  ExpectCorruptAt(3, "damaged");
}

TEST_F(RecoveryTest, WhatWasWrittenBehindACleanEndIsKeptUnderAnOlderCopyOfTheTruth) {
  Start(true);
  AppendBatches(2);
  StopCleanly();
  place_.CloseDatabases();
  const strata::testing::DiskImage older = files_.Save();
  place_.OpenDatabases();
  Start(true);
  AppendBatches(2);
  StopCleanly();
  const std::string log = ReadFile(SegmentFile());
  place_.CloseDatabases();
  files_.Load(older);
  WriteFile(SegmentFile(), log);
  place_.OpenDatabases();
  Start(false);
  ExpectHealthyUpTo(4);
  EXPECT_TRUE(FilesAside().empty());
}

TEST_F(RecoveryTest, GarbageBehindACleanEndIsSetAside) {
  Start(true);
  AppendBatches(2);
  StopCleanly();
  TruncateSegment(2 * kBatchBytes);
  WriteFile(SegmentFile(), ReadFile(SegmentFile()) + "garbage");
  Start(false);
  ExpectHealthyUpTo(2);
  EXPECT_EQ(FilesAside().size(), 1u);
}

TEST_F(RecoveryTest, AnOldCleanStopDoesNotCountAfterACrash) {
  Start(true);
  AppendBatches(2);
  StopCleanly();
  Start(true);
  AppendBatches(2);
  Crash();
  Start(false);
  ExpectHealthyUpTo(4);
}

TEST_F(RecoveryTest, WithoutTheIndexEverythingIsStillFound) {
  log_options_.segment_bytes = 200 * kBatchBytes;
  Start(true);
  AppendBatches(500);
  StopCleanly();
  place_.CloseDatabases();
  files_.Erase(place_.path() + "/index");
  Start(false);
  for (const Offset from : {0, 150, 199, 200, 399, 450, 499}) {
    EXPECT_EQ(store_->Read(kPartition, from, {1}).value().next_offset, from + 1);
  }
  const OffsetIndex index(place_.index());
  EXPECT_GT(index.FindOffset(kPartition, 199)->position, 0) << "rebuilt on the way";
  ExpectHealthyUpTo(500);
}

TEST_F(RecoveryTest, WrongIndexEntriesAreNotBelieved) {
  MakeLog(500, 0);
  place_.OpenDatabases();
  IndexUpdate wrong;
  for (Offset offset = 1; offset < 500; ++offset) {
    wrong.entries.push_back({kPartition, {offset, 0, offset * kBatchBytes + 7, 5}});
  }
  OffsetIndex(place_.index()).Put(wrong);
  Start(false);
  EXPECT_EQ(store_->Read(kPartition, 333, {1}).value().next_offset, 334);
  ExpectHealthyUpTo(500);
}

TEST_F(RecoveryTest, AWrongIndexEntryMisleadsNoSearchForATime) {
  MakeLog(500, 0);
  place_.OpenDatabases();
  IndexUpdate wrong;
  wrong.entries.push_back({kPartition, {400, 0, 400 * kBatchBytes + 7, 999}});
  OffsetIndex(place_.index()).Put(wrong);
  Start(false);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 1000).value(), 0);
}

TEST_F(RecoveryTest, IndexEntriesOfALogThatHasLostAllItsSegmentsAreForgotten) {
  place_.OpenDatabases();
  IndexUpdate stale;
  stale.entries.push_back({kPartition, {5, 0, 5 * kBatchBytes, 999}});
  OffsetIndex(place_.index()).Put(stale);
  Start(false);
  EXPECT_FALSE(OffsetIndex(place_.index()).FindOffset(kPartition, 1'000).has_value());
  AppendBatches(10);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 1000).value(), 0);
}

TEST_F(RecoveryTest, ADamagedIndexIsNotUsedAndMarkedForDeletion) {
  MakeLog(500, 0);
  place_.CloseDatabases();
  for (const auto& [path, content] : files_.Save().files) {
    if (path.find("/index/") != path.npos && path.ends_with(".sst")) {
      WriteFile(path, "garbage" + content.substr(7));
    }
  }
  Start(false);
  EXPECT_EQ(store_->Read(kPartition, 333, {1}).value().next_offset, 334);
  EXPECT_TRUE(files_.HasFile(place_.path() + "/" + kIndexFailedFile));
  ExpectHealthyUpTo(500);
}

TEST_F(RecoveryTest, IndexEntriesBeyondTheEndAreForgotten) {
  MakeLog(100, 100);
  TruncateSegment(150 * kBatchBytes + 10);
  Start(false);
  const OffsetIndex index(place_.index());
  EXPECT_LT(index.FindOffset(kPartition, 1'000)->offset, 150);
  EXPECT_LT(index.FindTime(kPartition, 0, 1'000'000)->offset, 150);
  ExpectHealthyUpTo(150);
}

TEST_F(RecoveryTest, DamageBelowTheIndexedPositionButAboveTheStableOffsetIsFound) {
  MakeLog(10, 300);
  DamageBatch(20);
  Start(false);
  ExpectHealthyUpTo(20);
}

TEST_F(RecoveryTest, AStaleNoteOfASealedSegmentIsNotBelieved) {
  log_options_.segment_bytes = 2 * kBatchBytes;
  MakeLog(10, 0);
  place_.OpenDatabases();
  ASSERT_TRUE(LogState::Open(place_.state())->NoteSealed(kPartition, {2, 3, 77, 5}).has_value());
  Start(true);
  ExpectHealthyUpTo(10);
}

TEST_F(RecoveryTest, SegmentsThatTrimHadPromisedToDeleteAreDeleted) {
  log_options_.segment_bytes = 2 * kBatchBytes;
  MakeLog(10, 0);
  const std::string trimmed = ReadFile(SegmentFile(0));
  Start(true);
  ASSERT_EQ(store_->Trim(kPartition, 5).value(), 5);
  Crash();
  WriteFile(SegmentFile(0), trimmed);
  Start(false);
  EXPECT_FALSE(files_.HasFile(SegmentFile(0)));
  EXPECT_EQ(store_->Ends(kPartition)->log_start, 5);
  EXPECT_EQ(ReadAll(*store_, kPartition, 5).size(), 5u);
}

TEST_F(RecoveryTest, AnEmptyLastSegmentIsWhereTheLogGoesOn) {
  log_options_.segment_bytes = 2 * kBatchBytes;
  MakeLog(4, 0);
  WriteFile(SegmentFile(4), "");
  Start(false);
  ExpectHealthyUpTo(4);
  EXPECT_FALSE(ReadFile(SegmentFile(4)).empty());
}

TEST_F(RecoveryTest, ALogOnAnotherFileSystemThanTheRestIsNotOpened) {
  class TwoDisks : public SimulatedFileSystem {
    Result<std::uint64_t> DeviceOf(const std::string& path) override {
      return path.ends_with("0000000000000001/0") ? 2 : 1;
    }
  } disks;
  LogPlace place(disks);
  store_ = place.Open();
  const auto opened = store_->Open(kPartition, log_options_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error().message, HasSubstr("another file system"));
  EXPECT_TRUE(store_->Open({2, 0}, log_options_).has_value());
  store_.reset();
}

TEST_F(RecoveryTest, WhatIsNotASegmentIsLeftAlone) {
  MakeLog(2, 0);
  const std::string stranger = PathAside("00000000000000000009.txt");
  WriteFile(stranger, "mine");
  Start(false);
  ExpectHealthyUpTo(2);
  EXPECT_EQ(ReadFile(stranger), "mine");
}

}  // namespace
}  // namespace strata::storage
