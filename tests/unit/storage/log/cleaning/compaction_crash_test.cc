// A compaction that is cut short at every change of the disk, in every way.
#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "storage/log/local_log_store_impl.h"
#include "storage/log/segment_name.h"
#include "tests/support/disk/simulated_file_system.h"
#include "tests/support/keyed_batches.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

using strata::testing::Append;
using strata::testing::DiskImage;
using strata::testing::KeyedRecord;
using strata::testing::LogPlace;
using strata::testing::MakeKeyedBatch;
using strata::testing::Operation;
using strata::testing::PendingEntries;
using strata::testing::ReadKeyed;
using strata::testing::Replay;
using strata::testing::SimulatedFileSystem;

constexpr PartitionId kPartition{1, 0};

class CompactionCrashTest : public ::testing::Test {
 protected:
  // Six segments or so, that become two: one alone, and one out of several.
  void SetUp() override {
    options_.segment_bytes = 2'000;
    options_.cleanup.compact = true;
    options_.cleanup.dirty_ratio = 0;
    Open();
    for (int i = 0; i < 90; ++i) {
      const bool once = i < 18;
      const std::string key = once ? "once" + std::to_string(i) : "key" + std::to_string(i % 4);
      std::optional<std::string> value = std::to_string(i) + std::string(60, '.');
      if (i % 17 == 16) value.reset();
      ASSERT_TRUE(Append(*store_, kPartition, MakeKeyedBatch({{key, value}})).has_value());
    }
    ASSERT_GE(store_->Status(kPartition)->segment_count, 5);
    original_ = Read();
    ASSERT_TRUE(store_->Close().has_value());
    Close();
    image_ = disk_.Save();
  }

  void Open() {
    LocalLogStoreOptions options;
    options.cleanup_interval = std::chrono::milliseconds(0);
    options.tail_cache_bytes = 0;
    store_ = place_.Open(options);
    ASSERT_TRUE(store_->Open(kPartition, options_).has_value());
  }
  void Close() {
    store_.reset();
    place_.CloseDatabases();
  }
  // As it was before any compaction.
  void StartOver() {
    Close();
    disk_.Heal();
    disk_.Load(image_);
    Open();
  }

  void Compact() { static_cast<LocalLogStore&>(*store_).CleanAll(); }
  std::vector<KeyedRecord> Read() {
    return ReadKeyed(*store_, kPartition, store_->Ends(kPartition)->log_start);
  }

  // All is well, and nothing is lost but what another record supersedes.
  void ExpectSound() {
    const auto status = store_->Status(kPartition).value();
    ASSERT_TRUE(status.health.has_value()) << status.health.error().message;
    EXPECT_EQ(status.ends.log_start, 0);
    EXPECT_EQ(status.ends.log_end, static_cast<Offset>(original_.size()));
    const auto records = Read();
    EXPECT_EQ(Replay(records), Replay(original_));
    for (const KeyedRecord& record : records) {
      EXPECT_EQ(record, original_[static_cast<std::size_t>(record.offset)]);
    }
  }

  void ExpectCompactedInTheEnd() {
    ExpectSound();
    Compact();
    ExpectSound();
    std::size_t of_key = 0;
    for (const KeyedRecord& record : Read()) of_key += record.key == "key0" ? 1 : 0;
    EXPECT_LE(of_key, 2u) << "one, and those of the segment that is being written";
    const auto names = disk_.List(PartitionDirectory(place_.path(), kPartition)).value();
    const auto segments = std::count_if(names.begin(), names.end(), ParseSegmentFileName);
    EXPECT_EQ(segments, store_->Status(kPartition)->segment_count);
    EXPECT_TRUE(std::none_of(names.begin(), names.end(), IsRewrittenFileName));
  }

  // Paths of files whose names contain `part`.
  std::vector<std::string> FilesWith(std::string_view part) const {
    std::vector<std::string> paths;
    for (const auto& [path, content] : disk_.Save().files) {
      if (path.find(part) != std::string::npos) paths.push_back(path);
    }
    return paths;
  }

  // A rewritten file that waits, and the segment whose place it is to take, both damaged. No store
  // is open any more.
  struct DamagedSwap {
    std::string waiting;
    std::string original;
  };
  DamagedSwap LeaveADamagedSwap() {
    disk_.Plan({Operation::kRename, 1, ErrorCode::IO_ERROR, true, "/topics/"});
    Compact();
    Close();
    disk_.Heal();
    const auto files = FilesWith(".generation-");
    EXPECT_EQ(files.size(), 1u);
    const DamagedSwap swap{files.at(0), files.at(0).substr(0, files.at(0).find(".generation-"))};
    for (const std::string& path : {swap.waiting, swap.original}) {
      disk_.FlipBit(path, disk_.Contents(path).size() * 4);
    }
    return swap;
  }

