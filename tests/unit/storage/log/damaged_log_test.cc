// What can still be read, and appended, when segments are damaged below the end of the log.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::storage {
namespace {

namespace fs = std::filesystem;
using strata::testing::Append;
using strata::testing::LogPlace;
using strata::testing::MakeBatchOfSize;
using strata::testing::RecordsIn;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr PartitionId kPartition{1, 0};
constexpr Offset kBatches = 18;
constexpr Offset kPerSegment = 4;  // segments at 0, 4, 8, 12 and the last one at 16
const auto kBatchBytes = static_cast<std::int64_t>(MakeBatchOfSize(1000).size());

// Every record's timestamp says its offset.
std::string BatchFor(Offset offset) {
  return MakeBatchOfSize(1000, offset * 10);
}

class DamagedLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.segment_bytes = kPerSegment * kBatchBytes;
    Start();
    for (Offset offset = 0; offset < kBatches; ++offset) {
      ASSERT_TRUE(Append(*store_, kPartition, BatchFor(offset)).has_value());
    }
    Stop();
  }

  void Start() {
    LocalLogStoreOptions options;
    options.note_interval = std::chrono::milliseconds(0);
    store_ = place_.Open(options);
    const auto opened = store_->Open(kPartition, options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
  }
  void Stop() {
    ASSERT_TRUE(store_->Close().has_value());
    store_.reset();
  }
  void Crash() { store_.reset(); }

  std::string SegmentFile(Offset base_offset) const {
    return place_.SegmentPath(kPartition, base_offset);
  }

  // Overwrites part of the batch at `offset`: its header, or what lies behind.
  void Overwrite(Offset offset, bool header = false) {
    const Offset base = offset / kPerSegment * kPerSegment;
    std::fstream file(SegmentFile(base), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp((offset - base) * kBatchBytes + (header ? 0 : 200));
    file << std::string(60, '\xa5');
  }

  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(fs::path(SegmentFile(0)).parent_path())) {
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().filename()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return files;
  }

  // Every offset from the log start on that can be read, each asked for by itself.
  std::vector<Offset> Readable() {
    std::vector<Offset> readable;
    const LogEnds ends = store_->Ends(kPartition).value();
    for (Offset offset = ends.log_start; offset < ends.visible; ++offset) {
      const auto read = store_->Read(kPartition, offset, {1});
      if (!read) {
        EXPECT_EQ(read.error().code, ErrorCode::CORRUPT_LOG) << read.error().message;
        continue;
      }
      EXPECT_EQ(read->next_offset, offset + 1);
      readable.push_back(offset);
    }
    return readable;
  }

  // All offsets but these can be read, the status knows them, and appends go on.
  void ExpectLost(Offset begin, Offset end) {
    std::vector<Offset> expected;
    const Offset log_end = store_->Ends(kPartition)->log_end;
    for (Offset offset = 0; offset < log_end; ++offset) {
      if (offset < begin || offset >= end) expected.push_back(offset);
    }
    EXPECT_EQ(Readable(), expected);
    const LogStatus status = store_->Status(kPartition).value();
    EXPECT_TRUE(status.health.has_value()) << status.health.error().message;
    ASSERT_EQ(status.damage.size(), 1u);
    EXPECT_EQ(status.damage[0].begin, begin);
    EXPECT_EQ(status.damage[0].end, end);
    EXPECT_THAT(store_->Read(kPartition, begin, {}).error().message,
                HasSubstr("the next good offset is " + std::to_string(end)));
    EXPECT_EQ(Append(*store_, kPartition, BatchFor(log_end)).value().base_offset, log_end);
    EXPECT_TRUE(store_->Read(kPartition, log_end, {}).has_value());
  }

  LogOptions options_;
  LogPlace place_;
  std::unique_ptr<LogStore> store_;
};

TEST_F(DamagedLogTest, ABatchOverwrittenInASealedSegmentIsRefusedAndAllOthersAreServed) {
  Overwrite(5);
  Start();
  EXPECT_EQ(store_->Read(kPartition, 4, {1 << 20})->next_offset, 5) << "never a damaged byte";
  ExpectLost(5, 6);
}

TEST_F(DamagedLogTest, BehindAnOverwrittenHeaderTheNextBatchIsFound) {
  Overwrite(5, /*header=*/true);
  Start();
  ExpectLost(5, 6);
}

TEST_F(DamagedLogTest, AnErrorNamesTheFileThePositionAndTheLostOffsets) {
  Overwrite(5);
  Overwrite(6);
  Start();
  const auto read = store_->Read(kPartition, 6, {});
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().message, HasSubstr("00000000000000000004.log"));
  EXPECT_THAT(read.error().message, HasSubstr("position " + std::to_string(kBatchBytes)));
  EXPECT_THAT(read.error().message, HasSubstr("from 5 to 6"));
  EXPECT_THAT(read.error().message, HasSubstr("the next good offset is 7"));
}

