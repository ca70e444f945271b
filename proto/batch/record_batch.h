// Encoding, validating and decoding record batches (Kafka's v2 layout, see FORMAT.md).
//
// Who uses what: the client encodes with RecordBatchBuilder; the broker checks what arrives with
// ValidateBatch, once, and stores it as it came; whoever wants records uses RecordBatchReader.
// Pure functions and objects without locks: use an object from one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/fragments.h"
#include "proto/batch/batch_header.h"
#include "proto/batch/record.h"
#include "proto/batch/record_source.h"

namespace strata {

struct BatchLimits {
  std::size_t max_batch_bytes = 16 << 20;     // encoded, header included
  std::size_t max_inflated_bytes = 64 << 20;  // the records after decompression
  bool keys_required = false;                 // as in compacted topics
};

// Checks everything there is to check about a batch that comes from outside: one complete batch
// and nothing behind it, header, CRC, bounded decompression, and every record's length, deltas
// (dense from 0), varints and headers; timestamps >= 0, and the maximum as declared. The base
// offset and the epoch in the result are whatever the sender wrote there.
// RECORD_TOO_LARGE (beyond max_batch_bytes), CORRUPT_BATCH (the CRC), INVALID_BATCH (also: no
// records, as compaction may leave it), UNSUPPORTED_BATCH, KEY_REQUIRED. Does not allocate for an
// uncompressed batch that is sound.
Result<BatchHeader> ValidateBatch(std::string_view batch, const BatchLimits& limits);
// The same for a batch in fragments. Of an uncompressed one only those records are copied that lie
// in several.
Result<BatchHeader> ValidateBatch(const Fragments& batch, const BatchLimits& limits);

// Collects records and encodes them as one batch. Appending encodes at once: no allocation per
// record beyond the growth of one buffer, which Finish hands out. The caller bounds the batch:
// uncompressed_bytes() must stay below 2 GiB.
class RecordBatchBuilder {
 public:
  // `level`: as the codec counts it; 0 stands for the codec's own default. `memory` is where
  // records are gathered, as long as they fit into what it has room for; what it holds means
  // nothing.
  explicit RecordBatchBuilder(Compression compression = Compression::kNone, int level = 0,
                              std::string memory = {});

  // Copies the record in. Its timestamp must be >= 0 and the names of its headers UTF-8, or the
  // broker will refuse the batch; its offset is ignored.
  void Add(const RecordView& record) { Add(record, record.timestamp_ms); }
  // With this timestamp instead of its own.
  void Add(const RecordView& record, TimestampMs timestamp_ms);

  // For idempotent producers; -1, -1, -1 until set.
  void SetProducer(std::int64_t producer_id, std::int16_t producer_epoch,
                   std::int32_t base_sequence);

  bool empty() const { return record_count_ == 0; }
  std::int32_t record_count() const { return record_count_; }
  // What Finish would return without compression.
  std::size_t uncompressed_bytes() const { return used_; }

  // The encoded batch, with base offset 0; the builder is empty afterwards and can be used again
  // (the producer is unset). At least one record must have been added.
  std::string Finish();

  // Behind the last Finish, where it has compressed: what records were gathered in.
  std::string TakeMemory() { return std::exchange(buffer_, {}); }

 private:
  char* Extend(std::size_t count);  // the start of `count` more bytes in the buffer
  void Grow(std::size_t wanted);    // to what is used at least
  std::string TakeUncompressed();
  std::string CompressRecords() const;
  void WriteHeader(std::string* batch) const;
  void Reset();

  const Compression compression_;
  const int level_;
  std::string buffer_;  // room for the header, the records, and behind `used_` room for more
  std::size_t used_ = kBatchHeaderBytes;
  std::size_t expected_bytes_;  // how much to make room for when the buffer is empty
  std::int32_t record_count_ = 0;
  TimestampMs base_timestamp_ms_ = 0;
  TimestampMs max_timestamp_ms_ = 0;
  std::int64_t producer_id_ = -1;
  std::int16_t producer_epoch_ = -1;
  std::int32_t base_sequence_ = -1;
};

// Walks the records of one batch.
//
//   STRATA_TRY_ASSIGN(auto reader, RecordBatchReader::Open(batch, limits.max_inflated_bytes));
//   RecordView record;
//   while (reader.Next(&record)) Use(record);
//   STRATA_TRY(reader.status());
class RecordBatchReader {
 public:
  // `batch` is exactly one batch and must outlive the reader. Decompresses, up to
  // `max_inflated_bytes`. Does not check the CRC. Errors as ParseBatchHeader, and INVALID_BATCH if
  // the payload does not inflate within the limit.
  static Result<RecordBatchReader> Open(std::string_view batch,
                                        std::size_t max_inflated_bytes = 64 << 20);
  // The same for a batch as it came from a broker, in fragments whose memory outlives the reader.
  // Checks the CRC, too: CORRUPT_BATCH.
  static Result<RecordBatchReader> OpenReceived(const Fragments& batch,
                                                std::size_t max_inflated_bytes = 64 << 20);

  const BatchHeader& header() const { return header_; }

  // Fills `record` with the next record, with views into the batch or into what this reader had to
  // copy of it: valid until the reader is destroyed (moving it keeps them). Returns false at the
  // end, and at damage: see status(). Reuses the capacity of `record->headers`.
  bool Next(RecordView* record);

  // INVALID_BATCH if a record is damaged, or if bytes follow the last one.
  const Result<void>& status() const { return status_; }

 private:
  RecordBatchReader() = default;

  Result<void> Begin(std::span<const std::string_view> batch, std::size_t max_inflated_bytes);
  const char* TakeNext(RecordView* record);  // what is wrong with the next record, or nullptr

  BatchHeader header_;
  std::vector<std::string_view> pieces_;         // of a received batch
  std::unique_ptr<const std::string> inflated_;  // behind a pointer, so that moving keeps the views
  RecordSource records_;
  std::int32_t next_index_ = 0;
  std::int64_t lowest_delta_ = 0;  // the next record's offset delta is this or more
  Result<void> status_;
};

// A copy of a sound batch that says to come from another producer, epoch or sequence; its base
// offset and epoch of the owner stay as they are.
std::string WithProducer(std::string_view batch, std::int64_t producer_id,
                         std::int16_t producer_epoch, std::int32_t base_sequence);

// The batch at the front of `bytes` (batches back to back), which is cut off from `bytes`.
// INVALID_BATCH if it is not complete, else errors as ParseBatchHeader; `bytes` is then unchanged.
Result<std::string_view> TakeBatch(std::string_view& bytes);

// The same where batches lie in fragments.
struct ReceivedBatch {
  BatchHeader header;
  Fragments bytes;
};
Result<ReceivedBatch> TakeBatch(FragmentReader& batches);

}  // namespace strata
