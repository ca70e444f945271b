#include "storage/log/partition_log.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

std::string DescribeDamage(const DamagedRange& range) {
  return "segment " + SegmentFileName(range.segment_base) + " is damaged at position " +
         std::to_string(range.position) + ": " + range.what;
}

// They are copied for each write, and the name stands elsewhere.
LogOptions WithoutName(LogOptions options) {
  options.topic_name.clear();
  return options;
}

}  // namespace

PartitionLog::PartitionLog(PartitionId id, const LogOptions& options, Contents contents)
    : id_(id),
      name_(Describe(id, options.topic_name)),
      options_(WithoutName(options)),
      ends_{contents.log_start, contents.log_end, contents.log_end, contents.log_end},
      segments_(std::move(contents.segments)),
      damage_(std::move(contents.damage)),
      health_(std::move(contents.health)),
      cleaned_(contents.cleaned) {}

LogEnds PartitionLog::ends() const {
  MutexLock lock(mutex_);
  return ends_;
}

Result<void> PartitionLog::health() const {
  MutexLock lock(mutex_);
  return health_;
}

LogStatus PartitionLog::status() const {
  MutexLock lock(mutex_);
  LogStatus status;
  status.ends = ends_;
  for (const SegmentView& segment : segments_) status.size_bytes += segment.visible_bytes;
  status.segment_count = static_cast<std::int32_t>(segments_.size());
  status.health = health_;
  for (const DamagedRange& range : damage_.ranges()) {
    if (range.begin == range.end) continue;
    status.damage.push_back({range.begin, range.end, DescribeDamage(range)});
  }
  return status;
}

LogOptions PartitionLog::options() const {
  MutexLock lock(mutex_);
  return options_;
}

void PartitionLog::set_options(const LogOptions& options) {
  MutexLock lock(mutex_);
  options_ = WithoutName(options);
}

PartitionLog::Callbacks PartitionLog::Publish(const LogProgress& progress) {
  MutexLock lock(mutex_);
  ends_.log_end = progress.log_end;
  if (progress.stable) ends_.stable = *progress.stable;
  if (!progress.visible) return {};
  for (const SegmentView& segment : progress.segments) Grow(segment);
  // A topic that has changed its mind about waiting for the disk shows no less than it did.
  ends_.visible = std::max(ends_.visible, progress.log_end);
  return waiters_.TakeReady(ends_.visible);
}

void PartitionLog::Grow(const SegmentView& segment) {
  if (segments_.empty() || segments_.back().base_offset < segment.base_offset) {
    segments_.push_back(segment);
    return;
  }
  SegmentView& last = segments_.back();
  last.visible_bytes = segment.visible_bytes;
  last.max_timestamp_ms = segment.max_timestamp_ms;
  last.since_ms = segment.since_ms;
}

void PartitionLog::Fail(Error error) {
  MutexLock lock(mutex_);
  if (health_) health_ = strata::Fail(std::move(error));
}

Result<bool> PartitionLog::CheckOffset(Offset from) const {
  if (removed_) return strata::Fail(ErrorCode::UNKNOWN_PARTITION, name_ + " was removed");
  if (from < ends_.log_start || from > ends_.visible) {
    return strata::Fail(ErrorCode::OFFSET_OUT_OF_RANGE,
                        "offset " + std::to_string(from) + " is not within " +
                            std::to_string(ends_.log_start) + " to " +
                            std::to_string(ends_.visible) + ", which " + name_ + " holds");
  }
  if (const DamagedRange* range = damage_.Find(from)) {
    return strata::Fail(ErrorCode::CORRUPT_LOG,
                        "offset " + std::to_string(from) + " of " + name_ +
                            " cannot be read, and neither can the others from " +
                            std::to_string(range->begin) + " to " + std::to_string(range->end - 1) +
                            ": " + DescribeDamage(*range) + "; the next good offset is " +
                            std::to_string(range->end));
  }
  if (from < ends_.visible) return true;
  if (!health_ && health_.error().code == ErrorCode::CORRUPT_LOG)
    return strata::Fail(health_.error());
  return false;
}

