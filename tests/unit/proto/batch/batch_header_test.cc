#include "proto/batch/batch_header.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "proto/batch/header_layout.h"
#include "tests/unit/proto/testing/batches.h"

namespace strata {
namespace {

using testing::HeaderFor;
using testing::SampleBatch;

std::string Encoded(const BatchHeader& header) {
  std::string bytes(kBatchHeaderBytes, '\0');
  EncodeBatchHeader(header, bytes.data());
  return bytes;
}

BatchHeader Sound() {
  BatchHeader header = HeaderFor(3);
  header.batch_length = 100;
  return header;
}

ErrorCode Refusal(const BatchHeader& header) {
  const auto parsed = ParseBatchHeader(Encoded(header));
  EXPECT_FALSE(parsed) << "the header was accepted";
  return parsed ? ErrorCode::INTERNAL : parsed.error().code;
}

TEST(BatchHeader, EveryFieldIsReadBackAsItWasWritten) {
  BatchHeader header;
  header.base_offset = 0x0102030405060708;
  header.batch_length = 0x11121314;
  header.epoch = -1;
  header.crc = 0xf1f2f3f4;
  header.attributes = 4;
  header.last_offset_delta = 0x21222324;
  header.base_timestamp_ms = 0x3132333435363738;
  header.max_timestamp_ms = 0x4142434445464748;
  header.producer_id = 0x5152535455565758;
  header.producer_epoch = 0x6162;
  header.base_sequence = 0x71727374;
  header.record_count = 0x11121315;

  const auto read = ParseBatchHeader(Encoded(header));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->base_offset, header.base_offset);
  EXPECT_EQ(read->batch_length, header.batch_length);
  EXPECT_EQ(read->epoch, header.epoch);
  EXPECT_EQ(read->magic, kMagic);
  EXPECT_EQ(read->crc, header.crc);
  EXPECT_EQ(read->compression(), Compression::kZstd);
  EXPECT_EQ(read->last_offset_delta, header.last_offset_delta);
  EXPECT_EQ(read->base_timestamp_ms, header.base_timestamp_ms);
  EXPECT_EQ(read->max_timestamp_ms, header.max_timestamp_ms);
  EXPECT_EQ(read->producer_id, header.producer_id);
  EXPECT_EQ(read->producer_epoch, header.producer_epoch);
  EXPECT_EQ(read->base_sequence, header.base_sequence);
  EXPECT_EQ(read->record_count, header.record_count);
}

TEST(BatchHeader, KnowsItsSizeAndItsOffsets) {
  BatchHeader header = Sound();
  header.base_offset = 1000;
  EXPECT_EQ(header.total_bytes(), 112u);
  EXPECT_EQ(header.last_offset(), 1002);
  EXPECT_EQ(header.next_offset(), 1003);
}

TEST(BatchHeader, IsRefusedIfItIsCutOffAnywhere) {
  const std::string bytes = Encoded(Sound());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto parsed = ParseBatchHeader(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(parsed) << length;
    EXPECT_EQ(parsed.error().code, ErrorCode::INVALID_BATCH);
  }
}

TEST(BatchHeader, OfAnotherMagicIsUnsupported) {
  for (const int magic : {0, 1, 3, -1}) {
    BatchHeader header = Sound();
    header.magic = static_cast<std::int8_t>(magic);
    EXPECT_EQ(Refusal(header), ErrorCode::UNSUPPORTED_BATCH) << magic;
  }
}

TEST(BatchHeader, WithAnUnknownCodecOrAnyOtherAttributeIsUnsupported) {
  BatchHeader header = Sound();
  for (int attributes = 0; attributes <= 0xffff; ++attributes) {
    header.attributes = static_cast<std::int16_t>(attributes);
    const auto parsed = ParseBatchHeader(Encoded(header));
    ASSERT_EQ(parsed.has_value(), attributes <= 4) << attributes;
    if (!parsed) {
      ASSERT_EQ(parsed.error().code, ErrorCode::UNSUPPORTED_BATCH);
    }
  }
}

TEST(BatchHeader, NamesTransactionalAndControlBatchesInItsRefusal) {
  BatchHeader header = Sound();
  header.attributes = 0x10;
  EXPECT_EQ(ParseBatchHeader(Encoded(header)).error().message, "the batch is transactional");
  header.attributes = 0x20;
  EXPECT_EQ(ParseBatchHeader(Encoded(header)).error().message, "the batch is a control batch");
}

TEST(BatchHeader, WithALengthThatCannotHoldItIsInvalid) {
  for (const std::int32_t length : {48, 0, -1, std::numeric_limits<std::int32_t>::min()}) {
    BatchHeader header = Sound();
    header.batch_length = length;
    EXPECT_EQ(Refusal(header), ErrorCode::INVALID_BATCH) << length;
  }
}

TEST(BatchHeader, WithANegativeCountOfRecordsIsInvalid) {
  for (const std::int32_t count : {-1, std::numeric_limits<std::int32_t>::min()}) {
    BatchHeader header = Sound();
    header.record_count = count;
    EXPECT_EQ(Refusal(header), ErrorCode::INVALID_BATCH) << count;
  }
}

TEST(BatchHeader, WithoutRecordsStandsForOneOffsetAtLeast) {
  BatchHeader header = Sound();
  header.record_count = 0;
  header.last_offset_delta = 0;
  EXPECT_TRUE(ParseBatchHeader(Encoded(header)));
  header.last_offset_delta = -1;
  EXPECT_EQ(Refusal(header), ErrorCode::INVALID_BATCH);
}

TEST(BatchHeader, WithFewerOffsetsThanRecordsIsInvalid) {
  for (const std::int32_t delta : {1, 0, -1, std::numeric_limits<std::int32_t>::min()}) {
    BatchHeader header = Sound();
    header.last_offset_delta = delta;
    EXPECT_EQ(Refusal(header), ErrorCode::INVALID_BATCH) << delta;
  }
}

TEST(BatchHeader, WithABaseOffsetThatIsNegativeOrOverflowsIsInvalid) {
  BatchHeader header = Sound();
  const Offset highest = std::numeric_limits<Offset>::max() - 3;
  for (const Offset offset : {Offset{-1}, std::numeric_limits<Offset>::min(), highest + 1}) {
    header.base_offset = offset;
    EXPECT_EQ(Refusal(header), ErrorCode::INVALID_BATCH) << offset;
  }
  header.base_offset = highest;
  EXPECT_EQ(ParseBatchHeader(Encoded(header))->next_offset(), std::numeric_limits<Offset>::max());
}

TEST(Placement, ChangesOffsetAndEpochAndLeavesTheCrcRight) {
  std::string batch = SampleBatch(5);
  const BatchHeader before = *ParseBatchHeader(batch);
  const auto placement = EncodePlacement(123'456'789'012, before.batch_length, 7);
  batch.replace(0, placement.size(), placement.data(), placement.size());

  EXPECT_TRUE(BatchCrcMatches(batch));
  const BatchHeader after = *ParseBatchHeader(batch);
  EXPECT_EQ(after.base_offset, 123'456'789'012);
  EXPECT_EQ(after.epoch, 7);
  EXPECT_EQ(after.batch_length, before.batch_length);
  EXPECT_EQ(after.last_offset(), 123'456'789'016);
}

TEST(BatchCrc, FailsForEveryFlippedBitBehindIt) {
  std::string batch = SampleBatch(2);
  ASSERT_TRUE(BatchCrcMatches(batch));
  for (std::size_t bit = kCrcField.offset * 8; bit < batch.size() * 8; ++bit) {
    batch[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(BatchCrcMatches(batch)) << bit;
    batch[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(BatchCrc, FailsForWhatIsShorterThanAHeader) {
  EXPECT_FALSE(BatchCrcMatches(""));
  EXPECT_FALSE(BatchCrcMatches(std::string(kBatchHeaderBytes - 1, '\0')));
}

}  // namespace
}  // namespace strata