TEST_F(DamagedLogTest, DamageAtTheEndOfASealedSegmentEndsWhereTheNextBegins) {
  Overwrite(7);
  Start();
  ExpectLost(7, 8);
}

TEST_F(DamagedLogTest, DamageInTheLastSegmentDoesNotHinderAppends) {
  Overwrite(16);
  Start();
  ExpectLost(16, 17);
}

TEST_F(DamagedLogTest, WhatIsAppendedBehindADamagedEndCanBeRead) {
  Overwrite(17);
  Start();
  ExpectLost(17, 18);
}

TEST_F(DamagedLogTest, DamageIsRememberedWhileTheLogGrows) {
  Overwrite(16);
  Start();
  ExpectLost(16, 17);
  for (Offset offset = kBatches + 1; offset < 2 * kBatches; ++offset) {
    ASSERT_TRUE(Append(*store_, kPartition, BatchFor(offset)).has_value());
  }
  ExpectLost(16, 17);
}

TEST_F(DamagedLogTest, ASegmentThatWasCutIsServedUpToThereAndKnownFromTheStart) {
  fs::resize_file(SegmentFile(4), static_cast<std::uintmax_t>(2 * kBatchBytes + 100));
  Start();
  ASSERT_EQ(store_->Status(kPartition)->damage.size(), 1u);
  ExpectLost(6, 8);
}

TEST_F(DamagedLogTest, ASegmentThatWasCutBetweenTwoBatchesIsNoticedToo) {
  fs::resize_file(SegmentFile(4), static_cast<std::uintmax_t>(2 * kBatchBytes));
  Start();
  ExpectLost(6, 8);
}

TEST_F(DamagedLogTest, ASegmentThatIsMissingIsKnownFromTheStart) {
  fs::remove(SegmentFile(4));
  Start();
  ASSERT_EQ(store_->Status(kPartition)->damage.size(), 1u);
  ExpectLost(4, 8);
}

TEST_F(DamagedLogTest, TheFirstSegmentMayBeMissing) {
  fs::remove(SegmentFile(0));
  Start();
  ExpectLost(0, 4);
}

TEST_F(DamagedLogTest, NothingIsChangedByAStartOnDamage) {
  Overwrite(2);
  fs::resize_file(SegmentFile(4), static_cast<std::uintmax_t>(2 * kBatchBytes + 100));
  fs::remove(SegmentFile(8));
  Overwrite(16);
  const auto before = Files();
  Start();
  Readable();
  Stop();
  EXPECT_EQ(Files(), before);
}

TEST_F(DamagedLogTest, SeveralHolesAreAllKnown) {
  Overwrite(1);
  fs::remove(SegmentFile(4));
  Overwrite(9);
  Overwrite(11);
  Start();
  EXPECT_THAT(Readable(), ElementsAre(0, 2, 3, 8, 10, 12, 13, 14, 15, 16, 17));
  EXPECT_EQ(store_->Status(kPartition)->damage.size(), 4u);
}

TEST_F(DamagedLogTest, AfterACrashDamageBelowTheStableEndIsSteppedOverAndItsFileLeftAlone) {
  Start();
  ASSERT_TRUE(Append(*store_, kPartition, BatchFor(18)).has_value());
  Crash();
  Overwrite(17);
  const std::string before = Files().at("00000000000000000016.log");
  Start();
  ExpectLost(17, 18);
  EXPECT_EQ(Files().at("00000000000000000016.log"), before);
  EXPECT_TRUE(fs::exists(SegmentFile(19))) << "the log goes on in another file";
  Crash();
  Start();
  ExpectLost(17, 18);
}

TEST_F(DamagedLogTest, ATimeIsFoundBehindTheDamage) {
  Overwrite(5);
  Overwrite(6, /*header=*/true);
  fs::remove(SegmentFile(8));
  Start();
  EXPECT_EQ(store_->OffsetForTime(kPartition, 40).value(), 4);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 51).value(), 7);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 71).value(), 12);
  EXPECT_EQ(store_->OffsetForTime(kPartition, 165).value(), 17);
}

TEST_F(DamagedLogTest, TrimmingTheDamageAwayEndsIt) {
  Overwrite(5);
  Start();
  Readable();
  ASSERT_EQ(store_->Trim(kPartition, 6).value(), 6);
  EXPECT_THAT(store_->Status(kPartition)->damage, IsEmpty());
  EXPECT_EQ(store_->Read(kPartition, 6, {1})->next_offset, 7);
}

}  // namespace
}  // namespace strata::storage
