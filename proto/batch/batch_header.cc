#include "proto/batch/batch_header.h"

#include <algorithm>
#include <limits>
#include <string>

#include "proto/base/big_endian.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/header_layout.h"

namespace strata {
namespace {

constexpr std::int16_t kCodecBits = 0x07;
constexpr std::int16_t kTransactionalBit = 0x10;
constexpr std::int16_t kControlBit = 0x20;

template <HeaderField kField, class Int>
void Load(std::string_view header, Int* value) {
  static_assert(sizeof(Int) == kField.bytes);
  *value = LoadBigEndian<Int>(header.data() + kField.offset);
}

template <HeaderField kField, class Int>
void Store(char* header, Int value) {
  static_assert(sizeof(Int) == kField.bytes);
  StoreBigEndian(header + kField.offset, value);
}

BatchHeader LoadHeader(std::string_view bytes) {
  BatchHeader header;
  Load<kBaseOffsetField>(bytes, &header.base_offset);
  Load<kBatchLengthField>(bytes, &header.batch_length);
  Load<kEpochField>(bytes, &header.epoch);
  Load<kMagicField>(bytes, &header.magic);
  Load<kCrcField>(bytes, &header.crc);
  Load<kAttributesField>(bytes, &header.attributes);
  Load<kLastOffsetDeltaField>(bytes, &header.last_offset_delta);
  Load<kBaseTimestampField>(bytes, &header.base_timestamp_ms);
  Load<kMaxTimestampField>(bytes, &header.max_timestamp_ms);
  Load<kProducerIdField>(bytes, &header.producer_id);
  Load<kProducerEpochField>(bytes, &header.producer_epoch);
  Load<kBaseSequenceField>(bytes, &header.base_sequence);
  Load<kRecordCountField>(bytes, &header.record_count);
  return header;
}

tl::unexpected<Error> Unsupported(std::string message) {
  return Fail(ErrorCode::UNSUPPORTED_BATCH, std::move(message));
}

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::INVALID_BATCH, std::move(message));
}

Result<void> CheckSupported(const BatchHeader& header) {
  if (header.magic != kMagic) {
    return Unsupported("the batch has magic " + std::to_string(header.magic));
  }
  if (header.attributes & kTransactionalBit) return Unsupported("the batch is transactional");
  if (header.attributes & kControlBit) return Unsupported("the batch is a control batch");
  if (header.attributes & ~kCodecBits) {
    return Unsupported("the batch has unknown attributes " + std::to_string(header.attributes));
  }
  const int codec = header.attributes & kCodecBits;
  if (codec > static_cast<int>(Compression::kZstd)) {
    return Unsupported("the batch has the unknown codec " + std::to_string(codec));
  }
  return Ok();
}

Result<void> CheckPossible(const BatchHeader& header) {
  if (header.batch_length < static_cast<std::int32_t>(kBatchHeaderBytes - kLengthCountsFrom)) {
    return Invalid("the batch length " + std::to_string(header.batch_length) +
                   " does not even hold the header");
  }
  if (header.record_count < 0) {
    return Invalid("the batch has a record count of " + std::to_string(header.record_count));
  }
  // A batch stands for one offset at least, even if compaction has left no record of it.
  if (header.last_offset_delta < std::max(header.record_count - 1, 0)) {
    return Invalid("the last offset delta " + std::to_string(header.last_offset_delta) +
                   " leaves no room for " + std::to_string(header.record_count) + " records");
  }
  const Offset highest = std::numeric_limits<Offset>::max() - header.last_offset_delta - 1;
  if (header.base_offset < 0 || header.base_offset > highest) {
    return Invalid("the batch has the base offset " + std::to_string(header.base_offset));
  }
  return Ok();
}

}  // namespace

Result<BatchHeader> ParseBatchHeader(std::string_view bytes) {
  if (bytes.size() < kBatchHeaderBytes) {
    return Invalid("the batch ends after " + std::to_string(bytes.size()) +
                   " bytes, within its header");
  }
  const BatchHeader header = LoadHeader(bytes);
  STRATA_TRY(CheckSupported(header));
  STRATA_TRY(CheckPossible(header));
  return header;
}

void EncodeBatchHeader(const BatchHeader& header, char* out) {
  Store<kBaseOffsetField>(out, header.base_offset);
  Store<kBatchLengthField>(out, header.batch_length);
  Store<kEpochField>(out, header.epoch);
  Store<kMagicField>(out, header.magic);
  Store<kCrcField>(out, header.crc);
  Store<kAttributesField>(out, header.attributes);
  Store<kLastOffsetDeltaField>(out, header.last_offset_delta);
  Store<kBaseTimestampField>(out, header.base_timestamp_ms);
  Store<kMaxTimestampField>(out, header.max_timestamp_ms);
  Store<kProducerIdField>(out, header.producer_id);
  Store<kProducerEpochField>(out, header.producer_epoch);
  Store<kBaseSequenceField>(out, header.base_sequence);
  Store<kRecordCountField>(out, header.record_count);
}

std::array<char, kPlacementBytes> EncodePlacement(Offset base_offset, std::int32_t batch_length,
                                                  std::int32_t epoch) {
  std::array<char, kPlacementBytes> placement;
  Store<kBaseOffsetField>(placement.data(), base_offset);
  Store<kBatchLengthField>(placement.data(), batch_length);
  Store<kEpochField>(placement.data(), epoch);
  return placement;
}

bool BatchCrcMatches(std::string_view batch) {
  if (batch.size() < kBatchHeaderBytes) return false;
  std::uint32_t declared = 0;
  Load<kCrcField>(batch, &declared);
  return BatchCrc({&batch, 1}) == declared;
}

std::uint32_t BatchCrc(std::span<const std::string_view> batch) {
  std::uint32_t crc = 0;
  std::size_t in_front = kCrcCoversFrom;
  for (const std::string_view piece : batch) {
    const std::size_t skipped = std::min(in_front, piece.size());
    in_front -= skipped;
    crc = Crc32c(piece.substr(skipped), crc);
  }
  return crc;
}

}  // namespace strata
