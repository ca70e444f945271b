// A segment, as far as readers may look into it, and what is known of it. Plain data.
#pragma once

#include <algorithm>
#include <cstdint>

#include "proto/base/types.h"

namespace strata::storage {

struct SegmentView {
  Offset base_offset = 0;
  std::int64_t visible_bytes = 0;  // whole batches
  TimestampMs max_timestamp_ms = kNoTimestamp;
  // Up to here the offset index has to be checked for gaps before it is relied on; 0: it has been.
  std::int64_t unchecked_index_bytes = 0;
  // When it was sealed; of the last segment, when it was begun or found. By the RetentionClock.
  TimestampMs since_ms = kNoTimestamp;
  // How often the file was rewritten: another one is another file, under the same name.
  std::uint32_t generation = 0;
  // Since when no record of it is superseded by one that is not in it, so that its tombstones age;
  // kNoTimestamp if some may be, or nobody knows. Whether it has any is an upper bound.
  TimestampMs clean_since_ms = kNoTimestamp;
  bool has_tombstones = true;

  // When its newest record was written, as far as anybody can tell.
  TimestampMs written_at_ms() const {
    return since_ms == kNoTimestamp ? max_timestamp_ms : std::min(max_timestamp_ms, since_ms);
  }
};

}  // namespace strata::storage
