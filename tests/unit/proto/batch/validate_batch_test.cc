#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "proto/base/varint.h"
#include "proto/batch/compression.h"
#include "proto/batch/header_layout.h"
#include "proto/batch/record_batch.h"
#include "tests/unit/proto/testing/allocations.h"
#include "tests/unit/proto/testing/batches.h"

namespace strata {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using testing::Encode;
using testing::HeaderFor;
using testing::RefusalOf;
using testing::SampleBatch;
using testing::Seal;

// Length 7, attributes, timestamp delta 0, offset delta 0, key "k", value null, no headers.
constexpr std::string_view kSoundRecord = "\x0e\0\0\0\x02k\x01\0"sv;

// One record with everything behind its length given.
std::string RecordOf(std::string_view body) {
  return std::string(1, static_cast<char>(2 * body.size())).append(body);
}

std::string MessageOf(std::string_view payload, std::int32_t record_count = 1) {
  const auto result = ValidateBatch(Seal(HeaderFor(record_count), payload), {});
  EXPECT_FALSE(result) << "the batch was accepted";
  if (result) return "";
  EXPECT_EQ(result.error().code, ErrorCode::INVALID_BATCH);
  return result.error().message;
}

TEST(ValidateBatch, AcceptsABatchMadeByHand) {
  const auto header = ValidateBatch(Seal(HeaderFor(1), kSoundRecord), {});
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->record_count, 1);
}

TEST(ValidateBatch, ReturnsTheHeaderWithThePlacementAsItWasSent) {
  BatchHeader header = HeaderFor(1);
  header.base_offset = 42;
  header.epoch = -1;
  const auto validated = ValidateBatch(Seal(header, kSoundRecord), {});
  ASSERT_TRUE(validated);
  EXPECT_EQ(validated->base_offset, 42);
  EXPECT_EQ(validated->epoch, -1);
}

TEST(ValidateBatch, TheNumbersOfAProducerAreAllThereOrMeanNothing) {
  const auto accepts = [](std::int64_t id, std::int16_t epoch, std::int32_t sequence) {
    BatchHeader header = HeaderFor(1);
    header.producer_id = id;
    header.producer_epoch = epoch;
    header.base_sequence = sequence;
    return ValidateBatch(Seal(header, kSoundRecord), {}).has_value();
  };
  EXPECT_TRUE(accepts(0, 0, 0));
  EXPECT_TRUE(accepts(-1, 3, 4));
  EXPECT_FALSE(accepts(7, -1, 0));
  EXPECT_FALSE(accepts(7, 0, -1));
  EXPECT_FALSE(accepts(-2, 0, 0));
}

TEST(ValidateBatch, AllocatesNothingForASoundUncompressedBatch) {
  if (!testing::kAllocationsAreCounted) GTEST_SKIP() << "the sanitizer owns the allocator";
  const std::string batch = SampleBatch(1000);
  const std::size_t before = testing::AllocationCount();
  const bool accepted = ValidateBatch(batch, {}).has_value();
  EXPECT_EQ(testing::AllocationCount(), before);
  EXPECT_TRUE(accepted);
}

TEST(ValidateBatch, RefusesEveryPrefixOfASoundBatch) {
  for (const Compression codec : {Compression::kNone, Compression::kZstd}) {
    const std::string batch = SampleBatch(5, codec);
    for (std::size_t length = 0; length < batch.size(); ++length) {
      ASSERT_EQ(RefusalOf(std::string_view(batch).substr(0, length)), ErrorCode::INVALID_BATCH);
    }
  }
}

TEST(ValidateBatch, RefusesRecordsThatAreCutOffUnderACrcThatFits) {
  const std::string batch = SampleBatch(5);
  const BatchHeader header = *ParseBatchHeader(batch);
  const std::string_view records = std::string_view(batch).substr(kBatchHeaderBytes);
  for (std::size_t length = 0; length < records.size(); ++length) {
    const std::string forged = Seal(header, records.substr(0, length));
    // Exactly as large: behind a string there is a byte that may be read.
    const std::vector<char> exactly(forged.begin(), forged.end());
    const std::string_view bytes(exactly.data(), exactly.size());
    ASSERT_EQ(RefusalOf(bytes), ErrorCode::INVALID_BATCH) << length;
    auto reader = RecordBatchReader::Open(bytes);
    ASSERT_TRUE(reader);
    RecordView record;
    while (reader->Next(&record)) continue;
    ASSERT_FALSE(reader->status()) << length;
  }
}

