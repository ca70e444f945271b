// Which segments of a log are too old, or too many. Pure.
//
// Only whole segments go, from the oldest on; the last one, which is being written, never does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "proto/base/types.h"
#include "storage/log/segment_view.h"
#include "storage/log_store.h"

namespace strata::storage {

// The offset that the log should start with, if anything is to go. `segments` are all segments of
// the log, the last one included; `now` as RetentionClock::Now says. A sealed segment is as old as
// its newest record, by the timestamp that came with it, but not younger than its sealing: so no
// timestamp from the future keeps it for ever.
std::optional<Offset> StartToRetain(std::span<const SegmentView> segments,
                                    const CleanupOptions& options, TimestampMs now);

// Whether the last segment is to be sealed, so that it can age although nobody appends: its records
// are all beyond their time.
bool ShouldSealIdle(const SegmentView& last, const CleanupOptions& options, TimestampMs now);

// The same, so that it can be compacted: it was begun longer ago than a segment may stay open.
bool ShouldSealToCompact(const SegmentView& last, const LogOptions& options, TimestampMs now);

}  // namespace strata::storage
