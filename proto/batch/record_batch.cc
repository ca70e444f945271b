#include "proto/batch/record_batch.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "proto/batch/compression.h"
#include "proto/batch/record_codec.h"

namespace strata {
namespace {

using record_codec::EncodedRecord;
using record_codec::Fault;

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::INVALID_BATCH, std::move(message));
}

tl::unexpected<Error> InvalidRecord(std::int32_t index, const BatchHeader& header, Fault fault) {
  return Invalid("record " + std::to_string(index + 1) + " of " +
                 std::to_string(header.record_count) + " " + fault);
}

tl::unexpected<Error> BytesBehindRecords(std::size_t count) {
  return Invalid(std::to_string(count) + " bytes follow the last record that the batch counts");
}

// Of a batch of `total_bytes` that begins with `front`.
Result<BatchHeader> ParseHeaderOfOneBatch(std::string_view front, std::size_t total_bytes) {
  STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(front));
  if (header.total_bytes() != total_bytes) {
    return Invalid("the batch declares " + std::to_string(header.total_bytes()) +
                   " bytes and there are " + std::to_string(total_bytes));
  }
  return header;
}

tl::unexpected<Error> Incomplete(const BatchHeader& header, std::size_t left_bytes) {
  return Invalid("the batch declares " + std::to_string(header.total_bytes()) + " bytes and only " +
                 std::to_string(left_bytes) + " are left");
}

// A batch in pieces, back to back.
using Pieces = std::span<const std::string_view>;

std::vector<std::string_view> ViewsOf(const Fragments& fragments) {
  std::vector<std::string_view> views;
  views.reserve(fragments.size());
  for (const SharedBytes& fragment : fragments) views.push_back(fragment.view());
  return views;
}

std::size_t BytesIn(Pieces pieces) {
  std::size_t bytes = 0;
  for (const std::string_view piece : pieces) bytes += piece.size();
  return bytes;
}

// The header, or what there is of it, which is put together in `memory` if it has to be.
std::string_view HeaderBytes(Pieces batch, std::array<char, kBatchHeaderBytes>* memory) {
  if (!batch.empty() && batch.front().size() >= memory->size()) return batch.front();
  std::size_t there = 0;
  for (const std::string_view piece : batch) {
    there += piece.copy(memory->data() + there, memory->size() - there);
  }
  return {memory->data(), there};
}

Result<std::string> Inflate(const BatchHeader& header, Pieces batch, std::size_t max_bytes) {
  if (batch.size() == 1) {
    return Decompress(header.compression(), batch.front().substr(kBatchHeaderBytes), max_bytes);
  }
  std::string joined;
  joined.reserve(header.total_bytes());
  for (const std::string_view piece : batch) joined.append(piece);
  const std::string_view payload = std::string_view(joined).substr(kBatchHeaderBytes);
  return Decompress(header.compression(), payload, max_bytes);
}

// Sets `*timestamp_ms` from base and delta.
Fault ResolveTimestamp(const BatchHeader& header, const EncodedRecord& record,
                       TimestampMs* timestamp_ms) {
  if (__builtin_add_overflow(header.base_timestamp_ms, record.timestamp_delta_ms, timestamp_ms) ||
      *timestamp_ms < 0) {
    return "has a timestamp out of range";
  }
  return nullptr;
}

Fault CheckRecord(const BatchHeader& header, std::int32_t index, RecordSource& records,
                  TimestampMs* timestamp_ms, bool* has_key) {
  EncodedRecord record;
  if (const Fault fault = records.Take(&record)) return fault;
  *has_key = record.key.has_value();
  const auto ignore = [](const HeaderView&) {};
  if (const Fault fault = record_codec::VisitHeaders(record, ignore)) return fault;
  if (record.offset_delta != index) return "breaks the row of offsets";
  return ResolveTimestamp(header, record, timestamp_ms);
}

Result<void> CheckRecords(const BatchHeader& header, RecordSource records,
                          const BatchLimits& limits) {
  TimestampMs max_timestamp_ms = 0;
  TimestampMs timestamp_ms = 0;
  for (std::int32_t i = 0; i < header.record_count; ++i) {
    bool has_key = false;
    if (const Fault fault = CheckRecord(header, i, records, &timestamp_ms, &has_key)) {
      return InvalidRecord(i, header, fault);
    }
    if (limits.keys_required && !has_key) {
      return Fail(ErrorCode::KEY_REQUIRED, "record " + std::to_string(i + 1) + " of " +
                                               std::to_string(header.record_count) + " has no key");
    }
    max_timestamp_ms = std::max(max_timestamp_ms, timestamp_ms);
  }
  if (const std::size_t left = records.left_bytes()) return BytesBehindRecords(left);
  if (max_timestamp_ms != header.max_timestamp_ms) {
    return Invalid("the batch declares the maximum timestamp " +
                   std::to_string(header.max_timestamp_ms) + " and its records reach " +
                   std::to_string(max_timestamp_ms));
  }
  return Ok();
}