TEST(ValidateBatch, RefusesARecordWithAnyOfItsFieldsCutOff) {
  // A key, a value and a header, with lengths of two bytes.
  const std::string long_text(100, 'x');
  const std::string batch =
      Encode({{.key = long_text, .value = long_text, .headers = {{"n", "v"}}}});
  const BatchHeader header = *ParseBatchHeader(batch);
  const std::string_view body = std::string_view(batch).substr(kBatchHeaderBytes + 2);
  for (std::size_t length = 0; length < body.size(); ++length) {
    char size[kMaxVarint32Bytes];
    const std::string cut(size, WriteVarint(size, ZigZag(static_cast<std::int64_t>(length))));
    const std::string forged = Seal(header, cut + std::string(body.substr(0, length)));
    const std::vector<char> exactly(forged.begin(), forged.end());
    ASSERT_EQ(RefusalOf(std::string_view(exactly.data(), exactly.size())), ErrorCode::INVALID_BATCH)
        << length;
  }
}

TEST(ValidateBatch, RefusesEveryFlippedBitOutsideOffsetAndEpoch) {
  for (const Compression codec : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                                  Compression::kLz4, Compression::kZstd}) {
    std::string batch = SampleBatch(3, codec);
    for (std::size_t bit = 0; bit < batch.size() * 8; ++bit) {
      const std::size_t byte = bit / 8;
      batch[byte] ^= static_cast<char>(1 << bit % 8);
      const auto result = ValidateBatch(batch, {});
      const bool sign_of_base_offset = bit == 7;
      const bool placed_by_the_broker =
          byte < kBaseOffsetField.end() || (byte >= kEpochField.offset && byte < kEpochField.end());
      ASSERT_EQ(result.has_value(), placed_by_the_broker && !sign_of_base_offset) << bit;
      batch[byte] ^= static_cast<char>(1 << bit % 8);
    }
  }
}

