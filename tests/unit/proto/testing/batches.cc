#include "tests/unit/proto/testing/batches.h"

#include <gtest/gtest.h>

#include "proto/base/big_endian.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/header_layout.h"

namespace strata::testing {
namespace {

std::string Quoted(const std::optional<std::string_view>& bytes) {
  return bytes ? "'" + std::string(*bytes) + "'" : "null";
}

}  // namespace

std::string Encode(const std::vector<RecordView>& records, Compression compression, int level) {
  RecordBatchBuilder builder(compression, level);
  for (const RecordView& record : records) builder.Add(record);
  return builder.Finish();
}

std::string SampleBatch(std::int32_t count, Compression compression) {
  RecordBatchBuilder builder(compression);
  for (std::int32_t i = 0; i < count; ++i) {
    const std::string key = "key-" + std::to_string(i % 10);
    const std::string value = "value number " + std::to_string(i);
    builder.Add({key, value, {{"n", key}}, 1'700'000'000'000 + i});
  }
  return builder.Finish();
}

std::string Seal(BatchHeader header, std::string_view payload) {
  std::string batch(kBatchHeaderBytes, '\0');
  batch.append(payload);
  header.batch_length = static_cast<std::int32_t>(batch.size() - kLengthCountsFrom);
  EncodeBatchHeader(header, batch.data());
  StoreBigEndian(batch.data() + kCrcField.offset,
                 Crc32c(std::string_view(batch).substr(kCrcCoversFrom)));
  return batch;
}

BatchHeader HeaderFor(std::int32_t record_count) {
  BatchHeader header;
  header.record_count = record_count;
  header.last_offset_delta = record_count - 1;
  return header;
}

std::string Describe(const RecordView& record) {
  std::string text =
      std::to_string(record.timestamp_ms) + " " + Quoted(record.key) + "=" + Quoted(record.value);
  for (const HeaderView& header : record.headers) {
    text += " [" + std::string(header.name) + ":" + Quoted(header.value) + "]";
  }
  return text;
}

std::vector<std::string> Describe(std::string_view batch) {
  std::vector<std::string> described;
  auto reader = RecordBatchReader::Open(batch);
  EXPECT_TRUE(reader) << reader.error().message;
  if (!reader) return described;
  RecordView record;
  while (reader->Next(&record)) described.push_back(Describe(record));
  EXPECT_TRUE(reader->status()) << reader->status().error().message;
  return described;
}

ErrorCode RefusalOf(std::string_view batch, const BatchLimits& limits) {
  const auto result = ValidateBatch(batch, limits);
  EXPECT_FALSE(result) << "the batch was accepted";
  if (result) return ErrorCode::INTERNAL;
  EXPECT_NE(result.error().message, "");
  return result.error().code;
}

}  // namespace strata::testing
