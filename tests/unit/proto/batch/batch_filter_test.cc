#include "proto/batch/batch_filter.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/header_layout.h"
#include "proto/batch/record_batch.h"
#include "tests/support/hex.h"
#include "tests/support/placed_batch.h"
#include "tests/unit/proto/testing/batches.h"

namespace strata {
namespace {

using testing::Describe;
using testing::Encode;
using testing::Placed;

constexpr std::size_t kLimit = 64 << 20;
constexpr Offset kBase = 100;

// Keys "0", "1", ... at descending times; every third one is a tombstone.
std::string Batch(int count, Compression codec = Compression::kNone) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i));
  std::vector<RecordView> records;
  for (int i = 0; i < count; ++i) {
    const std::string& text = texts[static_cast<std::size_t>(i)];
    RecordView record{text, text, {{"h", "v"}}, 1'000 - i};
    if (i % 3 == 2) record.value.reset();
    records.push_back(record);
  }
  RecordBatchBuilder builder(codec);
  for (const RecordView& record : records) builder.Add(record);
  builder.SetProducer(7, 8, 9);
  return Placed(builder.Finish(), kBase);
}

auto KeepOffsets(std::vector<Offset> offsets) {
  return [offsets = std::move(offsets)](const RecordKey& record) {
    return std::find(offsets.begin(), offsets.end(), record.offset) != offsets.end();
  };
}

class BatchFilterTest : public ::testing::TestWithParam<Compression> {};

TEST_P(BatchFilterTest, WhatIsLeftIsAsItWas) {
  const std::string batch = Batch(6, GetParam());
  const auto filtered = FilterBatch(batch, kLimit, KeepOffsets({101, 102, 105}));
  ASSERT_TRUE(filtered) << filtered.error().message;
  EXPECT_EQ(filtered->kept, 3);
  EXPECT_EQ(filtered->dropped, 3);
  EXPECT_TRUE(BatchCrcMatches(filtered->bytes));
  const std::vector<std::string> all = Describe(batch);
  EXPECT_EQ(Describe(filtered->bytes), (std::vector<std::string>{all[1], all[2], all[5]}));

  const BatchHeader before = ParseBatchHeader(batch).value();
  const BatchHeader after = ParseBatchHeader(filtered->bytes).value();
  EXPECT_EQ(after.base_offset, kBase);
  EXPECT_EQ(after.next_offset(), before.next_offset());
  EXPECT_EQ(after.compression(), GetParam());
  EXPECT_EQ(after.base_timestamp_ms, before.base_timestamp_ms);
  EXPECT_EQ(after.max_timestamp_ms, 999) << "the newest record is gone";
  EXPECT_EQ(after.producer_id, 7);
  EXPECT_EQ(after.producer_epoch, 8);
  EXPECT_EQ(after.base_sequence, 9);
  EXPECT_EQ(after.record_count, 3);
}

TEST_P(BatchFilterTest, WhatWasFilteredCanBeFilteredAgain) {
  auto filtered = FilterBatch(Batch(6, GetParam()), kLimit, KeepOffsets({101, 102, 105}));
  filtered = FilterBatch(filtered->bytes, kLimit, KeepOffsets({105}));
  ASSERT_TRUE(filtered) << filtered.error().message;
  EXPECT_EQ(filtered->kept, 1);
  auto reader = RecordBatchReader::Open(filtered->bytes);
  RecordView record;
  ASSERT_TRUE(reader->Next(&record));
  EXPECT_EQ(record.offset, 105);
  EXPECT_FALSE(reader->Next(&record));
  EXPECT_TRUE(reader->status());
}

TEST_P(BatchFilterTest, NothingIsCopiedIfAllStaysOrAllGoes) {
  const std::string batch = Batch(3, GetParam());
  const auto all = FilterBatch(batch, kLimit, [](const RecordKey&) { return true; });
  EXPECT_EQ(all->kept, 3);
  EXPECT_EQ(all->bytes, "");
  const auto none = FilterBatch(batch, kLimit, [](const RecordKey&) { return false; });
  EXPECT_EQ(none->dropped, 3);
  EXPECT_EQ(none->bytes, "");
}

