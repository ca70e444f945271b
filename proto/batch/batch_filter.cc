#include "proto/batch/batch_filter.h"

#include <algorithm>
#include <utility>

#include "proto/base/big_endian.h"
#include "proto/batch/compression.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/header_layout.h"
#include "proto/batch/record_codec.h"

namespace strata {
namespace {

using record_codec::EncodedRecord;
using record_codec::Fault;

// The records of a batch, inflated.
struct Payload {
  std::string inflated;
  std::string_view records;
};

Result<void> OpenPayload(std::string_view batch, const BatchHeader& header,
                         std::size_t max_inflated_bytes, Payload* payload) {
  payload->records = batch.substr(kBatchHeaderBytes);
  if (header.compression() == Compression::kNone) return Ok();
  STRATA_TRY_ASSIGN(payload->inflated,
                    Decompress(header.compression(), payload->records, max_inflated_bytes));
  payload->records = payload->inflated;
  return Ok();
}

RecordKey KeyOf(const BatchHeader& header, const EncodedRecord& record) {
  return {header.base_offset + record.offset_delta, record.key, !record.value.has_value()};
}

// Calls visit(record, its bytes) for each record until it returns false.
template <class Visit>
Result<void> VisitRecords(const BatchHeader& header, std::string_view records, Visit visit) {
  for (std::int32_t i = 0; i < header.record_count; ++i) {
    const std::string_view before = records;
    EncodedRecord record;
    if (const Fault fault = record_codec::TakeRecord(records, &record)) {
      return Fail(ErrorCode::INVALID_BATCH, "record " + std::to_string(i + 1) + " of " +
                                                std::to_string(header.record_count) + " " + fault);
    }
    if (!visit(record, before.substr(0, before.size() - records.size()))) return Ok();
  }
  return Ok();
}

// The bytes of a batch with this header, whose length, record count and CRC are set to fit.
std::string Seal(BatchHeader header, std::string_view payload) {
  std::string batch(kBatchHeaderBytes, '\0');
  batch.append(payload);
  header.batch_length = static_cast<std::int32_t>(batch.size() - kLengthCountsFrom);
  EncodeBatchHeader(header, batch.data());
  const std::uint32_t crc = Crc32c(std::string_view(batch).substr(kCrcCoversFrom));
  StoreBigEndian(batch.data() + kCrcField.offset, crc);
  return batch;
}

}  // namespace

Result<void> VisitKeys(std::string_view batch, std::size_t max_inflated_bytes,
                       const std::function<bool(const RecordKey&)>& visit) {
  STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(batch));
  if (header.record_count == 0) return Ok();
  Payload payload;
  STRATA_TRY(OpenPayload(batch, header, max_inflated_bytes, &payload));
  return VisitRecords(header, payload.records, [&](const EncodedRecord& record, std::string_view) {
    return visit(KeyOf(header, record));
  });
}

Result<FilteredBatch> FilterBatch(std::string_view batch, std::size_t max_inflated_bytes,
                                  const std::function<bool(const RecordKey&)>& keep) {
  STRATA_TRY_ASSIGN(BatchHeader header, ParseBatchHeader(batch));
  FilteredBatch filtered;
  if (header.record_count == 0) return filtered;
  Payload payload;
  STRATA_TRY(OpenPayload(batch, header, max_inflated_bytes, &payload));

  std::string kept;
  TimestampMs max_timestamp_ms = kNoTimestamp;
  std::string_view unchanged = payload.records;
  STRATA_TRY(VisitRecords(
      header, payload.records, [&](const EncodedRecord& record, std::string_view bytes) {
        if (keep(KeyOf(header, record))) {
          max_timestamp_ms =
              std::max(max_timestamp_ms, header.base_timestamp_ms + record.timestamp_delta_ms);
          if (filtered.dropped > 0) kept.append(bytes);
          ++filtered.kept;
          return true;
        }
        // Only now it is worth while to copy.
        if (filtered.dropped == 0) {
          kept.assign(unchanged.data(), static_cast<std::size_t>(bytes.data() - unchanged.data()));
        }
        ++filtered.dropped;
        return true;
      }));
  if (filtered.dropped == 0 || filtered.kept == 0) return filtered;

  header.record_count = filtered.kept;
  header.max_timestamp_ms = max_timestamp_ms;
  std::string compressed;
  if (header.compression() != Compression::kNone) {
    Compress(header.compression(), /*level=*/0, kept, &compressed);
    kept = std::move(compressed);
  }
  filtered.bytes = Seal(header, kept);
  return filtered;
}

std::string EmptyBatch(Offset base_offset, Offset next_offset, std::int32_t epoch) {
  BatchHeader header;
  header.base_offset = base_offset;
  header.epoch = epoch;
  header.last_offset_delta = static_cast<std::int32_t>(next_offset - base_offset - 1);
  header.base_timestamp_ms = kNoTimestamp;
  header.max_timestamp_ms = kNoTimestamp;
  return Seal(header, {});
}

}  // namespace strata