TEST(ValidateBatch, SurvivesEveryFlippedBitUnderACrcThatFits) {
  const std::string batch = SampleBatch(3);
  const BatchHeader header = *ParseBatchHeader(batch);
  std::string payload = batch.substr(kBatchHeaderBytes);
  for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
    payload[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const std::string forged = Seal(header, payload);
    // A flip within a key or a value makes another sound batch; whatever is accepted reads well.
    if (ValidateBatch(forged, {})) {
      EXPECT_EQ(testing::Describe(forged).size(), 3u);
    }
    payload[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(ValidateBatch, CallsAWrongCrcCorrupt) {
  std::string batch = SampleBatch(5);
  batch.back() ^= 1;
  EXPECT_EQ(RefusalOf(batch), ErrorCode::CORRUPT_BATCH);
  batch.back() ^= 1;
  batch[kCrcField.offset] ^= 1;
  EXPECT_EQ(RefusalOf(batch), ErrorCode::CORRUPT_BATCH);
}

TEST(ValidateBatch, RefusesABatchWithoutRecords) {
  BatchHeader header = HeaderFor(1);
  header.record_count = 0;
  EXPECT_EQ(RefusalOf(Seal(header, {})), ErrorCode::INVALID_BATCH);
}

TEST(ValidateBatch, RefusesARecordWithoutKeyWhereKeysAreRequired) {
  BatchLimits limits;
  limits.keys_required = true;
  for (const Compression codec : {Compression::kNone, Compression::kZstd}) {
    EXPECT_TRUE(
        ValidateBatch(Encode({{"", "v", {}, 1}, {"k", std::nullopt, {}, 1}}, codec), limits));
    const std::string without = Encode({{"k", "v", {}, 1}, {std::nullopt, "v", {}, 1}}, codec);
    EXPECT_EQ(RefusalOf(without, limits), ErrorCode::KEY_REQUIRED);
    EXPECT_TRUE(ValidateBatch(without, {}));
    EXPECT_EQ(ValidateBatch(without, limits).error().message, "record 2 of 2 has no key");
  }
}

TEST(ValidateBatch, RefusesWhatFollowsTheBatch) {
  const std::string batch = SampleBatch(5);
  EXPECT_EQ(RefusalOf(batch + '\0'), ErrorCode::INVALID_BATCH);
  EXPECT_EQ(RefusalOf(batch + batch), ErrorCode::INVALID_BATCH);
}

TEST(ValidateBatch, RefusesABatchBeyondTheLimitByItsSizeAlone) {
  const std::string batch = SampleBatch(100);
  BatchLimits limits;
  limits.max_batch_bytes = batch.size();
  EXPECT_TRUE(ValidateBatch(batch, limits));
  limits.max_batch_bytes = batch.size() - 1;
  EXPECT_EQ(RefusalOf(batch, limits), ErrorCode::RECORD_TOO_LARGE);
  EXPECT_EQ(RefusalOf(std::string(batch.size(), 'x'), limits), ErrorCode::RECORD_TOO_LARGE);
}

TEST(ValidateBatch, RefusesAnotherMagicCodecOrAttributeUnderACrcThatFits) {
  BatchHeader header = HeaderFor(1);
  header.magic = 1;
  EXPECT_EQ(RefusalOf(Seal(header, kSoundRecord)), ErrorCode::UNSUPPORTED_BATCH);
  for (const std::int16_t attributes : {5, 6, 7, 8, 16, 32, 64, 128, 256, 0x4000}) {
    header = HeaderFor(1);
    header.attributes = attributes;
    EXPECT_EQ(RefusalOf(Seal(header, kSoundRecord)), ErrorCode::UNSUPPORTED_BATCH) << attributes;
  }
}

TEST(ValidateBatch, RefusesCountsThatDoNotFitTheRecords) {
  EXPECT_EQ(MessageOf(std::string(kSoundRecord) + "\x0e\0\0\x02\x02k\x01\0"s, 1),
            "8 bytes follow the last record that the batch counts");
  EXPECT_EQ(MessageOf(kSoundRecord, 2), "record 2 of 2 has a broken length");
  EXPECT_EQ(MessageOf(kSoundRecord, std::numeric_limits<std::int32_t>::max()),
            "record 2 of 2147483647 has a broken length");
  EXPECT_EQ(MessageOf("", 1), "record 1 of 1 has a broken length");
}

TEST(ValidateBatch, RefusesALastOffsetThatDoesNotFitTheCount) {
  BatchHeader header = HeaderFor(1);
  header.last_offset_delta = 1;
  EXPECT_EQ(RefusalOf(Seal(header, kSoundRecord)), ErrorCode::INVALID_BATCH);
}

TEST(ValidateBatch, RefusesOffsetDeltasThatAreNotDense) {
  const std::string second_is_0 = std::string(kSoundRecord) + std::string(kSoundRecord);
  EXPECT_EQ(MessageOf(second_is_0, 2), "record 2 of 2 breaks the row of offsets");
  const std::string second_is_2 = std::string(kSoundRecord) + "\x0e\0\0\x04\x02k\x01\0"s;
  EXPECT_EQ(MessageOf(second_is_2, 2), "record 2 of 2 breaks the row of offsets");
  EXPECT_EQ(MessageOf("\x0e\0\0\x02\x02k\x01\0"sv), "record 1 of 1 breaks the row of offsets");
  EXPECT_EQ(MessageOf("\x0e\0\0\x01\x02k\x01\0"sv), "record 1 of 1 breaks the row of offsets");
}

TEST(ValidateBatch, RefusesAMaximumTimestampThatIsWrong) {
  for (const TimestampMs declared : {-1, 1, 1000}) {
    BatchHeader header = HeaderFor(1);
    header.max_timestamp_ms = declared;
    EXPECT_EQ(RefusalOf(Seal(header, kSoundRecord)), ErrorCode::INVALID_BATCH) << declared;
  }
}

TEST(ValidateBatch, RefusesTimestampsThatAreNegativeOrOverflow) {
  BatchHeader header = HeaderFor(1);
  header.base_timestamp_ms = -1;
  EXPECT_EQ(RefusalOf(Seal(header, kSoundRecord)), ErrorCode::INVALID_BATCH);
  EXPECT_EQ(MessageOf("\x0e\0\x01\0\x02k\x01\0"sv), "record 1 of 1 has a timestamp out of range");

  header.base_timestamp_ms = header.max_timestamp_ms = std::numeric_limits<TimestampMs>::max();
  EXPECT_TRUE(ValidateBatch(Seal(header, kSoundRecord), {}));
  EXPECT_EQ(RefusalOf(Seal(header, "\x0e\0\x02\0\x02k\x01\0"sv)), ErrorCode::INVALID_BATCH);
}

TEST(ValidateBatch, RefusesLengthsOfRecordsThatAreNegativeOrDoNotFit) {
  EXPECT_EQ(MessageOf("\x01"sv), "record 1 of 1 has a length that does not fit the batch");
  EXPECT_EQ(MessageOf("\x10\0\0\0\x02k\x01\0"sv),
            "record 1 of 1 has a length that does not fit the batch");
  EXPECT_EQ(MessageOf("\xfe\xff\xff\xff\x0f\0"sv),
            "record 1 of 1 has a length that does not fit the batch");
  EXPECT_EQ(MessageOf("\0"sv), "record 1 of 1 is empty");
}

TEST(ValidateBatch, RefusesLengthsOfKeysAndValuesThatAreNegativeOrDoNotFit) {
  const std::string_view key = "record 1 of 1 has a key that does not fit it";
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x03\x01\0"sv)), key);  // -2
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x06kk"sv)), key);
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\xff\xff\xff\xff\x0f\x01\0"sv)), key);
  const std::string_view value = "record 1 of 1 has a value that does not fit it";
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x03\0"sv)), value);
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x06v\0"sv)), value);
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01"sv)), value);
}

TEST(ValidateBatch, RefusesVarintsThatAreTooLong) {
  EXPECT_EQ(MessageOf("\x8e\x80\x80\x80\x80\0\0\0\0\x02k\x01\0"sv),
            "record 1 of 1 has a broken length");
  EXPECT_EQ(MessageOf(RecordOf("\0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0\0\x01\x01\0"sv)),
            "record 1 of 1 has a broken timestamp delta");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\x80\x80\x80\x80\x10\x01\x01\0"sv)),
            "record 1 of 1 has a broken offset delta");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\xff\xff\xff\xff\xff\0"sv)),
            "record 1 of 1 has a broken header count");
}

TEST(ValidateBatch, RefusesHeadersThatDoNotFillTheRecordExactly) {
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\x01"sv)),
            "record 1 of 1 has a negative header count");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\0x"sv)),
            "record 1 of 1 has bytes behind its last header");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\x04\x02h\x02v"sv)),
            "record 1 of 1 has fewer headers than it counts");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\xfe\xff\xff\xff\x0f\0\x01"sv)),
            "record 1 of 1 has fewer headers than it counts");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\x02\x02h\x04v"sv)),
            "record 1 of 1 has a header value that does not fit it");
}