  SimulatedFileSystem disk_;
  LogPlace place_{disk_};
  LogOptions options_;
  std::unique_ptr<LogStore> store_;
  std::vector<KeyedRecord> original_;
  DiskImage image_;
};

TEST_F(CompactionCrashTest, ThePowerMayFailAtEveryChangeOfTheDisk) {
  bool failed = true;
  std::uint64_t nth = 1;
  for (; failed; ++nth) {
    for (const auto entries : {PendingEntries::kKeepFirst, PendingEntries::kLoseAll,
                               PendingEntries::kKeepLast, PendingEntries::kKeepRandom}) {
      SCOPED_TRACE("change " + std::to_string(nth) + ", entries " +
                   std::to_string(static_cast<int>(entries)));
      StartOver();
      disk_.CutPowerAt(nth);
      Compact();
      failed = !disk_.power();
      disk_.CutPowerAt(0);
      disk_.LetOldProcessEnd();
      Close();
      disk_.Restart(nth, entries);
      Open();
      ExpectCompactedInTheEnd();
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(nth, 20u);
}

TEST_F(CompactionCrashTest, TheProcessMayBeKilledAtEveryChangeOfTheDisk) {
  bool failed = true;
  for (std::uint64_t nth = 1; failed; ++nth) {
    SCOPED_TRACE("change " + std::to_string(nth));
    StartOver();
    disk_.CutPowerAt(nth);
    Compact();
    failed = !disk_.power();
    disk_.LetOldProcessEnd();
    Close();
    disk_.RestartProcess();
    Open();
    ExpectCompactedInTheEnd();
    if (HasFailure()) return;
  }
}

TEST_F(CompactionCrashTest, AnythingThatFailsOnceLeavesTheLogReadableAndIsMadeUpFor) {
  for (const Operation operation : strata::testing::kChanges) {
    for (const ErrorCode code : {ErrorCode::IO_ERROR, ErrorCode::DISK_FULL}) {
      for (std::uint64_t nth = 1;; ++nth) {
        SCOPED_TRACE(std::string(Describe(operation)) + " " + std::to_string(nth));
        StartOver();
        const std::uint64_t before = disk_.injected();
        disk_.Plan({operation, nth, code, false, "/topics/"});
        Compact();
        const bool failed = disk_.injected() > before;
        ExpectSound();
        disk_.Heal();
        ExpectCompactedInTheEnd();
        Close();
        Open();
        ExpectCompactedInTheEnd();
        if (HasFailure()) return;
        if (!failed) break;
      }
    }
  }
}

TEST_F(CompactionCrashTest, ASwapWhosePlaceHasBeenTrimmedIsForgotten) {
  for (std::size_t trimmed = 1; trimmed < original_.size(); trimmed += 7) {
    const auto beginning = static_cast<Offset>(trimmed);
    SCOPED_TRACE("trimmed to " + std::to_string(beginning));
    StartOver();
    disk_.Plan({Operation::kRename, 1, ErrorCode::IO_ERROR, false, "/topics/"});
    Compact();
    ASSERT_EQ(store_->Trim(kPartition, beginning), beginning);
    const std::vector<KeyedRecord> rest(original_.begin() + beginning, original_.end());
    for (int life = 0; life < 2; ++life) {
      Compact();
      EXPECT_EQ(Replay(Read()), Replay(rest));
      EXPECT_TRUE(FilesWith(".generation-").empty());
      Close();
      Open();
    }
    if (HasFailure()) return;
  }
}

// The segments that it was to replace are all there still.
TEST_F(CompactionCrashTest, ARewrittenFileThatIsDamagedWhileItWaitsReplacesNothing) {
  bool failed = true;
  int set_aside = 0;
  for (std::uint64_t nth = 1; failed; ++nth) {
    SCOPED_TRACE("change " + std::to_string(nth));
    StartOver();
    disk_.CutPowerAt(nth);
    Compact();
    failed = !disk_.power();
    disk_.LetOldProcessEnd();
    Close();
    disk_.RestartWithoutUnsynced();
    for (const std::string& path : FilesWith(".generation-")) {
      const auto bytes = disk_.Contents(path).size();
      if (bytes > 0 && nth % 2 == 0) disk_.Cut(path, bytes - 1);
      if (bytes > 0 && nth % 2 == 1) disk_.FlipBit(path, bytes * 4);
    }
    Open();
    ExpectCompactedInTheEnd();
    set_aside += FilesWith(".cut-at-0").empty() ? 0 : 1;
    if (HasFailure()) return;
  }
  EXPECT_GE(set_aside, 2);
}

TEST_F(CompactionCrashTest, WhatADamagedFileReplacesIsSetAside) {
  StartOver();
  const auto [waiting, original] = LeaveADamagedSwap();
  const std::string rewritten = disk_.Contents(waiting);
  const std::string replaced = disk_.Contents(original);
  Open();
  EXPECT_EQ(disk_.Contents(original), rewritten);
  EXPECT_EQ(disk_.Contents(original + ".cut-at-0"), replaced);
  EXPECT_THAT(FilesWith(".generation-"), ::testing::IsEmpty());
}

TEST_F(CompactionCrashTest, WhatADamagedFileReplacesIsSetAsideHoweverOftenThatIsInterrupted) {
  // One swap of several segments, of which all but the first are intact.
  StartOver();
  options_.segment_bytes = 20'000;
  ASSERT_TRUE(store_->Configure(kPartition, options_).has_value());
  LeaveADamagedSwap();
  const DiskImage damaged = disk_.Save();
  const auto files = [this] { return FilesWith("/topics/").size(); };
  const std::size_t files_before = files();
  for (const Operation operation : strata::testing::kChanges) {
    bool failed = true;
    for (std::uint64_t nth = 1; failed; ++nth) {
      SCOPED_TRACE(std::string(Describe(operation)) + " " + std::to_string(nth));
      disk_.Load(damaged);
      LocalLogStoreOptions options;
      options.cleanup_interval = std::chrono::milliseconds(0);
      store_ = place_.Open(options);
      const std::uint64_t before = disk_.injected();
      disk_.Plan({operation, nth, ErrorCode::IO_ERROR, false, "/topics/"});
      (void)store_->Open(kPartition, options_);
      failed = disk_.injected() > before;
      disk_.Heal();
      EXPECT_TRUE(store_->Open(kPartition, options_).has_value());
      EXPECT_EQ(files(), files_before) << "something was removed";
      EXPECT_GE(FilesWith(".cut-at-0").size(), 2u);
      Close();
      if (HasFailure()) return;
    }
  }
}

// What the disk holds of the promise is unknown then: it may come back with the next start, also
// after the log was opened anew on the running store.
TEST_F(CompactionCrashTest, APromiseWhoseWriteFailedCostsNothing) {
  for (const Operation operation : {Operation::kWrite, Operation::kSync}) {
    for (std::uint64_t nth = 1;; ++nth) {
      SCOPED_TRACE(std::string(Describe(operation)) + " " + std::to_string(nth));
      StartOver();
      const std::uint64_t before = disk_.injected();
      disk_.Plan({operation, nth, ErrorCode::IO_ERROR, false, "/meta/"});
      Compact();
      const bool failed = disk_.injected() > before;
      disk_.Heal();
      disk_.Plan({Operation::kWrite, 1, ErrorCode::IO_ERROR, false, "/topics/"});
      EXPECT_FALSE(Append(*store_, kPartition, MakeKeyedBatch({{"key0", "lost"}})).has_value());
      disk_.Heal();
      (void)store_->Open(kPartition, options_);
      Close();
      Open();
      ExpectCompactedInTheEnd();
      if (HasFailure()) return;
      if (!failed) break;
    }
  }
}

TEST_F(CompactionCrashTest, AppendsGoOnWhenACompactionFails) {
  disk_.Heal();
  Open();
  disk_.Plan({Operation::kRename, 1, ErrorCode::IO_ERROR, true, "/topics/"});
  Compact();
  EXPECT_TRUE(Append(*store_, kPartition, MakeKeyedBatch({{"key0", "new"}})).has_value());
  EXPECT_EQ(Replay(Read()).at("key0"), "new");
}

TEST_F(CompactionCrashTest, SegmentsMayBeTrimmedWhileAPassReadsThem) {
  const auto beginning = static_cast<Offset>(original_.size() / 2);
  std::vector<KeyedRecord> rest(original_.begin() + beginning, original_.end());
  for (int nth = 1; nth <= 4; ++nth) {
    SCOPED_TRACE("read number " + std::to_string(nth));
    StartOver();
    int reads = 0;
    disk_.SetHook([&](Operation operation, const std::string& path) -> Result<void> {
      if (operation != Operation::kRead || path.find("/topics/") == path.npos) return Ok();
      if (++reads != nth) return Ok();
      EXPECT_EQ(store_->Trim(kPartition, beginning), beginning);
      return Ok();
    });
    Compact();
    disk_.SetHook(nullptr);
    EXPECT_GE(reads, nth);
    EXPECT_EQ(store_->Ends(kPartition)->log_start, beginning);
    const auto left = Read();
    EXPECT_LT(left.size(), rest.size());
    EXPECT_EQ(Replay(left), Replay(rest));
    Close();
    Open();
    EXPECT_EQ(Replay(Read()), Replay(rest));
  }
}

TEST_F(CompactionCrashTest, AFullDiskRefusesACompactionAndNothingElse) {
  StartOver();
  disk_.SetCapacity(disk_.used_bytes() + 500);
  Compact();
  ExpectSound();
  disk_.Heal();
  ExpectCompactedInTheEnd();
}

}  // namespace
}  // namespace strata::storage
