#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "proto/batch/compression.h"
#include "proto/batch/record_batch.h"
#include "tests/unit/proto/testing/allocations.h"
#include "tests/unit/proto/testing/batches.h"
#include "tests/unit/proto/testing/codecs.h"
#include "tests/unit/proto/testing/golden.h"

namespace strata {
namespace {

using testing::AllShapesRecords;
using testing::Describe;
using testing::Encode;

std::vector<std::string> Described(const std::vector<RecordView>& records) {
  std::vector<std::string> described;
  for (const RecordView& record : records) described.push_back(Describe(record));
  return described;
}

class BuilderOfEveryCodec : public ::testing::TestWithParam<Compression> {};
INSTANTIATE_TEST_SUITE_P(RecordBatchBuilder, BuilderOfEveryCodec, testing::AllCodecs(),
                         testing::CodecName);

TEST_P(BuilderOfEveryCodec, MakesBatchesThatHoldEveryShapeOfRecord) {
  const std::string batch = Encode(AllShapesRecords(), GetParam());
  const auto header = ValidateBatch(batch, {});
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->compression(), GetParam());
  EXPECT_EQ(header->record_count, 9);
  EXPECT_EQ(header->max_timestamp_ms, 1700000090000);
  EXPECT_EQ(Describe(batch), Described(AllShapesRecords()));
}

TEST_P(BuilderOfEveryCodec, MakesTheSameBatchAgainWhenItIsUsedAgain) {
  RecordBatchBuilder builder(GetParam());
  const auto fill = [&] {
    for (const RecordView& record : AllShapesRecords()) builder.Add(record);
    return builder.Finish();
  };
  const std::string first = fill();
  EXPECT_TRUE(builder.empty());
  builder.Add(
      {.key = "another", .value = std::string(100'000, 'x'), .headers = {}, .timestamp_ms = 5});
  EXPECT_TRUE(ValidateBatch(builder.Finish(), {}));
  EXPECT_EQ(fill(), first);
}

TEST_P(BuilderOfEveryCodec, MakesTheSameBatchInMemoryThatWasUsedBefore) {
  const std::string fresh = Encode(AllShapesRecords(), GetParam());
  for (const std::size_t used : {1, 60, 100, 1'000, 1'000'000}) {
    RecordBatchBuilder builder(GetParam(), 0, std::string(used, '\xff'));
    for (const RecordView& record : AllShapesRecords()) builder.Add(record);
    EXPECT_EQ(builder.Finish(), fresh) << used;
  }
}

TEST_P(BuilderOfEveryCodec, MakesLargeBatches) {
  RecordBatchBuilder builder(GetParam());
  const std::string value(1000, 'v');
  for (int i = 0; i < 10'000; ++i) builder.Add({std::nullopt, value, {}, i});
  const auto header = ValidateBatch(builder.Finish(), {});
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->record_count, 10'000);
}

TEST(RecordBatchBuilder, ForetellsTheSizeOfAnUncompressedBatch) {
  RecordBatchBuilder builder;
  EXPECT_EQ(builder.uncompressed_bytes(), kBatchHeaderBytes);
  for (const RecordView& record : AllShapesRecords()) builder.Add(record);
  const std::size_t foretold = builder.uncompressed_bytes();
  EXPECT_EQ(builder.Finish().size(), foretold);
  EXPECT_EQ(builder.uncompressed_bytes(), kBatchHeaderBytes);
}

TEST(RecordBatchBuilder, AllocatesForItsBufferAndNotForEachRecord) {
  if (!testing::kAllocationsAreCounted) GTEST_SKIP() << "the sanitizer owns the allocator";
  RecordBatchBuilder builder;
  const RecordView record{"key", "value", {}, 1};
  const auto add_and_finish = [&] {
    const std::size_t before = testing::AllocationCount();
    for (int i = 0; i < 100'000; ++i) builder.Add(record);
    const std::string batch = builder.Finish();
    return testing::AllocationCount() - before;
  };
  EXPECT_LT(add_and_finish(), 20u) << "while the buffer doubles";
  EXPECT_EQ(add_and_finish(), 1u) << "once the size is known";
}

TEST(RecordBatchBuilder, MemoryThatWasUsedBeforeIsEnough) {
  if (!testing::kAllocationsAreCounted) GTEST_SKIP() << "the sanitizer owns the allocator";
  const RecordView record{"key", "value", {}, 1};
  std::string memory;
  for (const int count : {100'000, 100'000, 1'000, 100'000}) {
    const bool first = memory.empty();
    RecordBatchBuilder builder(Compression::kNone, 0, std::move(memory));
    const std::size_t before = testing::AllocationCount();
    for (int i = 0; i < count; ++i) builder.Add(record);
    memory = builder.Finish();
    if (first) continue;
    EXPECT_EQ(testing::AllocationCount() - before, 0u) << count;
  }
}

TEST(RecordBatchBuilder, ACompressedBatchLeavesTheMemoryOfItsRecords) {
  std::string memory(100'000, 'm');
  const char* const place = memory.data();
  RecordBatchBuilder builder(Compression::kZstd, 0, std::move(memory));
  builder.Add({"key", "value", {}, 1});
  EXPECT_NE(builder.Finish().data(), place);
  EXPECT_EQ(builder.TakeMemory().data(), place);
}

TEST(RecordBatchBuilder, ABatchCanBeGivenAnotherProducer) {
  RecordBatchBuilder builder;
  builder.Add({.key = "k", .value = "v", .timestamp_ms = 7});
  builder.SetProducer(77, 5, 1234);
  const std::string renumbered = builder.Finish();
  builder.Add({.key = "k", .value = "v", .timestamp_ms = 7});
  EXPECT_EQ(WithProducer(builder.Finish(), 77, 5, 1234), renumbered);
  EXPECT_TRUE(ValidateBatch(WithProducer(renumbered, 78, 0, 0), {}));
}

TEST(RecordBatchBuilder, WritesTheProducerAndForgetsItWithTheBatch) {
  RecordBatchBuilder builder;
  builder.SetProducer(77, 5, 1234);
  builder.Add({"k", "v", {}, 1});
  const BatchHeader named = *ParseBatchHeader(builder.Finish());
  EXPECT_EQ(named.producer_id, 77);
  EXPECT_EQ(named.producer_epoch, 5);
  EXPECT_EQ(named.base_sequence, 1234);

  builder.Add({"k", "v", {}, 1});
  const BatchHeader unnamed = *ParseBatchHeader(builder.Finish());
  EXPECT_EQ(unnamed.producer_id, -1);
  EXPECT_EQ(unnamed.producer_epoch, -1);
  EXPECT_EQ(unnamed.base_sequence, -1);
}

TEST(RecordBatchBuilder, KeepsTheExtremesOfTimestamps) {
  const TimestampMs last = std::numeric_limits<TimestampMs>::max();
  const std::string batch = Encode({{"a", "b", {}, 0}, {"a", "b", {}, last}, {"a", "b", {}, 1}});
  const auto header = ValidateBatch(batch, {});
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->base_timestamp_ms, 0);
  EXPECT_EQ(header->max_timestamp_ms, last);
  EXPECT_EQ(Describe(batch)[1], std::to_string(last) + " 'a'='b'");
}

}  // namespace
}  // namespace strata
