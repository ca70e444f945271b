#include <limits>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "proto/batch/compression.h"
#include "proto/batch/record_batch.h"
#include "tests/unit/proto/testing/batches.h"
#include "tests/unit/proto/testing/golden.h"

namespace strata {
namespace {

using namespace std::string_view_literals;
using testing::Encode;
using testing::FromHex;
using testing::HeaderFor;
using testing::SampleBatch;
using testing::Seal;

// Length, attributes, timestamp delta 0, offset delta, key null, value null, no headers.
std::string RecordWithDelta(int delta) {
  return {0x0c, 0, 0, static_cast<char>(2 * delta), 1, 1, 0};
}

TEST(RecordBatchReader, CountsOffsetsFromTheBaseOffset) {
  std::string batch = SampleBatch(3);
  const auto placement = EncodePlacement(1000, ParseBatchHeader(batch)->batch_length, 0);
  batch.replace(0, placement.size(), placement.data(), placement.size());
  auto reader = RecordBatchReader::Open(batch);
  ASSERT_TRUE(reader);
  RecordView record;
  for (Offset offset = 1000; offset < 1003; ++offset) {
    ASSERT_TRUE(reader->Next(&record));
    EXPECT_EQ(record.offset, offset);
  }
  EXPECT_FALSE(reader->Next(&record));
  EXPECT_FALSE(reader->Next(&record));
  EXPECT_TRUE(reader->status());
}

TEST(RecordBatchReader, KeepsNullApartFromEmpty) {
  const std::string batch = Encode({{std::nullopt, "", {{"h", std::nullopt}, {"", ""}}, 1}});
  auto reader = RecordBatchReader::Open(batch);
  RecordView record;
  ASSERT_TRUE(reader->Next(&record));
  EXPECT_FALSE(record.key);
  ASSERT_TRUE(record.value);
  EXPECT_EQ(*record.value, "");
  ASSERT_EQ(record.headers.size(), 2u);
  EXPECT_FALSE(record.headers[0].value);
  ASSERT_TRUE(record.headers[1].value);
  EXPECT_EQ(*record.headers[1].value, "");
}

TEST(RecordBatchReader, ForgetsTheHeadersOfTheRecordBefore) {
  const std::string batch = Encode({{"a", "b", {{"h", "v"}}, 1}, {"c", "d", {}, 1}});
  auto reader = RecordBatchReader::Open(batch);
  RecordView record;
  ASSERT_TRUE(reader->Next(&record));
  EXPECT_EQ(record.headers.size(), 1u);
  ASSERT_TRUE(reader->Next(&record));
  EXPECT_TRUE(record.headers.empty());
}

TEST(RecordBatchReader, KeepsItsViewsWhenItIsMoved) {
  for (const Compression codec : {Compression::kNone, Compression::kZstd}) {
    const std::string batch = Encode({{"key", "value", {}, 1}, {"other", "one", {}, 1}}, codec);
    auto opened = RecordBatchReader::Open(batch);
    ASSERT_TRUE(opened);
    RecordView first;
    ASSERT_TRUE(opened->Next(&first));
    RecordBatchReader moved = std::move(*opened);
    RecordView second;
    ASSERT_TRUE(moved.Next(&second));
    EXPECT_EQ(*first.key, "key");
    EXPECT_EQ(*second.value, "one");
  }
}

TEST(RecordBatchReader, RefusesABatchOfAnotherLengthThanItDeclares) {
  const std::string batch = SampleBatch(2);
  EXPECT_FALSE(RecordBatchReader::Open(batch + "x"));
  EXPECT_FALSE(RecordBatchReader::Open(std::string_view(batch).substr(0, batch.size() - 1)));
}

TEST(RecordBatchReader, RefusesWhatInflatesBeyondItsLimit) {
  const std::string batch = SampleBatch(1000, Compression::kLz4);
  const auto reader = RecordBatchReader::Open(batch, 1000);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, ErrorCode::INVALID_BATCH);
}

TEST(RecordBatchReader, StopsAtDamageAndSaysWhichRecordItWas) {
  const std::string batch =
      Seal(HeaderFor(3), RecordWithDelta(0) + "\x0c" + std::string(6, '\xff'));
  auto reader = RecordBatchReader::Open(batch);
  ASSERT_TRUE(reader);
  RecordView record;
  EXPECT_TRUE(reader->Next(&record));
  EXPECT_FALSE(reader->Next(&record));
  EXPECT_FALSE(reader->Next(&record));
  ASSERT_FALSE(reader->status());
  EXPECT_EQ(reader->status().error().code, ErrorCode::INVALID_BATCH);
  EXPECT_EQ(reader->status().error().message, "record 2 of 3 has unknown attributes");
}

TEST(RecordBatchReader, ReportsBytesBehindTheLastRecord) {
  const std::string batch = Seal(HeaderFor(1), RecordWithDelta(0) + "tail");
  auto reader = RecordBatchReader::Open(batch);
  RecordView record;
  EXPECT_TRUE(reader->Next(&record));
  EXPECT_TRUE(reader->status());
  EXPECT_FALSE(reader->Next(&record));
  ASSERT_FALSE(reader->status());
}

TEST(RecordBatchReader, ReadsWhatCompactionLeavesOfABatch) {
  BatchHeader header = HeaderFor(2);
  header.last_offset_delta = 9;
  header.base_offset = 100;
  const std::string batch = Seal(header, RecordWithDelta(3) + RecordWithDelta(7));
  auto reader = RecordBatchReader::Open(batch);
  ASSERT_TRUE(reader);
  RecordView record;
  ASSERT_TRUE(reader->Next(&record));
  EXPECT_EQ(record.offset, 103);
  ASSERT_TRUE(reader->Next(&record));
  EXPECT_EQ(record.offset, 107);
  EXPECT_FALSE(reader->Next(&record));
  EXPECT_TRUE(reader->status());
}

TEST(RecordBatchReader, RefusesOffsetsThatDoNotRiseOrLeaveTheBatch) {
  for (const auto& [first, second] : {std::pair{1, 1}, {1, 0}, {0, 2}, {-1, 0}}) {
    const std::string batch = Seal(HeaderFor(2), RecordWithDelta(first) + RecordWithDelta(second));
    auto reader = RecordBatchReader::Open(batch);
    ASSERT_TRUE(reader);
    RecordView record;
    while (reader->Next(&record)) {
    }
    EXPECT_FALSE(reader->status()) << first << " " << second;
  }
}

TEST(TakeBatch, CutsBatchesOneByOne) {
  const std::string one = SampleBatch(1);
  const std::string two = SampleBatch(2, Compression::kGzip);
  const std::string both = one + two;
  std::string_view bytes = both;
  EXPECT_EQ(*TakeBatch(bytes), one);
  EXPECT_EQ(*TakeBatch(bytes), two);
  EXPECT_TRUE(bytes.empty());
}

TEST(TakeBatch, LeavesAnIncompleteBatchWhereItIs) {
  const std::string batch = SampleBatch(2);
  for (std::size_t length = 0; length < batch.size(); ++length) {
    std::string_view bytes = std::string_view(batch).substr(0, length);
    const auto taken = TakeBatch(bytes);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::INVALID_BATCH);
    EXPECT_EQ(bytes.size(), length);
  }
}

}  // namespace
}  // namespace strata
