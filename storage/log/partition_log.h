// One partition's log as everyone sees it: its ends, its segments, its health, and who waits for
// it to grow. No I/O happens here, so none of this ever waits for a disk.
//
// Three kinds of threads meet here: the log writer that owns the partition publishes how far it has
// come; readers look up where to read; Trim and Configure change what the writer does not own.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/fair_mutex.h"
#include "proto/base/mutex.h"
#include "proto/base/types.h"
#include "storage/log/damage.h"
#include "storage/log/read_hints.h"
#include "storage/log/sealed_segment.h"
#include "storage/log/segment_view.h"
#include "storage/log/waiters.h"
#include "storage/log_store.h"

namespace strata::storage {

// How far the writer has come.
struct LogProgress {
  Offset log_end = 0;
  std::optional<Offset> stable;  // unchanged if absent
  // If set, everything up to log_end is visible, and these segments have grown or are new.
  bool visible = false;
  std::span<const SegmentView> segments;
};

// Where a read begins.
struct ReadPlace {
  SegmentView segment;
  Stretch stretch;  // of intact batches, the one that the offset is in
  // Of the batch that contains the offset, if it is known.
  std::optional<std::int64_t> position;
  LogEnds ends;
};

class PartitionLog {
 public:
  using Callbacks = std::vector<std::function<void()>>;

  // What recovery has found, or an empty log.
  struct Contents {
    Offset log_start = 0;
    Offset log_end = 0;  // all of it stable
    std::vector<SegmentView> segments;
    std::vector<DamagedRange> damage;
    Result<void> health;
    Offset cleaned = 0;
  };

  PartitionLog(PartitionId id, const LogOptions& options, Contents contents);

  PartitionId id() const { return id_; }
  const std::string& name() const { return name_; }  // for messages
  LogEnds ends() const STRATA_EXCLUDES(mutex_);
  Result<void> health() const STRATA_EXCLUDES(mutex_);
  LogStatus status() const STRATA_EXCLUDES(mutex_);
  // Without topic_name: see name().
  LogOptions options() const STRATA_EXCLUDES(mutex_);
  void set_options(const LogOptions& options) STRATA_EXCLUDES(mutex_);

  // For the writer. Returns whom to call, after all locks are let go of.
  [[nodiscard]] Callbacks Publish(const LogProgress& progress) STRATA_EXCLUDES(mutex_);
  // The first failure stays.
  void Fail(Error error) STRATA_EXCLUDES(mutex_);

  // For readers. OFFSET_OUT_OF_RANGE; CORRUPT_LOG if that is damaged, or the log breaks off there;
  // UNKNOWN_PARTITION once it is closed for good. Nothing if `from` is the visible end.
  Result<std::optional<ReadPlace>> FindPlace(Offset from) const STRATA_EXCLUDES(mutex_);
  // The same verdict without looking for a place: true if there is something to read.
  Result<bool> HasRecordsAt(Offset from, LogEnds* ends) const STRATA_EXCLUDES(mutex_);
  // The batch that begins with `offset` lies at `position` of that segment. No effect if it was
  // rewritten meanwhile.
  void RememberPlace(Offset offset, const SegmentView& segment, std::int64_t position)
      STRATA_EXCLUDES(mutex_);
  // The first visible segment from `segment_base` on that has a timestamp at or after `time`.
  std::optional<SegmentView> FindSegmentForTime(TimestampMs time, Offset segment_base) const
      STRATA_EXCLUDES(mutex_);
  // What of a segment is intact, as far as anybody knows.
  std::vector<Stretch> StretchesOf(const SegmentView& segment) const STRATA_EXCLUDES(mutex_);
  // A segment as it is now, and the offset behind it; nothing if it is gone.
  struct SegmentExtent {
    SegmentView segment;
    Offset end = 0;
  };
  std::optional<SegmentExtent> ExtentOf(Offset segment_base) const STRATA_EXCLUDES(mutex_);
  // Reads do not go there any more. Returns how many of these were not known; if the segment was
  // rewritten meanwhile they are forgotten.
  std::size_t NoteDamage(const SegmentView& segment, std::vector<DamagedRange> ranges)
      STRATA_EXCLUDES(mutex_);
  void MarkIndexChecked(const SegmentView& segment) STRATA_EXCLUDES(mutex_);
  // Held while the file of a segment is opened by its name, and while another one gets the name: so
  // that nobody reads a file that is not the one the log speaks of. Taken before any other mutex
  // but upkeep().
  Mutex& files() { return files_; }
  // Whether it is still there, and was not rewritten.
  bool IsCurrent(const SegmentView& segment) STRATA_EXCLUDES(mutex_);

