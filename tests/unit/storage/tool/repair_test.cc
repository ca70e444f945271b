// What a repaired directory knows beside the records themselves.
#include "storage/tool/repair/repair.h"

#include <filesystem>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>

#include "proto/batch/batch_filter.h"
#include "storage/local_store.h"
#include "storage/log/segment_name.h"
#include "storage/tool/directory/examined_directory.h"
#include "storage/tool/directory/named_records.h"
#include "storage/tool/directory/truth.h"
#include "storage/tool/verify/verify.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/placed_batch.h"
#include "tests/support/sequenced_batch.h"
#include "tests/support/temp_dir.h"

namespace strata::storage::tool {
namespace {

using strata::testing::Append;
using strata::testing::Placed;
using strata::testing::ReadAll;
using strata::testing::SequencedBatch;

constexpr PartitionId kPartition{1, 0};
constexpr std::int64_t kProducer = 5;

class RepairTest : public ::testing::Test {
 protected:
  // Three batches of one producer, each with two records and in a segment of its own.
  void SetUp() override {
    const auto store = Open(from_);
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(Append(store->logs(), kPartition, Batch(2 * i)).has_value());
    }
    MetadataTransaction topic;
    topic.writes = {{"topic/name/t", MakeTopicRecord({kPartition.topic, "t"}, 1, 1).value},
                    {"topic/next-id", "2"},
                    {"producer/next-id", "1001"}};
    ASSERT_TRUE(store->metadata().Commit(topic).has_value());
    ASSERT_TRUE(store->Close().has_value());
  }

  static std::unique_ptr<LocalStore> Open(const std::string& directory) {
    LocalStoreOptions options;
    options.data_dir = directory;
    auto store = LocalStore::Open(options);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    LogOptions log;
    log.segment_bytes = 1;
    EXPECT_TRUE((*store)->logs().Open(kPartition, log).has_value());
    return std::move(*store);
  }

  static std::string Batch(std::int32_t sequence) {
    return SequencedBatch({kProducer, 0, sequence}, 2);
  }

  static Truth TruthOf(const std::string& directory) {
    const auto examined = ExaminedDirectory::Open(directory).value();
    return LoadTruth(*examined.OpenTruth().value());
  }

  void Promise(const SealedSegment& swap) const {
    RocksDbOptions options;
    options.directory = from_ + "/meta";
    options.kind = RocksDbOptions::Kind::kTruth;
    options.families = TruthFamilies();
    const auto database = RocksDb::Open(options).value();
    ASSERT_TRUE(LogState::Open(*database)->BeginSwap(kPartition, swap).has_value());
  }

  void Damage(Offset segment_base, std::int64_t position) const {
    std::fstream file(SegmentPath(from_, kPartition, segment_base),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(position);
    file << '\x7f';
    ASSERT_TRUE(file.good());
  }

  strata::testing::TempDir dir_;
  const std::string from_ = dir_ / "from";
  const std::string to_ = dir_ / "to";
};

TEST_F(RepairTest, ProducersGoOnAndTheirRetriesAreKnown) {
  ASSERT_TRUE(RepairDirectory(from_, to_).has_value());
  const auto store = Open(to_);
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(4))->base_offset, 4) << "a retry";
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(6))->base_offset, 6) << "the next one";
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(20)).error().code,
            ErrorCode::OUT_OF_ORDER_SEQUENCE);
}

TEST_F(RepairTest, ProducersAreFoundInTheLogIfTheirNotesAreLost) {
  std::filesystem::remove_all(from_ + "/meta");
  ASSERT_TRUE(RepairDirectory(from_, to_).has_value());
  const auto store = Open(to_);
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(4))->base_offset, 4) << "a retry";
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(6))->base_offset, 6) << "the next one";
}

TEST_F(RepairTest, ABatchBehindATornOneIsKeptAndTheRetryOfThatOneIsRefused) {
  std::ofstream(SegmentPath(from_, kPartition, 4), std::ios::binary | std::ios::app)
      << std::string(Batch(6).size(), '\0') << Placed(Batch(8), 8);
  ASSERT_TRUE(RepairDirectory(from_, to_).has_value());
  const auto store = Open(to_);
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(8))->base_offset, 8) << "a retry";
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(6)).error().code,
            ErrorCode::OUT_OF_ORDER_SEQUENCE);
}

