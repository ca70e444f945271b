// What a pass of compaction over one log has to look at. Pure.
//
// Segments below the *cleaned* offset hold no record that another one below it has superseded. The
// rest up to the last segment, which is being written, is *dirty*.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "proto/base/types.h"
#include "storage/log/segment_view.h"
#include "storage/log_store.h"

namespace strata::storage {

// A segment that may be rewritten: it will not grow, and all of it is on disk.
struct CompactableSegment {
  SegmentView view;
  Offset next_offset = 0;
  // Its tombstones have been there for long enough since everything below them was cleaned.
  bool drop_tombstones = false;
  // When that has happened to those that stay, or will have with this pass; kNoTimestamp if there
  // are none, or nobody knows.
  TimestampMs clean_since_ms = kNoTimestamp;
};

struct CompactionPlan {
  std::vector<CompactableSegment> segments;  // from the first of the log on, without holes
  // Nothing dirty: only tombstones are to go.
  bool any_dirty = false;
};

// Nothing if it is not worth while yet. `segments` are all of the log; `cleaned` may lie within
// one.
std::optional<CompactionPlan> PlanCompaction(std::span<const SegmentView> segments, Offset stable,
                                             Offset cleaned, const CleanupOptions& options,
                                             TimestampMs now);

// Neighbours that become one segment: as many as do not exceed options.segment_bytes together, or a
// single one. Tombstones of different times are kept apart, so that the new ones do not keep the
// old ones alive; and so are segments of different ages where old ones are to be deleted.
std::vector<std::span<const CompactableSegment>> GroupSegments(
    std::span<const CompactableSegment> segments, const LogOptions& options);

}  // namespace strata::storage