  // Moves the log start up to `log_start`, which must not be beyond the stable end, and forgets the
  // segments below it. Returns their base offsets.
  std::vector<Offset> DropBelow(Offset log_start) STRATA_EXCLUDES(mutex_);
  // The base offset of the first segment; nothing if there is none.
  std::optional<Offset> first_segment() const STRATA_EXCLUDES(mutex_);
  // All segments, as of now.
  std::vector<SegmentView> segments() const STRATA_EXCLUDES(mutex_);

  // Held by whoever changes which files the log consists of: trims, compacts, removes. Held while
  // waiting for the disk, so neither readers nor appends ever take it; taken before any other mutex
  // of the log.
  FairMutex& upkeep() { return upkeep_; }
  // To be asked first by whoever holds it. UNKNOWN_PARTITION: the log was removed. SHUTTING_DOWN:
  // it was closed, or has been opened anew.
  Result<void> CheckUpkeep() const STRATA_EXCLUDES(mutex_);

  // Held throughout a pass of compaction, which has upkeep() only now and then; taken before that.
  Mutex& compaction() { return compaction_; }

  // For compaction, with upkeep() held. Puts `segment`, which ends before `next_offset`, in the
  // place of those that it was made from; returns their base offsets.
  std::vector<Offset> Replace(const SegmentView& segment, Offset next_offset)
      STRATA_EXCLUDES(mutex_);
  // What compaction has found out about a segment that stays as it is.
  void NoteClean(const SegmentView& segment) STRATA_EXCLUDES(mutex_);
  // No record below it is superseded by another one below it.
  Offset cleaned() const STRATA_EXCLUDES(mutex_);
  void set_cleaned(Offset offset) STRATA_EXCLUDES(mutex_);
  // Damage was found: nothing is compacted until the log is opened anew.
  void StopCompaction() STRATA_EXCLUDES(mutex_);
  bool compaction_stopped() const STRATA_EXCLUDES(mutex_);
  // The disk has failed in the midst of a swap: what it holds of the promise, and of the files, is
  // unknown until the swap is done or the log opened anew.
  void set_unfinished_swap(std::optional<SealedSegment> swap) STRATA_EXCLUDES(mutex_);
  std::optional<SealedSegment> unfinished_swap() const STRATA_EXCLUDES(mutex_);

  // Calls nobody: returns a ticket, or 0 if the visible end is beyond `offset` already or the log
  // is closed.
  std::uint64_t AddWaiter(Offset offset, std::function<void()> ready) STRATA_EXCLUDES(mutex_);
  void CancelWaiter(std::uint64_t ticket) STRATA_EXCLUDES(mutex_);

  // No waiters any more; with `removed`, no reads either. Returns whom to call.
  [[nodiscard]] Callbacks Close(bool removed) STRATA_EXCLUDES(mutex_);

 private:
  using Segments = std::vector<SegmentView>;

  Result<bool> CheckOffset(Offset from) const STRATA_REQUIRES(mutex_);
  Stretch StretchAt(Offset offset, const SegmentView& segment) const STRATA_REQUIRES(mutex_);
  Segments::const_iterator SegmentOf(Offset offset) const STRATA_REQUIRES(mutex_);
  // The segment of that base offset and generation; null if there is none.
  SegmentView* Current(const SegmentView& segment) STRATA_REQUIRES(mutex_);
  void Grow(const SegmentView& segment) STRATA_REQUIRES(mutex_);

  const PartitionId id_;
  const std::string name_;
  FairMutex upkeep_;
  Mutex compaction_;
  Mutex files_;

  mutable Mutex mutex_;
  LogOptions options_ STRATA_GUARDED_BY(mutex_);
  LogEnds ends_ STRATA_GUARDED_BY(mutex_);
  Segments segments_ STRATA_GUARDED_BY(mutex_);  // by base offset
  DamageMap damage_ STRATA_GUARDED_BY(mutex_);
  Result<void> health_ STRATA_GUARDED_BY(mutex_);
  Waiters waiters_ STRATA_GUARDED_BY(mutex_);
  std::unique_ptr<ReadHints> hints_ STRATA_GUARDED_BY(mutex_);  // made by the first read from disk
  bool closed_ STRATA_GUARDED_BY(mutex_) = false;
  bool removed_ STRATA_GUARDED_BY(mutex_) = false;
  Offset cleaned_ STRATA_GUARDED_BY(mutex_);
  bool compaction_stopped_ STRATA_GUARDED_BY(mutex_) = false;
  std::optional<SealedSegment> unfinished_swap_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::storage
