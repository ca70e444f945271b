// The sparse index over the logs: about one entry for every 64 KiB. It only shortens searches, and
// can always be built anew from the segments, so it is written without a log of its own, and what
// it says is a hint: verify that a batch of that offset lies at that position.
//
// What a crash leaves of it is as of one moment: entries that were put before others that survived
// have survived too.
//
// For the same reason none of its failures is anybody's problem: after the first one it finds
// nothing and takes nothing any more, and should be deleted before the next start.
//
// Threads: any. Every method may wait for the disk.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/index/index_key.h"
#include "storage/log_store.h"
#include "storage/rocks/rocks_db.h"

namespace strata::storage {

// Column family of the index database that this class owns.
inline constexpr char kOffsetIndexFamily[] = "offsets";

// How many bytes of log lie between two entries, at least.
inline constexpr std::int64_t kIndexIntervalBytes = 64 << 10;

// Entries and coverage of any partitions, to be put in one go.
struct IndexUpdate {
  struct Entry {
    PartitionId partition;
    IndexEntry entry;
  };
  struct Coverage {
    PartitionId partition;
    Offset segment_base = 0;
    std::int64_t bytes = 0;
    std::uint32_t generation = 0;
  };
  std::vector<Entry> entries;
  std::vector<Coverage> coverage;  // put behind the entries

  bool empty() const { return entries.empty() && coverage.empty(); }
};

class OffsetIndex {
 public:
  // `database` is of kind kIndex, has the family above, and outlives this object. `on_failure` is
  // told of the first failure, on the thread that meets it.
  explicit OffsetIndex(RocksDb& database, std::function<void(const Error&)> on_failure = nullptr);

  // False from the first failure on.
  bool works() const { return !failed_.load(); }

  void Put(const IndexUpdate& update);

  // The last entry at or below `offset`.
  std::optional<IndexEntry> FindOffset(PartitionId partition, Offset offset) const;

  // The last entry of a segment up to which all timestamps are below `time`.
  std::optional<IndexEntry> FindTime(PartitionId partition, Offset segment_base,
                                     TimestampMs time) const;

  // Up to which position of a segment the index is known to be complete; 0 if nothing is known of
  // this generation of it.
  std::int64_t CoveredBytes(PartitionId partition, Offset segment_base,
                            std::uint32_t generation = 0) const;

  // Forgets the segments with a base offset from `begin` up to `end`, and puts this instead.
  void Replace(PartitionId partition, Offset begin, Offset end, const IndexUpdate& update);

  // Forgets whatever lies behind the end of a log that recovery has found. Durable on return if
  // there was anything, so that nothing of it comes back after the next crash.
  struct LogEnd {
    Offset offset = 0;
    Offset segment_base = 0;      // of the last segment
    std::int64_t size_bytes = 0;  // of that segment
  };
  void DropBeyond(PartitionId partition, const LogEnd& end);

  // Forgets the segments below `segment_base`.
  void DropBelow(PartitionId partition, Offset segment_base);

  void Remove(const std::vector<PartitionId>& partitions);

 private:
  void AddTo(RocksBatch& batch, const IndexUpdate& update) const;
  Result<void> Drop(PartitionId partition, Offset begin, Offset end, RocksBatch* batch) const;
  Result<void> TryReplace(PartitionId partition, Offset begin, Offset end,
                          const IndexUpdate& update);
  Result<void> TryDropBeyond(PartitionId partition, const LogEnd& end);
  Result<void> TryDropBelow(PartitionId partition, Offset segment_base);
  Result<void> TryRemove(const std::vector<PartitionId>& partitions);
  void Check(const Result<void>& result) const;
  // What was found; nothing if the search failed.
  template <typename T>
  std::optional<T> Found(Result<std::optional<T>> found) const;

  RocksDb& database_;
  const RocksFamily family_;
  const std::function<void(const Error&)> on_failure_;
  mutable std::atomic<bool> failed_{false};
};

}  // namespace strata::storage
