// Where each field of the batch header lies. The assertions freeze the layout: it is on disks and
// on wires. FORMAT.md says what each field is for, and a test compares its table with this one.
#pragma once

#include <cstddef>

#include "proto/batch/batch_header.h"

namespace strata {

struct HeaderField {
  std::size_t offset;
  std::size_t bytes;
  constexpr std::size_t end() const { return offset + bytes; }
};

inline constexpr HeaderField kBaseOffsetField{0, 8};
inline constexpr HeaderField kBatchLengthField{8, 4};
inline constexpr HeaderField kEpochField{12, 4};
inline constexpr HeaderField kMagicField{16, 1};
inline constexpr HeaderField kCrcField{17, 4};
inline constexpr HeaderField kAttributesField{21, 2};
inline constexpr HeaderField kLastOffsetDeltaField{23, 4};
inline constexpr HeaderField kBaseTimestampField{27, 8};
inline constexpr HeaderField kMaxTimestampField{35, 8};
inline constexpr HeaderField kProducerIdField{43, 8};
inline constexpr HeaderField kProducerEpochField{51, 2};
inline constexpr HeaderField kBaseSequenceField{53, 4};
inline constexpr HeaderField kRecordCountField{57, 4};

static_assert(kBaseOffsetField.offset == 0);
static_assert(kBatchLengthField.offset == kBaseOffsetField.end());
static_assert(kEpochField.offset == kBatchLengthField.end());
static_assert(kMagicField.offset == kEpochField.end());
static_assert(kCrcField.offset == kMagicField.end());
static_assert(kAttributesField.offset == kCrcField.end());
static_assert(kLastOffsetDeltaField.offset == kAttributesField.end());
static_assert(kBaseTimestampField.offset == kLastOffsetDeltaField.end());
static_assert(kMaxTimestampField.offset == kBaseTimestampField.end());
static_assert(kProducerIdField.offset == kMaxTimestampField.end());
static_assert(kProducerEpochField.offset == kProducerIdField.end());
static_assert(kBaseSequenceField.offset == kProducerEpochField.end());
static_assert(kRecordCountField.offset == kBaseSequenceField.end());
static_assert(kRecordCountField.end() == kBatchHeaderBytes);

// The broker may write these without touching the CRC.
static_assert(kEpochField.end() == kPlacementBytes);

// The batch length counts from here to the end of the batch.
inline constexpr std::size_t kLengthCountsFrom = kBatchLengthField.end();
static_assert(kLengthCountsFrom == 12);

// The CRC covers from here to the end of the batch.
inline constexpr std::size_t kCrcCoversFrom = kCrcField.end();
static_assert(kCrcCoversFrom == 21);

}  // namespace strata
