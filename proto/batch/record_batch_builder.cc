#include <algorithm>
#include <utility>

#include "proto/base/big_endian.h"
#include "proto/batch/compression.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/header_layout.h"
#include "proto/batch/record_batch.h"
#include "proto/batch/record_codec.h"

namespace strata {
namespace {

constexpr std::size_t kFirstBufferBytes = 4 << 10;

void WriteCrc(std::string* batch) {
  const std::uint32_t crc = Crc32c(std::string_view(*batch).substr(kCrcCoversFrom));
  StoreBigEndian(batch->data() + kCrcField.offset, crc);
}

}  // namespace

RecordBatchBuilder::RecordBatchBuilder(Compression compression, int level, std::string memory)
    : compression_(compression),
      level_(level),
      buffer_(std::move(memory)),
      expected_bytes_(kFirstBufferBytes) {}

void RecordBatchBuilder::Add(const RecordView& record, TimestampMs timestamp_ms) {
  if (record_count_ == 0) base_timestamp_ms_ = max_timestamp_ms_ = timestamp_ms;
  max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);

  const std::int64_t timestamp_delta = timestamp_ms - base_timestamp_ms_;
  const std::size_t body = record_codec::BodyBytes(record, timestamp_delta, record_count_);
  const std::size_t total = record_codec::TotalBytes(body);
  record_codec::WriteRecord(record, timestamp_delta, record_count_, body, Extend(total));
  ++record_count_;
}

char* RecordBatchBuilder::Extend(std::size_t count) {
  const std::size_t position = used_;
  used_ += count;
  if (used_ > buffer_.size()) Grow(2 * position);
  return buffer_.data() + position;
}

void RecordBatchBuilder::Grow(std::size_t wanted) {
  wanted = std::max({used_, wanted, expected_bytes_});
  // What is there is used up before more is fetched.
  if (used_ <= buffer_.capacity()) wanted = std::min(wanted, buffer_.capacity());
  buffer_.resize(wanted);
}

void RecordBatchBuilder::SetProducer(std::int64_t producer_id, std::int16_t producer_epoch,
                                     std::int32_t base_sequence) {
  producer_id_ = producer_id;
  producer_epoch_ = producer_epoch;
  base_sequence_ = base_sequence;
}

std::string RecordBatchBuilder::Finish() {
  std::string batch = compression_ == Compression::kNone ? TakeUncompressed() : CompressRecords();
  WriteHeader(&batch);
  Reset();
  return batch;
}

std::string RecordBatchBuilder::TakeUncompressed() {
  buffer_.resize(used_);
  return std::exchange(buffer_, {});
}

std::string RecordBatchBuilder::CompressRecords() const {
  std::string batch(kBatchHeaderBytes, '\0');
  const std::string_view written(buffer_.data(), used_);
  Compress(compression_, level_, written.substr(kBatchHeaderBytes), &batch);
  return batch;
}

void RecordBatchBuilder::WriteHeader(std::string* batch) const {
  BatchHeader header;
  header.batch_length = static_cast<std::int32_t>(batch->size() - kLengthCountsFrom);
  header.attributes = static_cast<std::int16_t>(compression_);
  header.last_offset_delta = record_count_ - 1;
  header.base_timestamp_ms = base_timestamp_ms_;
  header.max_timestamp_ms = max_timestamp_ms_;
  header.producer_id = producer_id_;
  header.producer_epoch = producer_epoch_;
  header.base_sequence = base_sequence_;
  header.record_count = record_count_;
  EncodeBatchHeader(header, batch->data());
  WriteCrc(batch);
}

std::string WithProducer(std::string_view batch, std::int64_t producer_id,
                         std::int16_t producer_epoch, std::int32_t base_sequence) {
  std::string copy(batch);
  StoreBigEndian(copy.data() + kProducerIdField.offset, producer_id);
  StoreBigEndian(copy.data() + kProducerEpochField.offset, producer_epoch);
  StoreBigEndian(copy.data() + kBaseSequenceField.offset, base_sequence);
  WriteCrc(&copy);
  return copy;
}

void RecordBatchBuilder::Reset() {
  // The next batch is likely to grow about as large as this one.
  expected_bytes_ = std::max(kFirstBufferBytes, used_ + used_ / 8);
  used_ = kBatchHeaderBytes;
  record_count_ = 0;
  SetProducer(-1, -1, -1);
}

}  // namespace strata
