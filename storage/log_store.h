// The partitions' logs: append, read, look up, trim.
//
// This is one of the three seams (with MetadataStore and CursorStore) behind which another engine
// can stand. The local one keeps segment files and a RocksDB offset index (storage/log/README.md).
//
// The three ends of a partition, in this order, always:
//
//     log start <= stable (fsynced, visible) <= log end (written)
//
// Readers see up to the stable end, or up to the log end if the partition's LogOptions say so.
//
// Threads: every method may be called from any thread. Append, ReadCached, Ends,
// Configure, NotifyBeyond and CancelNotify never wait for a disk; the others may. Callbacks run on
// a thread of the store, one at a time for each partition: they must be short, must not block, and
// may call the methods that never wait for a disk.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/fragments.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"

namespace strata::storage {

// Given by the broker when a topic is created; never reused.
using TopicId = std::uint64_t;

struct PartitionId {
  TopicId topic = 0;
  std::int32_t partition = 0;
  auto operator<=>(const PartitionId&) const = default;
};

// What is taken away from a log in the background: nothing, unless asked for.
struct CleanupOptions {
  // Segments whose records are all older than this are deleted...
  std::optional<std::chrono::milliseconds> retention_age;
  // ...and so are the oldest ones, as long as this many bytes are left.
  std::optional<std::int64_t> retention_bytes;

  // Of the records with the same key only the last is kept, in the segments that are closed.
  // Records without a key are all kept. A record without a value, a tombstone, goes too in the end.
  bool compact = false;
  // Tombstones stay for this long after everything that they delete has gone.
  std::chrono::milliseconds tombstone_age{std::chrono::hours(24)};
  // Segments with a record that is younger than this are left as they are.
  std::chrono::milliseconds compaction_lag{0};
  // Work begins when at least this part of a log was not compacted yet.
  double dirty_ratio = 0.5;
};

// What a topic's configuration says about its logs.
struct LogOptions {
  // A segment is closed, and the next begun, before it would grow beyond this...
  std::int64_t segment_bytes = 256LL << 20;
  // ...or when its first record was appended longer ago than this.
  std::chrono::milliseconds segment_age{std::chrono::hours(24 * 7)};
  // kFsync: flush whenever something was written, readers see up to the stable end. kOs, kNone:
  // flush every `flush_interval`, readers see up to the log end.
  Durability durability = Durability::kFsync;
  std::chrono::milliseconds flush_interval{1000};
  CleanupOptions cleanup;
  std::string topic_name;  // for messages; empty: they give its number
};

struct LogEnds {
  Offset log_start = 0;
  Offset stable = 0;
  Offset log_end = 0;
  // Where readers get to: `stable`, or `log_end` if the topic opted out of waiting for the disk.
  Offset visible = 0;
};

// Offsets within the log that cannot be read: from `begin` up to `end`, where it goes on.
struct DamagedOffsets {
  Offset begin = 0;
  Offset end = 0;
  std::string what;  // names file and position
};

struct LogStatus {
  LogEnds ends;
  std::int64_t size_bytes = 0;  // of all segments, without preallocated space
  std::int32_t segment_count = 0;
  // Why appends are refused: LOG_POISONED after a failed write or flush, or when the log could not
  // be opened, CORRUPT_LOG when the end of the log is missing. Empty: all is well.
  Result<void> health;
  // What is known to be damaged, in order. It does not hinder appends: see `health` for those.
  std::vector<DamagedOffsets> damage;
};

struct AppendResult {
  Offset base_offset = kNoOffset;
  // What was reached: at least what was asked for.
  Durability durability = Durability::kFsync;
  // The batch was in the log already, at `base_offset`: this was a retry.
  bool duplicate = false;
};
using AppendCallback = std::function<void(Result<AppendResult>)>;

// Shuts out all instances of a producer with a lower epoch than this.
struct ProducerFence {
  std::int64_t producer_id = 0;
  std::int32_t epoch = 0;  // one beyond the greatest of batches shuts the producer out for good
};

struct ReadLimits {
  // Stop before the batch that would exceed this; the first batch is always returned.
  std::size_t max_bytes = 1 << 20;
};

// Whole batches, as they are stored: after a compaction some lack records, or all of them.
struct ReadResult {
  // Back to back these are complete batches with dense offsets; a batch may span fragments. The
  // first batch contains the offset asked for, so it may begin before it. Empty: nothing there yet.
  Fragments fragments;
  std::size_t bytes = 0;
  // Where to read on; the offset asked for if there was nothing.
  Offset next_offset = 0;
  LogEnds ends;
};

class LogStore {
 public:
  virtual ~LogStore() = default;

