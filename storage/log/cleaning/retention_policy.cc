#include "storage/log/cleaning/retention_policy.h"

#include <algorithm>

namespace strata::storage {
namespace {

bool IsTooOld(const SegmentView& segment, const CleanupOptions& options, TimestampMs now) {
  if (!options.retention_age || now == kNoTimestamp) return false;
  return now - segment.written_at_ms() >= options.retention_age->count();
}

}  // namespace

std::optional<Offset> StartToRetain(std::span<const SegmentView> segments,
                                    const CleanupOptions& options, TimestampMs now) {
  std::int64_t bytes = 0;
  for (const SegmentView& segment : segments) bytes += segment.visible_bytes;
  std::optional<Offset> start;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const std::int64_t left = bytes - segments[i].visible_bytes;
    const bool too_many = options.retention_bytes && left >= *options.retention_bytes;
    if (!too_many && !IsTooOld(segments[i], options, now)) break;
    start = segments[i + 1].base_offset;
    bytes = left;
  }
  return start;
}

bool ShouldSealIdle(const SegmentView& last, const CleanupOptions& options, TimestampMs now) {
  return last.visible_bytes > 0 && IsTooOld(last, options, now);
}

bool ShouldSealToCompact(const SegmentView& last, const LogOptions& options, TimestampMs now) {
  if (last.visible_bytes == 0 || last.since_ms == kNoTimestamp || now == kNoTimestamp) return false;
  return now - last.since_ms >= options.segment_age.count();
}

}  // namespace strata::storage
