// The write path of one partition: gives offsets, writes, rolls segments, and tells who is waiting.
//
// Within one round of its log writer: Queue what has come, WriteQueued once, then a flush (of this
// log alone, or of the whole file system), then Flushed. After a failed write or flush the log is
// poisoned: what is on disk is unknown then, so nothing is acknowledged any more and no end moves
// until the log has been opened anew and verified.
//
// Owned by the thread of one log writer; the log it publishes to may be used by anyone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/index/offset_index.h"
#include "storage/log/active_segment.h"
#include "storage/log/log_environment.h"
#include "storage/log/log_state.h"
#include "storage/log/partition_log.h"
#include "storage/log/pending_append.h"
#include "storage/log/producers/partition_producers.h"
#include "storage/log/tail_cache.h"

namespace strata::storage {

class PartitionAppender {
 public:
  using Clock = std::chrono::steady_clock;

  // `log` and `active` are what recovery has found. A log in bad health refuses all appends.
  PartitionAppender(const LogEnvironment& environment, std::shared_ptr<PartitionLog> log,
                    ActiveSegment active, Offset log_end, PartitionProducers producers);

  PartitionLog& log() { return *log_; }

  // Takes an append in. Returns whether it is the first of this round.
  bool Queue(PendingAppend append);

  // Asks for the active segment to be sealed, and the next begun, in this round, unless it is
  // empty. Returns whether this is the first that this round hears of the log.
  bool QueueRoll();

  // Writes all that is queued, acknowledges what asked for no more than that, and refuses what
  // cannot be written. `single_flush`: Flush is likely to follow, and not one of the file system.
  void WriteQueued(Clock::time_point now, bool single_flush);

  // When there is something to flush, and by when it must be.
  const std::optional<Clock::time_point>& flush_due() const { return flush_due_; }

  // Flushes this log alone. After an error: Poison.
  Result<void> Flush();
  // Everything written has been flushed: publishes and acknowledges it. If a flush of the file
  // system has failed for anybody since the first of these writes, the log is poisoned instead.
  void Flushed();

  // Refuses everything that waits and all that will come...
  void Poison(const Error& cause);
  // ...because the partition is removed (UNKNOWN_PARTITION) or the store goes away
  // (SHUTTING_DOWN). Nothing more is published.
  void Abandon(ErrorCode reason);

  // Moves what has become due for the offset index to `update`.
  void TakeIndexUpdate(IndexUpdate* update);

  // The open file of the active segment may be closed, while there is nothing to flush, and will
  // be opened again when it is needed.
  ActiveSegment& active() { return active_; }
  Clock::time_point last_used() const { return last_used_; }

  // What is to be noted of the producers.
  PartitionProducers& producers() { return producers_; }

  // Whether every entry of the active segment, which exists, is in the index or on its way there.
  bool IndexIsComplete() const;

  // How the log ends; nothing if it has no segment or refuses appends.
  std::optional<CleanEnd> clean_end() const;

 private:
  struct Waiting {
    PendingAck ack;
    AppendResult result;
  };

  // Queued appends that go into one segment with one write.
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::int64_t bytes = 0;
    bool roll = false;  // the segment before must be sealed first
  };

  // What has become of an append that was looked at.
  enum class Fate { kNew, kDuplicate, kRefused };

  Fate Decide(PendingAppend* append) const;
  Stretch NextStretch(std::size_t begin, const LogOptions& options, Clock::time_point now) const;
  Result<void> PrepareSegment(const Stretch& stretch, const LogOptions& options);
  // Seals the active segment, if there is one, and begins the next.
  Result<void> StartSegment(const std::string& directory);
  Result<SegmentView> SealSegment();
  // All that was written is flushed. Before it is published, and so may be deleted.
  void NoteProducersOfEnd();
  Result<void> RollIdle();
  Result<void> WriteStretch(const Stretch& stretch, Segment::Zeros zeros, Clock::time_point now);
  void NoteWritten(PendingAppend* append, std::int64_t position);
  void AnswerDuplicate(PendingAppend* append);
  void NoteGrowth(const SegmentView& view);
  SegmentView ActiveView() const;
  void ScheduleFlush(const LogOptions& options, Clock::time_point now);
  void PublishWritten(const LogOptions& options);
  PartitionLog::Callbacks MakeVisible(std::optional<Offset> stable);
  static void Acknowledge(std::vector<Waiting>* waiting);
  void Refuse(std::size_t begin, std::size_t end, const Error& error);
  void RefuseAll(const Error& error);

  const LogEnvironment& environment_;
  const std::shared_ptr<PartitionLog> log_;

  ActiveSegment active_;
  PartitionProducers producers_;
  Offset next_offset_;
  Offset stable_;
  Clock::time_point last_used_;
  std::optional<Error> refusal_;  // why no append is taken

  // Of this round.
  std::vector<PendingAppend> queued_;
  bool roll_queued_ = false;
  std::vector<Waiting> wait_for_write_;
  IndexUpdate to_index_;

  // Until the next flush, if any is due.
  std::vector<Waiting> wait_for_flush_;
  std::optional<Clock::time_point> flush_due_;
  std::uint64_t failures_before_ = 0;  // of the gate, when the first unflushed write began
  bool sealed_ = false;                // a segment whose producers are not noted yet

  // Until it becomes visible.
  std::vector<SegmentView> grown_;
  std::vector<CachedBatch> to_cache_;
};

}  // namespace strata::storage
