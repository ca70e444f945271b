#include "storage/log/cleaning/log_compactor.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "proto/batch/record_batch.h"
#include "storage/log/cleaning/compaction_plan.h"
#include "storage/log/cleaning/key_map.h"
#include "storage/log/cleaning/segment_rewriter.h"
#include "storage/log/cleaning/segment_swap.h"
#include "storage/log/segment_name.h"

namespace strata::storage {
namespace {

using Segments = std::span<const CompactableSegment>;

// No segment of the group has had it yet.
std::uint32_t NextGeneration(Segments group) {
  std::uint32_t next = 0;
  for (const CompactableSegment& each : group) next = std::max(next, each.view.generation + 1);
  return next;
}

// One pass over one log. It holds the log's upkeep while it changes files, and lets others have it
// in between: segments that were planned for may be trimmed meanwhile.
class CompactionPass {
 public:
  CompactionPass(const LogEnvironment& environment, PartitionLog& log, std::size_t map_bytes,
                 std::function<bool()> cancelled)
      : environment_(environment),
        log_(log),
        cancelled_(std::move(cancelled)),
        last_of_key_(map_bytes) {}

  Result<LogCompactor::Outcome> Run(const CompactionPlan& plan, Offset cleaned,
                                    const LogOptions& options);

 private:
  // What a segment holds, as far as it was looked at.
  struct Content {
    bool superseded = false;  // something that may go: the rest was not looked at
    bool tombstones = false;
  };

  Result<void> LearnKeys(Segments segments);
  Result<void> CompactWhatIsLeft(Segments group);
  Result<void> Compact(Segments group);
  // How many of the segments, at their front, are not in the log any more.
  std::size_t CountTrimmed(Segments segments) const;
  Result<void> NoteCleaned();
  Result<Content> Look(const CompactableSegment& segment);
  Result<void> Rewrite(Segments group);
  Result<void> TryRewrite(Segments group);
  Result<void> NoteClean(const CompactableSegment& segment, bool has_tombstones);

  bool Keeps(const CompactableSegment& segment, const RecordKey& record);
  // When all of a group became clean, with this pass at the latest; kNoTimestamp if it does not.
  TimestampMs CleanSince(Segments group) const;
  Result<std::shared_ptr<const File>> Open(const CompactableSegment& segment) const {
    return environment_.files.Get(log_.id(), segment.view.base_offset);
  }

  const LogEnvironment& environment_;
  PartitionLog& log_;
  const std::function<bool()> cancelled_;