TEST(ValidateBatch, RefusesHeaderNamesThatAreNullOrNotUtf8) {
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\x02\x01\x02v"sv)),
            "record 1 of 1 has a header name that does not fit it");
  EXPECT_EQ(MessageOf(RecordOf("\0\0\0\x01\x01\x02\x02\xff\x02v"sv)),
            "record 1 of 1 has a header name that is not UTF-8");
}

TEST(ValidateBatch, RefusesUnknownAttributesOfARecord) {
  EXPECT_EQ(MessageOf(RecordOf("\x01\0\0\x01\x01\0"sv)), "record 1 of 1 has unknown attributes");
}

TEST(ValidateBatch, RefusesADamagedRecordWithinACompressedBatch) {
  for (const Compression codec :
       {Compression::kGzip, Compression::kSnappy, Compression::kLz4, Compression::kZstd}) {
    BatchHeader header = HeaderFor(2);
    header.attributes = static_cast<std::int16_t>(codec);
    std::string payload;
    Compress(codec, 0, std::string(kSoundRecord) + std::string(kSoundRecord), &payload);
    EXPECT_EQ(RefusalOf(Seal(header, payload)), ErrorCode::INVALID_BATCH);
  }
}

TEST(ValidateBatch, RefusesACompressedBatchBeyondTheInflatedLimit) {
  BatchLimits limits;
  limits.max_inflated_bytes = 1000;
  for (const Compression codec :
       {Compression::kGzip, Compression::kSnappy, Compression::kLz4, Compression::kZstd}) {
    EXPECT_EQ(RefusalOf(SampleBatch(100, codec), limits), ErrorCode::INVALID_BATCH);
    EXPECT_TRUE(ValidateBatch(SampleBatch(10, codec), limits));
  }
}

}  // namespace
}  // namespace strata
