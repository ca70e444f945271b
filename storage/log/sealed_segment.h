// What is noted of a sealed segment, so that opening a log need not look into it. Plain data.
#pragma once

#include <cstdint>

#include "proto/base/types.h"
#include "storage/log/segment_view.h"

namespace strata::storage {

struct SealedSegment {
  Offset base_offset = 0;
  Offset next_offset = 0;
  std::int64_t size_bytes = 0;
  TimestampMs max_timestamp_ms = kNoTimestamp;
  TimestampMs sealed_at_ms = kNoTimestamp;  // by the RetentionClock; kNoTimestamp: nobody knows
  // These as in SegmentView.
  std::uint32_t generation = 0;
  TimestampMs clean_since_ms = kNoTimestamp;
  bool has_tombstones = true;

  bool operator==(const SealedSegment&) const = default;
};

// As readers see it; its index is still to be checked.
inline SegmentView ViewOf(const SealedSegment& segment) {
  return {segment.base_offset,    segment.size_bytes,    segment.max_timestamp_ms,
          segment.size_bytes,     segment.sealed_at_ms,  segment.generation,
          segment.clean_since_ms, segment.has_tombstones};
}

inline SealedSegment SealedFrom(const SegmentView& view, Offset next_offset) {
  return {view.base_offset, next_offset,     view.visible_bytes,  view.max_timestamp_ms,
          view.since_ms,    view.generation, view.clean_since_ms, view.has_tombstones};
}

}  // namespace strata::storage
