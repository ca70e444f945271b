// What must be known about the logs beyond the segment files: the small truths that recovery leans
// on. Kept in the metadata database. FORMAT.md beside this file has keys and values.
//
// Threads: any; each method may wait for the disk. Errors: IO_ERROR, DISK_FULL, CORRUPT_LOG (the
// database is damaged).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/log/producers/producer_table.h"
#include "storage/log/sealed_segment.h"
#include "storage/log_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

// Column family of the metadata database that this class owns.
inline constexpr char kLogStateFamily[] = "log_state";

// How a log ended when its store was closed in order.
struct CleanEnd {
  Offset segment_base = 0;  // of the last segment
  Offset log_end = 0;
  std::int64_t size_bytes = 0;  // of the batches in the last segment
  TimestampMs max_timestamp_ms = kNoTimestamp;

  bool operator==(const CleanEnd&) const = default;
};

struct LoadedState {
  Offset log_start = 0;
  Offset stable = 0;  // a lower bound of the stable offset
  std::optional<CleanEnd> clean_end;
  std::map<Offset, SealedSegment> sealed;  // by base offset
  std::optional<ProducerSnapshot> producers;
  std::optional<SealedSegment> swap;  // begun and not finished
  Offset cleaned = 0;                 // as NoteCleaned noted it
};

class LogState {
 public:
  // `database` is of kind kTruth, has the family above, and outlives this object. Notes durably
  // that the store is in use, and so forgets the clean stop before anything can be written.
  static Result<LogState> Open(RocksDb& database);

  // Defaults if nothing is known. A clean end counts only if the store stopped cleanly last time.
  Result<LoadedState> Load(PartitionId partition) const;

  // Durable on return.
  Result<void> SetLogStart(PartitionId partition, Offset log_start);

  // These are not synced: after a power cut an older state may be found, which is safe.
  Result<void> NoteStable(std::span<const std::pair<PartitionId, Offset>> stable);
  Result<void> NoteSealed(PartitionId partition, const SealedSegment& segment);
  Result<void> NoteTime(TimestampMs latest);

  // No record below `offset` is superseded by another one below it.
  Result<void> NoteCleaned(PartitionId partition, Offset offset);

  // A rewritten segment is going to replace those that hold the same offsets. Durable on return, so
  // that it is completed after a crash...
  Result<void> BeginSwap(PartitionId partition, const SealedSegment& segment);
  // ...or has done so, durably. Not synced.
  Result<void> FinishSwap(PartitionId partition, const SealedSegment& segment);
  // Forgets a swap that will not be completed. Durable on return.
  Result<void> DropSwap(PartitionId partition);

  // What was noted by NoteTime last, also in an earlier run; kNoTimestamp if nothing was.
  Result<TimestampMs> LatestTime() const;

  // What is known of the producers of partitions (EncodeProducers), as of an end of the log up to
  // which all is on disk. Not synced: after a power cut an older note may be found, which is safe.
  Result<void> NoteProducers(std::span<const std::pair<PartitionId, std::string>> notes);

  // Durable on return.
  Result<void> DropProducers(PartitionId partition);

  // Forgets the sealed segments below `base_offset`.
  Result<void> DropSealedBelow(PartitionId partition, Offset base_offset);

  // Durable on return.
  Result<void> Remove(const std::vector<PartitionId>& partitions);

  // Notes durably that the store stops cleanly, and how each log ends.
  Result<void> NoteCleanStop(std::span<const std::pair<PartitionId, CleanEnd>> ends);

 private:
  LogState(RocksDb& database, std::uint64_t run, bool last_run_clean);

  RocksDb* database_;
  RocksFamily family_;
  std::uint64_t run_;    // counts the times that the store was opened
  bool last_run_clean_;  // the run before this one
};

}  // namespace strata::storage