Result<bool> PartitionLog::HasRecordsAt(Offset from, LogEnds* ends) const {
  MutexLock lock(mutex_);
  *ends = ends_;
  return CheckOffset(from);
}

PartitionLog::Segments::const_iterator PartitionLog::SegmentOf(Offset offset) const {
  const auto behind = std::upper_bound(
      segments_.begin(), segments_.end(), offset,
      [](Offset value, const SegmentView& segment) { return value < segment.base_offset; });
  return behind == segments_.begin() ? behind : std::prev(behind);
}

Result<std::optional<ReadPlace>> PartitionLog::FindPlace(Offset from) const {
  MutexLock lock(mutex_);
  STRATA_TRY_ASSIGN(const bool something, CheckOffset(from));
  if (!something) return std::nullopt;
  const SegmentView& segment = *SegmentOf(from);
  ReadPlace place{segment, StretchAt(from, segment), std::nullopt, ends_};
  if (from == place.stretch.offset) {
    place.position = place.stretch.position;
  } else if (hints_) {
    place.position = hints_->Find(from, segment.base_offset);
  }
  return place;
}

Stretch PartitionLog::StretchAt(Offset offset, const SegmentView& segment) const {
  Stretch found{segment.base_offset, 0, segment.visible_bytes};
  if (damage_.ranges().empty()) return found;
  for (const Stretch& stretch : damage_.StretchesOf(segment.base_offset, segment.visible_bytes)) {
    if (stretch.offset <= offset) found = stretch;
  }
  return found;
}

std::vector<Stretch> PartitionLog::StretchesOf(const SegmentView& segment) const {
  MutexLock lock(mutex_);
  return damage_.StretchesOf(segment.base_offset, segment.visible_bytes);
}

std::optional<PartitionLog::SegmentExtent> PartitionLog::ExtentOf(Offset segment_base) const {
  MutexLock lock(mutex_);
  const auto found = SegmentOf(segment_base);
  if (found == segments_.end() || found->base_offset != segment_base) return std::nullopt;
  const auto next = std::next(found);
  return SegmentExtent{*found, next == segments_.end() ? ends_.visible : next->base_offset};
}

std::size_t PartitionLog::NoteDamage(const SegmentView& segment, std::vector<DamagedRange> ranges) {
  MutexLock lock(mutex_);
  if (!Current(segment)) return ranges.size();
  const std::size_t before = damage_.ranges().size();
  for (DamagedRange& range : ranges) damage_.Add(std::move(range));
  return damage_.ranges().size() - before;
}

void PartitionLog::RememberPlace(Offset offset, const SegmentView& segment, std::int64_t position) {
  MutexLock lock(mutex_);
  if (!Current(segment)) return;
  if (!hints_) hints_ = std::make_unique<ReadHints>();
  hints_->Remember(offset, segment.base_offset, position);
}

SegmentView* PartitionLog::Current(const SegmentView& segment) {
  const auto found = std::lower_bound(
      segments_.begin(), segments_.end(), segment.base_offset,
      [](const SegmentView& other, Offset base) { return other.base_offset < base; });
  if (found == segments_.end() || found->base_offset != segment.base_offset) return nullptr;
  return found->generation == segment.generation ? &*found : nullptr;
}

bool PartitionLog::IsCurrent(const SegmentView& segment) {
  MutexLock lock(mutex_);
  return Current(segment) != nullptr;
}

std::vector<Offset> PartitionLog::Replace(const SegmentView& segment, Offset next_offset) {
  MutexLock lock(mutex_);
  const auto first = std::find_if(segments_.begin(), segments_.end(), [&](const auto& other) {
    return other.base_offset >= segment.base_offset;
  });
  const auto last = std::find_if(
      first, segments_.end(), [&](const auto& other) { return other.base_offset >= next_offset; });
  std::vector<Offset> replaced;
  std::for_each(first, last, [&](const auto& other) { replaced.push_back(other.base_offset); });
  *first = segment;
  segments_.erase(std::next(first), last);
  hints_.reset();
  return replaced;
}

