// The sparse index over the logs: about one entry for every 64 KiB. It only shortens searches, and
// can always be built anew from the segments, so it is written without a log of its own, and what
// it says is a hint: verify that a batch of that offset lies at that position.
//
// What a crash leaves of it is as of one moment: entries that were put before others that survived
// have survived too.
//
// Threads: any. Every method may wait for the disk. Errors: IO_ERROR, and CORRUPT_LOG if the index
// itself is damaged (delete it then).
#pragma once

#include <cstdint>
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
  };
  std::vector<Entry> entries;
  std::vector<Coverage> coverage;  // put behind the entries

  bool empty() const { return entries.empty() && coverage.empty(); }
};

class OffsetIndex {
 public:
  // `database` is of kind kIndex, has the family above, and outlives this object.
  explicit OffsetIndex(RocksDb& database);

  Result<void> Put(const IndexUpdate& update);

  // The last entry at or below `offset`.
  Result<std::optional<IndexEntry>> FindOffset(PartitionId partition, Offset offset) const;

  // The last entry of a segment up to which all timestamps are below `time`.
  Result<std::optional<IndexEntry>> FindTime(PartitionId partition, Offset segment_base,
                                             TimestampMs time) const;

  // Up to which position of a segment the index is known to be complete; 0 if nothing is known.
  Result<std::int64_t> CoveredBytes(PartitionId partition, Offset segment_base) const;

  // Forgets whatever lies behind the end of a log that recovery has found. Durable on return if
  // there was anything, so that nothing of it comes back after the next crash.
  struct LogEnd {
    Offset offset = 0;
    Offset segment_base = 0;      // of the last segment
    std::int64_t size_bytes = 0;  // of that segment
  };
  Result<void> DropBeyond(PartitionId partition, const LogEnd& end);

  // Forgets the segments below `segment_base`.
  Result<void> DropBelow(PartitionId partition, Offset segment_base);

  Result<void> Remove(PartitionId partition);

 private:
  RocksDb& database_;
  const RocksFamily family_;
};

}  // namespace strata::storage