  KeyHasher hash_;
  KeyMap last_of_key_;  // of the dirty records below clean_end_
  Offset clean_end_ = 0;
  LogCompactor::Outcome outcome_;
};

Result<LogCompactor::Outcome> CompactionPass::Run(const CompactionPlan& plan, Offset cleaned,
                                                  const LogOptions& options) {
  clean_end_ = cleaned;
  if (plan.any_dirty) STRATA_TRY(LearnKeys(plan.segments));
  const Segments all = plan.segments;
  std::size_t whole = 0;
  while (whole < all.size() && all[whole].next_offset <= clean_end_) ++whole;
  // From the oldest on: when a tombstone counts as clean, what it deletes is gone.
  for (const Segments group : GroupSegments(all.first(whole), options)) {
    STRATA_TRY(CompactWhatIsLeft(group));
  }
  const bool ends_within = whole < all.size() && all[whole].view.base_offset < clean_end_;
  if (ends_within) STRATA_TRY(CompactWhatIsLeft(all.subspan(whole, 1)));
  if (clean_end_ > cleaned) STRATA_TRY(NoteCleaned());
  outcome_.cleaned = clean_end_;
  return outcome_;
}

// Goes as far as the memory allows.
Result<void> CompactionPass::LearnKeys(Segments segments) {
  const Offset begin = clean_end_;
  bool full = false;
  const auto learn = [&](const RecordKey& record) {
    if (record.offset < begin || !record.key) return true;
    full = !last_of_key_.Note(hash_(*record.key), record.offset);
    if (full) clean_end_ = record.offset;
    return !full;
  };
  const auto learn_batch = [&](const BatchHeader& header, std::string_view bytes) -> Result<void> {
    if (full || header.next_offset() <= begin) return Ok();
    STRATA_TRY(VisitKeys(bytes, BatchLimits().max_inflated_bytes, learn));
    if (!full) clean_end_ = header.next_offset();
    return Ok();
  };
  for (const CompactableSegment& segment : segments) {
    if (segment.next_offset <= begin) continue;
    std::shared_ptr<const File> file;
    {
      FairLock turn(log_.upkeep());
      STRATA_TRY(log_.CheckUpkeep());
      if (CountTrimmed({&segment, 1}) > 0) continue;
      STRATA_TRY_ASSIGN(file, Open(segment));
    }
    STRATA_TRY(VisitBatches(*file, segment.view.base_offset, segment.view.visible_bytes, cancelled_,
                            learn_batch));
    if (full) return Ok();
  }
  return Ok();
}

std::size_t CompactionPass::CountTrimmed(Segments segments) const {
  const std::optional<Offset> first = log_.first_segment();
  std::size_t trimmed = 0;
  while (trimmed < segments.size() && first && segments[trimmed].view.base_offset < *first) {
    ++trimmed;
  }
  return trimmed;
}

Result<void> CompactionPass::CompactWhatIsLeft(Segments group) {
  FairLock turn(log_.upkeep());
  STRATA_TRY(log_.CheckUpkeep());
  STRATA_TRY(log_.health());
  const Segments left = group.subspan(CountTrimmed(group));
  return left.empty() ? Ok() : Compact(left);
}

Result<void> CompactionPass::NoteCleaned() {
  FairLock turn(log_.upkeep());
  STRATA_TRY(log_.CheckUpkeep());
  STRATA_TRY(environment_.state.NoteCleaned(log_.id(), clean_end_));
  log_.set_cleaned(clean_end_);
  return Ok();
}

Result<void> CompactionPass::Compact(Segments group) {
  if (group.size() > 1) return Rewrite(group);
  const CompactableSegment& segment = group.front();
  if (last_of_key_.empty() && !segment.drop_tombstones) return Ok();
  STRATA_TRY_ASSIGN(const Content content, Look(segment));
  return content.superseded ? Rewrite(group) : NoteClean(segment, content.tombstones);
}

bool CompactionPass::Keeps(const CompactableSegment& segment, const RecordKey& record) {
  // Records without a key are from before the topic was compacted.
  if (record.offset >= clean_end_ || !record.key) return true;
  if (record.is_tombstone && segment.drop_tombstones) return false;
  const auto last = last_of_key_.Find(hash_(*record.key));
  return !last || *last <= record.offset;
}

Result<CompactionPass::Content> CompactionPass::Look(const CompactableSegment& segment) {
  STRATA_TRY_ASSIGN(const auto file, Open(segment));
  Content content;
  const auto look = [&](const RecordKey& record) {
    content.superseded = !Keeps(segment, record);
    content.tombstones = content.tombstones || record.is_tombstone;
    return !content.superseded;
  };
  const auto look_into = [&](const BatchHeader&, std::string_view bytes) -> Result<void> {
    return content.superseded ? Ok() : VisitKeys(bytes, BatchLimits().max_inflated_bytes, look);
  };
  const auto enough = [&] { return content.superseded || cancelled_(); };
  const Result<void> visited =
      VisitBatches(*file, segment.view.base_offset, segment.view.visible_bytes, enough, look_into);
  if (!visited && !content.superseded) return Fail(visited.error());
  return content;
}

TimestampMs CompactionPass::CleanSince(Segments group) const {
  if (group.back().next_offset > clean_end_) return kNoTimestamp;
  TimestampMs since = kNoTimestamp;
  for (const CompactableSegment& segment : group) since = std::max(since, segment.clean_since_ms);
  return since;
}

Result<void> CompactionPass::NoteClean(const CompactableSegment& segment, bool has_tombstones) {
  SegmentView view = segment.view;
  view.clean_since_ms = CleanSince({&segment, 1});
  view.has_tombstones = has_tombstones;
  const bool nothing_new = view.clean_since_ms == segment.view.clean_since_ms &&
                           view.has_tombstones == segment.view.has_tombstones;
  if (nothing_new) return Ok();
  STRATA_TRY(environment_.state.NoteSealed(log_.id(), SealedFrom(view, segment.next_offset)));
  log_.NoteClean(view);
  return Ok();
}

Result<void> CompactionPass::Rewrite(Segments group) {
  Result<void> rewritten = TryRewrite(group);
  // What was promised is kept by the next pass, or the next opening of the log; what was not only
  // takes room.
  if (!rewritten && !log_.unfinished_swap()) {
    (void)environment_.file_system.RemoveFile(RewrittenPath(
        environment_.data_dir, log_.id(), group.front().view.base_offset, NextGeneration(group)));
  }
  return rewritten;
}

Result<void> CompactionPass::TryRewrite(Segments group) {
  SealedSegment rewritten;
  std::int64_t bytes_before = 0;
  for (const CompactableSegment& segment : group) {
    rewritten.sealed_at_ms = std::max(rewritten.sealed_at_ms, segment.view.since_ms);
    bytes_before += segment.view.visible_bytes;
  }
  rewritten.clean_since_ms = CleanSince(group);
  STRATA_TRY_ASSIGN(SegmentRewriter rewriter,
                    SegmentRewriter::Create(environment_, log_.id(), group.front().view.base_offset,
                                            NextGeneration(group)));
  for (const CompactableSegment& segment : group) {
    STRATA_TRY_ASSIGN(const auto file, Open(segment));
    const auto keep = [&](const RecordKey& record) { return Keeps(segment, record); };
    const auto add = [&](const BatchHeader& header, std::string_view bytes) {
      return rewriter.Add(header, bytes, keep);
    };
    STRATA_TRY(
        VisitBatches(*file, segment.view.base_offset, segment.view.visible_bytes, cancelled_, add));
  }
  STRATA_TRY(rewriter.Finish(&rewritten));
  STRATA_TRY(SwapSegments(environment_, log_, rewritten, rewriter.index()));
  outcome_.bytes_before += bytes_before;
  outcome_.bytes_after += rewritten.size_bytes;
  return Ok();
}

}  // namespace

Result<std::optional<LogCompactor::Outcome>> LogCompactor::Compact(PartitionLog& log) const {
  MutexLock pass_turn(log.compaction());
  STRATA_TRY(FinishOnRunningLog(environment_, log));
  const LogStatus status = log.status();
  if (log.compaction_stopped() || !status.damage.empty()) return std::nullopt;
  const LogOptions options = log.options();
  const Offset cleaned = log.cleaned();
  const auto plan = PlanCompaction(log.segments(), status.ends.stable, cleaned, options.cleanup,
                                   environment_.clock.Now());
  if (!plan) return std::nullopt;
  const auto cancelled = [&] { return cancelled_() || !log.CheckUpkeep() || !log.health(); };
  CompactionPass pass(environment_, log, map_bytes_, cancelled);
  const Result<Outcome> outcome = pass.Run(*plan, cleaned, options);
  if (outcome) return *outcome;
  // Damage does not mend itself: it is said once.
  if (outcome.error().code == ErrorCode::CORRUPT_LOG) log.StopCompaction();
  return Fail(outcome.error());
}

}  // namespace strata::storage