void PartitionLog::NoteClean(const SegmentView& segment) {
  MutexLock lock(mutex_);
  SegmentView* const current = Current(segment);
  if (!current) return;
  current->clean_since_ms = segment.clean_since_ms;
  current->has_tombstones = segment.has_tombstones;
}

Offset PartitionLog::cleaned() const {
  MutexLock lock(mutex_);
  return cleaned_;
}

void PartitionLog::set_cleaned(Offset offset) {
  MutexLock lock(mutex_);
  cleaned_ = offset;
}

void PartitionLog::StopCompaction() {
  MutexLock lock(mutex_);
  compaction_stopped_ = true;
}

bool PartitionLog::compaction_stopped() const {
  MutexLock lock(mutex_);
  return compaction_stopped_;
}

void PartitionLog::set_unfinished_swap(std::optional<SealedSegment> swap) {
  MutexLock lock(mutex_);
  unfinished_swap_ = swap;
}

std::optional<SealedSegment> PartitionLog::unfinished_swap() const {
  MutexLock lock(mutex_);
  return unfinished_swap_;
}

std::optional<SegmentView> PartitionLog::FindSegmentForTime(TimestampMs time,
                                                            Offset segment_base) const {
  MutexLock lock(mutex_);
  const auto found = std::find_if(segments_.begin(), segments_.end(), [&](const auto& segment) {
    return segment.base_offset >= segment_base && segment.max_timestamp_ms >= time;
  });
  if (found == segments_.end()) return std::nullopt;
  return *found;
}

void PartitionLog::MarkIndexChecked(const SegmentView& segment) {
  MutexLock lock(mutex_);
  if (SegmentView* const current = Current(segment)) current->unchecked_index_bytes = 0;
}

std::vector<Offset> PartitionLog::DropBelow(Offset log_start) {
  MutexLock lock(mutex_);
  ends_.log_start = std::max(ends_.log_start, log_start);
  std::vector<Offset> dropped;
  auto kept = segments_.begin();
  while (kept != segments_.end() && std::next(kept) != segments_.end() &&
         std::next(kept)->base_offset <= ends_.log_start) {
    dropped.push_back(kept->base_offset);
    ++kept;
  }
  segments_.erase(segments_.begin(), kept);
  damage_.DropBelow(ends_.log_start);
  return dropped;
}

std::optional<Offset> PartitionLog::first_segment() const {
  MutexLock lock(mutex_);
  if (segments_.empty()) return std::nullopt;
  return segments_.front().base_offset;
}

std::vector<SegmentView> PartitionLog::segments() const {
  MutexLock lock(mutex_);
  return segments_;
}

std::uint64_t PartitionLog::AddWaiter(Offset offset, std::function<void()> ready) {
  MutexLock lock(mutex_);
  if (closed_ || ends_.visible > offset) return 0;
  return waiters_.Add(offset, std::move(ready));
}

void PartitionLog::CancelWaiter(std::uint64_t ticket) {
  std::function<void()> cancelled;  // dies outside of the lock
  MutexLock lock(mutex_);
  cancelled = waiters_.Cancel(ticket);
}

PartitionLog::Callbacks PartitionLog::Close(bool removed) {
  MutexLock lock(mutex_);
  closed_ = true;
  removed_ = removed_ || removed;
  return waiters_.TakeAll();
}

Result<void> PartitionLog::CheckUpkeep() const {
  MutexLock lock(mutex_);
  if (removed_) return strata::Fail(ErrorCode::UNKNOWN_PARTITION, name_ + " was removed");
  if (closed_) return strata::Fail(ErrorCode::SHUTTING_DOWN, name_ + " was closed");
  return Ok();
}

}  // namespace strata::storage