INSTANTIATE_TEST_SUITE_P(Codecs, BatchFilterTest,
                         ::testing::Values(Compression::kNone, Compression::kGzip,
                                           Compression::kSnappy, Compression::kLz4,
                                           Compression::kZstd));

TEST(BatchFilter, TheKeysAreShownInOrder) {
  std::vector<std::string> keys;
  std::vector<Offset> tombstones;
  const auto visit = [&](const RecordKey& record) {
    keys.emplace_back(record.key.value());
    if (record.is_tombstone) tombstones.push_back(record.offset);
    return true;
  };
  ASSERT_TRUE(VisitKeys(Batch(4), kLimit, visit));
  EXPECT_EQ(keys, (std::vector<std::string>{"0", "1", "2", "3"}));
  EXPECT_EQ(tombstones, (std::vector<Offset>{102}));
}

TEST(BatchFilter, AVisitEndsWhenItIsToldTo) {
  int visited = 0;
  ASSERT_TRUE(VisitKeys(Batch(4), kLimit, [&](const RecordKey&) { return ++visited < 2; }));
  EXPECT_EQ(visited, 2);
}

TEST(BatchFilter, ARecordWithoutKeyHasNone) {
  bool has_key = true;
  const std::string batch = Encode({{std::nullopt, "v", {}, 1}});
  ASSERT_TRUE(VisitKeys(batch, kLimit, [&](const RecordKey& record) {
    has_key = record.key.has_value();
    return true;
  }));
  EXPECT_FALSE(has_key);
}

TEST(BatchFilter, DamageIsReported) {
  std::string batch = Batch(3);
  batch.back() = '\x7f';
  batch[kBatchHeaderBytes] = '\x7f';
  const auto keep = [](const RecordKey&) { return true; };
  EXPECT_EQ(FilterBatch(batch, kLimit, keep).error().code, ErrorCode::INVALID_BATCH);
  EXPECT_EQ(VisitKeys(batch, kLimit, keep).error().code, ErrorCode::INVALID_BATCH);
}

TEST(BatchFilter, InflatingIsBounded) {
  const auto keep = [](const RecordKey&) { return true; };
  const std::string batch = Batch(1'000, Compression::kZstd);
  EXPECT_EQ(FilterBatch(batch, 100, keep).error().code, ErrorCode::INVALID_BATCH);
}

TEST(EmptyBatch, StandsForItsOffsetsAndHasNothingElse) {
  const std::string batch = EmptyBatch(100, 200, 5);
  EXPECT_EQ(batch.size(), kBatchHeaderBytes);
  EXPECT_TRUE(BatchCrcMatches(batch));
  const auto header = ParseBatchHeader(batch);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->base_offset, 100);
  EXPECT_EQ(header->next_offset(), 200);
  EXPECT_EQ(header->epoch, 5);
  EXPECT_EQ(header->record_count, 0);
  EXPECT_EQ(header->max_timestamp_ms, kNoTimestamp);
  EXPECT_EQ(header->producer_id, -1);
  EXPECT_TRUE(Describe(batch).empty());
  EXPECT_EQ(testing::RefusalOf(batch), ErrorCode::INVALID_BATCH) << "nobody may append it";
}

TEST(EmptyBatch, IsFrozen) {
  const std::string batch = EmptyBatch(16, 32, 0);
  EXPECT_EQ(testing::Hex(batch.substr(0, kCrcField.offset)),
            "00000000000000100000003100000000"
            "02");
  EXPECT_EQ(testing::Hex(batch.substr(kCrcCoversFrom)),
            "00000000000fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff00000000");
}

TEST(EmptyBatch, HasNoKeysAndNothingToFilter) {
  const std::string batch = EmptyBatch(0, 1, 0);
  const auto fail = [](const RecordKey&) { return ADD_FAILURE() << "there is no record", true; };
  EXPECT_TRUE(VisitKeys(batch, kLimit, fail));
  EXPECT_EQ(FilterBatch(batch, kLimit, fail)->kept, 0);
}

}  // namespace
}  // namespace strata