Result<BatchHeader> Validate(Pieces batch, const BatchLimits& limits) {
  const std::size_t total_bytes = BytesIn(batch);
  if (total_bytes > limits.max_batch_bytes) {
    return Fail(ErrorCode::RECORD_TOO_LARGE, "the batch has " + std::to_string(total_bytes) +
                                                 " bytes and the limit is " +
                                                 std::to_string(limits.max_batch_bytes));
  }
  std::array<char, kBatchHeaderBytes> memory;
  STRATA_TRY_ASSIGN(const BatchHeader header,
                    ParseHeaderOfOneBatch(HeaderBytes(batch, &memory), total_bytes));
  if (BatchCrc(batch) != header.crc) {
    return Fail(ErrorCode::CORRUPT_BATCH, "the CRC of the batch does not fit its content");
  }
  if (header.record_count == 0) return Invalid("the batch has no records");
  if (header.last_offset_delta != header.record_count - 1) {
    return Invalid("the last offset delta " + std::to_string(header.last_offset_delta) +
                   " does not fit " + std::to_string(header.record_count) + " records");
  }
  if (header.base_timestamp_ms < 0) return Invalid("the batch has a negative base timestamp");
  if (header.producer_id != -1 && !header.numbered()) {
    return Invalid("the batch has a producer id, epoch or sequence below 0");
  }

  if (header.compression() == Compression::kNone) {
    STRATA_TRY(CheckRecords(header, RecordSource(batch, kBatchHeaderBytes), limits));
  } else {
    STRATA_TRY_ASSIGN(const std::string inflated,
                      Inflate(header, batch, limits.max_inflated_bytes));
    STRATA_TRY(CheckRecords(header, RecordSource(inflated), limits));
  }
  return header;
}

}  // namespace

Result<BatchHeader> ValidateBatch(std::string_view batch, const BatchLimits& limits) {
  return Validate({&batch, 1}, limits);
}

Result<BatchHeader> ValidateBatch(const Fragments& batch, const BatchLimits& limits) {
  if (batch.size() == 1) return ValidateBatch(batch.front().view(), limits);
  return Validate(ViewsOf(batch), limits);
}

Result<RecordBatchReader> RecordBatchReader::Open(std::string_view batch,
                                                  std::size_t max_inflated_bytes) {
  RecordBatchReader reader;
  STRATA_TRY_ASSIGN(reader.header_, ParseHeaderOfOneBatch(batch, batch.size()));
  STRATA_TRY(reader.Begin({&batch, 1}, max_inflated_bytes));
  return reader;
}

Result<RecordBatchReader> RecordBatchReader::OpenReceived(const Fragments& batch,
                                                          std::size_t max_inflated_bytes) {
  RecordBatchReader reader;
  reader.pieces_ = ViewsOf(batch);
  std::array<char, kBatchHeaderBytes> memory;
  STRATA_TRY_ASSIGN(reader.header_, ParseHeaderOfOneBatch(HeaderBytes(reader.pieces_, &memory),
                                                          BytesIn(reader.pieces_)));
  if (BatchCrc(reader.pieces_) != reader.header_.crc) {
    return Fail(ErrorCode::CORRUPT_BATCH, "the batch at offset " +
                                              std::to_string(reader.header_.base_offset) +
                                              " does not fit its checksum");
  }
  STRATA_TRY(reader.Begin(reader.pieces_, max_inflated_bytes));
  return reader;
}

Result<void> RecordBatchReader::Begin(std::span<const std::string_view> batch,
                                      std::size_t max_inflated_bytes) {
  if (header_.compression() == Compression::kNone) {
    records_ = batch.size() == 1 ? RecordSource(batch.front().substr(kBatchHeaderBytes))
                                 : RecordSource(batch, kBatchHeaderBytes);
  } else {
    STRATA_TRY_ASSIGN(std::string records, Inflate(header_, batch, max_inflated_bytes));
    inflated_ = std::make_unique<const std::string>(std::move(records));
    records_ = RecordSource(*inflated_);
  }
  return Ok();
}

bool RecordBatchReader::Next(RecordView* record) {
  if (!status_) return false;
  if (next_index_ == header_.record_count) {
    if (const std::size_t left = records_.left_bytes()) status_ = BytesBehindRecords(left);
    return false;
  }
  if (const char* fault = TakeNext(record)) {
    status_ = InvalidRecord(next_index_, header_, fault);
    return false;
  }
  ++next_index_;
  return true;
}

const char* RecordBatchReader::TakeNext(RecordView* record) {
  EncodedRecord encoded;
  if (const Fault fault = records_.Take(&encoded)) return fault;
  record->headers.clear();
  const auto keep = [record](const HeaderView& header) { record->headers.push_back(header); };
  if (const Fault fault = record_codec::VisitHeaders(encoded, keep)) return fault;

  // Batches arrive dense, but compaction may leave only some of a batch's records in a log.
  const std::int32_t delta = encoded.offset_delta;
  if (delta < lowest_delta_ || delta > header_.last_offset_delta) {
    return "breaks the row of offsets";
  }
  lowest_delta_ = std::int64_t{delta} + 1;
  record->key = encoded.key;
  record->value = encoded.value;
  record->offset = header_.base_offset + delta;
  return ResolveTimestamp(header_, encoded, &record->timestamp_ms);
}

Result<std::string_view> TakeBatch(std::string_view& bytes) {
  STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(bytes));
  if (header.total_bytes() > bytes.size()) return Incomplete(header, bytes.size());
  const std::string_view batch = bytes.substr(0, header.total_bytes());
  bytes.remove_prefix(batch.size());
  return batch;
}

Result<ReceivedBatch> TakeBatch(FragmentReader& batches) {
  std::array<char, kBatchHeaderBytes> front;
  STRATA_TRY_ASSIGN(const BatchHeader header,
                    ParseBatchHeader({front.data(), batches.Peek(front)}));
  if (header.total_bytes() > batches.left_bytes()) {
    return Incomplete(header, batches.left_bytes());
  }
  return ReceivedBatch{header, batches.Take(header.total_bytes())};
}

}  // namespace strata