TEST_F(RepairTest, WhenSegmentsWereSealedIsKept) {
  ASSERT_TRUE(RepairDirectory(from_, to_).has_value());
  const Truth before = TruthOf(from_);
  const Truth after = TruthOf(to_);
  ASSERT_EQ(before.logs.at(kPartition).sealed.size(), 2U);
  EXPECT_NE(before.logs.at(kPartition).sealed.begin()->second.sealed_at_ms, kNoTimestamp);
  EXPECT_EQ(after.logs.at(kPartition).sealed, before.logs.at(kPartition).sealed);
  EXPECT_EQ(after.latest_time, before.latest_time);
}

TEST_F(RepairTest, ALastFileThatCannotBeReadIsNamed) {
  const std::string last = SegmentPath(from_, kPartition, 4);
  std::filesystem::remove(last);
  std::filesystem::create_directory(last);
  const auto report = RepairDirectory(from_, to_);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_GE(report->Count(Severity::kDamage), 1);
  for (const Finding& finding : report->findings) {
    EXPECT_EQ(finding.where, "topics/0000000000000001/0/00000000000000000004.log");
  }
}

TEST_F(RepairTest, WhatIsLostStaysEmptyAndIsNamedWithItsBytes) {
  Damage(2, 65);
  const auto report = RepairDirectory(from_, to_);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  ASSERT_EQ(report->Count(Severity::kDamage), 1);
  const Finding& lost = report->findings.front();
  EXPECT_EQ(lost.where, "topics/0000000000000001/0/00000000000000000002.log");
  EXPECT_EQ(lost.position, 0);
  EXPECT_EQ(lost.bytes, static_cast<std::int64_t>(Batch(2).size()));
  EXPECT_EQ(lost.offsets, (OffsetRange{2, 4}));
  EXPECT_EQ(lost.partition, kPartition);
  const auto store = Open(to_);
  std::vector<Offset> offsets;
  for (const auto& record : ReadAll(store->logs(), kPartition, 0)) offsets.push_back(record.offset);
  EXPECT_EQ(offsets, (std::vector<Offset>{0, 1, 4, 5}));
  EXPECT_TRUE(store->logs().Status(kPartition)->health.has_value());
}

// A power cut may keep the removals of a swap and lose the renaming before them.
TEST_F(RepairTest, ARewrittenSegmentThatWaitsStandsForThoseThatItReplaces) {
  std::string rewritten = EmptyBatch(0, 2, /*epoch=*/0) + Placed(Batch(2), 2);
  SealedSegment promised{0, 4, static_cast<std::int64_t>(rewritten.size()), 1000};
  promised.generation = 1;
  std::ofstream(RewrittenPath(from_, kPartition, 0, 1), std::ios::binary) << rewritten;
  Promise(promised);
  std::filesystem::remove(SegmentPath(from_, kPartition, 2));

  const auto verified = VerifyDirectory(from_, {});
  ASSERT_TRUE(verified.has_value()) << verified.error().message;
  EXPECT_EQ(verified->Count(Severity::kDamage), 0);
  EXPECT_EQ(verified->counts.records, 4);
  const auto report = RepairDirectory(from_, to_);
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->Count(Severity::kDamage), 0);
  const auto store = Open(to_);
  std::vector<Offset> offsets;
  for (const auto& record : ReadAll(store->logs(), kPartition, 0)) offsets.push_back(record.offset);
  EXPECT_EQ(offsets, (std::vector<Offset>{2, 3, 4, 5}));
  EXPECT_TRUE(store->logs().Status(kPartition)->damage.empty());
}

TEST_F(RepairTest, TheEndOfALogThatIsLostIsNotGivenOutAgain) {
  std::filesystem::remove(SegmentPath(from_, kPartition, 4));
  ASSERT_TRUE(RepairDirectory(from_, to_).has_value());
  const auto store = Open(to_);
  EXPECT_EQ(Append(store->logs(), kPartition, Batch(6))->base_offset, 6);
}

}  // namespace
}  // namespace strata::storage::tool