  // Makes a partition's log usable: creates it if there is none, recovers it otherwise. Opening an
  // open log only applies the options, unless it is LOG_POISONED: it is verified then, and takes
  // appends again; what readers had seen and the disk has lost (durability os or none) is passed
  // over by batches without records. A damaged log opens too: see LogStatus::health.
  // IO_ERROR, DISK_FULL, CORRUPT_LOG (what is known of it is damaged): a log that was open before
  // is as it was; any other fails everything but Open, Status and Remove with LOG_POISONED.
  virtual Result<void> Open(PartitionId partition, const LogOptions& options) = 0;

  // Applies other options to an open log. UNKNOWN_PARTITION.
  virtual Result<void> Configure(PartitionId partition, const LogOptions& options) = 0;

  // Closes logs and deletes their files and index, durably; appends under way fail with
  // UNKNOWN_PARTITION. What readers hold stays valid. Removing what is not there succeeds. Many at
  // once cost hardly more flushes than one. None of them may be opened before this returns.
  // IO_ERROR: all are closed, and some may be left on disk.
  virtual Result<void> Remove(const std::vector<PartitionId>& partitions) = 0;

  // Appends one batch that ValidateBatch has accepted (`header` is its result), assigns its
  // offsets, and calls `done` exactly once when `durability` is reached. Batches of one partition
  // are placed in the order of these calls, and those with equal durability are acknowledged in
  // that order. A batch with a producer id (proto/batch/producer_sequence.h) is appended once: a
  // retry is answered with the offset of the original, as soon as that is as durable as the retry
  // asks for. What is known of producers survives with the log. Errors, by way of `done`:
  // UNKNOWN_PARTITION, LOG_POISONED, CORRUPT_LOG, DISK_FULL, IO_ERROR, SHUTTING_DOWN, OVERLOADED
  // (too many bytes queued), OUT_OF_ORDER_SEQUENCE (it neither follows the producer's last batch
  // nor repeats one of the last kRememberedBatches; or the producer is unknown and it is not its
  // first), STALE_PRODUCER_EPOCH. After an error other than IO_ERROR and LOG_POISONED this call has
  // not put the batch into the log.
  virtual void Append(PartitionId partition, const BatchHeader& header, Fragments batch,
                      Durability durability, AppendCallback done) = 0;

  // When this returns, no batch of these producers with a lower epoch can come into any partition
  // any more, and those that came in are visible. Lasts as long as the store is open. Waits for
  // appends under way. Not from a callback.
  virtual void FenceProducers(std::span<const ProducerFence> fences) = 0;

  // Reads whole batches from `from` on, up to the visible end. May wait for the disk.
  // OFFSET_OUT_OF_RANGE: below the log start or beyond the visible end (at it: empty result).
  // UNKNOWN_PARTITION, CORRUPT_LOG (`from` is damaged; the message names the file, the damaged
  // offsets and the next good one, from which one may read on), IO_ERROR.
  virtual Result<ReadResult> Read(PartitionId partition, Offset from, const ReadLimits& limits) = 0;

  // The same, from memory only: nullopt if the disk would be needed.
  virtual std::optional<Result<ReadResult>> ReadCached(PartitionId partition, Offset from,
                                                       const ReadLimits& limits) = 0;

  // The base offset of the first visible batch whose maximum timestamp is at or after `time`, or
  // the visible end if there is none. The record itself is in that batch. Passes over what is
  // damaged. May wait for the disk. UNKNOWN_PARTITION, IO_ERROR.
  virtual Result<Offset> OffsetForTime(PartitionId partition, TimestampMs time) = 0;

  // Moves the log start up to `new_start` (clipped to the stable end; never down), durably, and
  // deletes segments that are wholly below it. Returns the log start. May wait for the disk.
  // UNKNOWN_PARTITION, IO_ERROR.
  virtual Result<Offset> Trim(PartitionId partition, Offset new_start) = 0;

  virtual Result<LogEnds> Ends(PartitionId partition) = 0;      // UNKNOWN_PARTITION
  virtual Result<LogStatus> Status(PartitionId partition) = 0;  // UNKNOWN_PARTITION

  // Calls `ready` once, soon after the visible end has grown beyond `offset` (at once, on the
  // caller's thread, if it has), or when the log is removed or the store closes. Returns a ticket
  // for CancelNotify, 0 if `ready` was called already. UNKNOWN_PARTITION.
  virtual Result<std::uint64_t> NotifyBeyond(PartitionId partition, Offset offset,
                                             std::function<void()> ready) = 0;

  // `ready` will not be called any more, unless it is being called right now.
  virtual void CancelNotify(PartitionId partition, std::uint64_t ticket) = 0;

  // Refuses new appends, finishes queued ones, flushes, and marks the stop as clean. Idempotent.
  // IO_ERROR: not clean; the next start will recover.
  virtual Result<void> Close() = 0;
};

}  // namespace strata::storage
