// The 61 bytes in front of every record batch, and the 16 of them that the broker may write.
//
// The layout is Kafka's record batch v2 (https://kafka.apache.org/documentation/#recordbatch); see
// FORMAT.md beside this file for the grammar and a worked example. All integers are big-endian.
// Base offset, length and epoch lie outside the CRC, so a batch is placed in a log by writing its
// first 16 bytes and touching nothing else. (The length is written by whoever encodes the batch.)
//
// Pure functions over plain data; callable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"

namespace strata {

// Values of the lowest three attribute bits.
enum class Compression : std::uint8_t { kNone = 0, kGzip = 1, kSnappy = 2, kLz4 = 3, kZstd = 4 };

inline constexpr std::size_t kBatchHeaderBytes = 61;
// Base offset (8), batch length (4), epoch (4): what lies outside the CRC apart from magic and crc.
inline constexpr std::size_t kPlacementBytes = 16;
inline constexpr std::int8_t kMagic = 2;

struct BatchHeader {
  Offset base_offset = 0;
  std::int32_t batch_length = 0;  // bytes behind this field: total - 12
  std::int32_t epoch = 0;         // ownership epoch of who placed it
  std::int8_t magic = kMagic;
  std::uint32_t crc = 0;  // CRC-32C over everything behind this field
  std::int16_t attributes = 0;
  std::int32_t last_offset_delta = 0;
  TimestampMs base_timestamp_ms = 0;
  TimestampMs max_timestamp_ms = 0;
  std::int64_t producer_id = -1;  // -1: not idempotent
  std::int16_t producer_epoch = -1;
  std::int32_t base_sequence = -1;
  std::int32_t record_count = 0;

  std::size_t total_bytes() const { return static_cast<std::size_t>(batch_length) + 12; }
  Offset last_offset() const { return base_offset + last_offset_delta; }
  Offset next_offset() const { return base_offset + last_offset_delta + 1; }
  // Whether an idempotent producer has numbered it (producer_sequence.h).
  bool numbered() const { return producer_id >= 0 && producer_epoch >= 0 && base_sequence >= 0; }
  // Only meaningful after ParseBatchHeader, which refuses unknown codecs.
  Compression compression() const { return static_cast<Compression>(attributes & 0x07); }
};

// Reads a header. `bytes` may be longer than the header, and shorter than the batch.
// UNSUPPORTED_BATCH: other magic, unknown codec, or attribute bits beyond the codec (transactions,
// control batches, unknown ones). INVALID_BATCH: fewer than 61 bytes, or lengths, counts, deltas or
// a base offset that cannot be: what passes has offsets from 0 up that do not overflow. The CRC is
// not looked at.
Result<BatchHeader> ParseBatchHeader(std::string_view bytes);

// Writes all 61 bytes to `out`, as they are in `header`, CRC included.
void EncodeBatchHeader(const BatchHeader& header, char* out);

// The first 16 bytes of a batch that is placed at `base_offset` under `epoch`.
std::array<char, kPlacementBytes> EncodePlacement(Offset base_offset, std::int32_t batch_length,
                                                  std::int32_t epoch);

// Whether the CRC in the header fits the bytes. `batch` is exactly one batch.
bool BatchCrcMatches(std::string_view batch);

// The CRC that the header of a batch should have, whose parts are these.
std::uint32_t BatchCrc(std::span<const std::string_view> batch);

}  // namespace strata
