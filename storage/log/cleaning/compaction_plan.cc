#include "storage/log/cleaning/compaction_plan.h"

#include <algorithm>
#include <cstdlib>

namespace strata::storage {
namespace {

bool IsYoung(const SegmentView& segment, const CleanupOptions& options, TimestampMs now) {
  if (options.compaction_lag.count() == 0) return false;
  return now == kNoTimestamp || now - segment.written_at_ms() < options.compaction_lag.count();
}

bool TombstonesExpire(const SegmentView& segment, const CleanupOptions& options, TimestampMs now) {
  return segment.clean_since_ms != kNoTimestamp && now != kNoTimestamp &&
         now - segment.clean_since_ms >= options.tombstone_age.count();
}

// Times of cleaning are told apart no finer than this, so that a log has few segments that must not
// be joined: tombstones live for up to an eighth longer than asked for.
constexpr std::int64_t kTicksPerTombstoneAge = 8;
// Likewise, segments that are joined differ by no more than such a part of retention_age.
constexpr std::int64_t kStepsPerRetentionAge = 8;

TimestampMs EndOfTick(TimestampMs now, const CleanupOptions& options) {
  if (now == kNoTimestamp) return kNoTimestamp;
  const std::int64_t tick =
      std::max<std::int64_t>(options.tombstone_age.count() / kTicksPerTombstoneAge, 1);
  return (now + tick - 1) / tick * tick;
}

CompactableSegment Consider(const SegmentView& segment, Offset next_offset, bool is_dirty,
                            const CleanupOptions& options, TimestampMs now) {
  CompactableSegment considered{segment, next_offset};
  if (!segment.has_tombstones) return considered;
  considered.drop_tombstones = !is_dirty && TombstonesExpire(segment, options, now);
  if (considered.drop_tombstones) return considered;
  const bool known = !is_dirty && segment.clean_since_ms != kNoTimestamp;
  considered.clean_since_ms = known ? segment.clean_since_ms : EndOfTick(now, options);
  return considered;
}

bool MayJoin(TimestampMs clean_since, TimestampMs other) {
  return clean_since == other || clean_since == kNoTimestamp || other == kNoTimestamp;
}

bool AreOfOneAge(const SegmentView& first, const SegmentView& other,
                 const CleanupOptions& options) {
  if (!options.retention_age) return true;
  return std::abs(other.written_at_ms() - first.written_at_ms()) <=
         options.retention_age->count() / kStepsPerRetentionAge;
}

}  // namespace

std::optional<CompactionPlan> PlanCompaction(std::span<const SegmentView> segments, Offset stable,
                                             Offset cleaned, const CleanupOptions& options,
                                             TimestampMs now) {
  CompactionPlan plan;
  std::int64_t clean_bytes = 0;
  std::int64_t dirty_bytes = 0;
  bool any_expired = false;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const SegmentView& segment = segments[i];
    const Offset next_offset = segments[i + 1].base_offset;
    const bool is_dirty = next_offset > cleaned;
    if (next_offset > stable || (is_dirty && IsYoung(segment, options, now))) break;
    plan.segments.push_back(Consider(segment, next_offset, is_dirty, options, now));
    (is_dirty ? dirty_bytes : clean_bytes) += segment.visible_bytes;
    any_expired = any_expired || plan.segments.back().drop_tombstones;
  }
  plan.any_dirty =
      dirty_bytes > 0 && static_cast<double>(dirty_bytes) >=
                             options.dirty_ratio * static_cast<double>(clean_bytes + dirty_bytes);
  if (!plan.any_dirty && !any_expired) return std::nullopt;
  if (!plan.any_dirty) {
    std::erase_if(plan.segments,
                  [&](const auto& segment) { return segment.next_offset > cleaned; });
  }
  return plan;
}

std::vector<std::span<const CompactableSegment>> GroupSegments(
    std::span<const CompactableSegment> segments, const LogOptions& options) {
  std::vector<std::span<const CompactableSegment>> groups;
  std::size_t begin = 0;
  std::int64_t bytes = 0;
  TimestampMs clean_since = kNoTimestamp;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const CompactableSegment& segment = segments[i];
    const bool joins = bytes + segment.view.visible_bytes <= options.segment_bytes &&
                       MayJoin(clean_since, segment.clean_since_ms) &&
                       AreOfOneAge(segments[begin].view, segment.view, options.cleanup);
    if (i > begin && !joins) {
      groups.push_back(segments.subspan(begin, i - begin));
      begin = i;
      bytes = 0;
      clean_since = kNoTimestamp;
    }
    bytes += segment.view.visible_bytes;
    clean_since = std::max(clean_since, segment.clean_since_ms);
  }
  if (begin < segments.size()) groups.push_back(segments.subspan(begin));
  return groups;
}

}  // namespace strata::storage
